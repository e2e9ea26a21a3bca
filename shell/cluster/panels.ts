/** Rows in panels of 8, as the kernels hold them that merge clusters or points one by one. */

const PANEL = 8;

/** Slots of whole panels. */
export const slotsOf = (rows: number) => PANEL * Math.ceil(rows / PANEL);

/** Where the first coordinate of a slot lies; the next ones follow every 8 numbers. */
export const placeOf = (slot: number, dim: number) => (slot - slot % PANEL) * dim + slot % PANEL;

/** `rows` as panels [slots / 8, dim, 8]; slots past the end are zero. */
export function toPanels(rows: Float32Array, dim: number): Float32Array {
  const n = rows.length / dim;
  const out = new Float32Array(slotsOf(n) * dim);
  for (let i = 0; i < n; i++) {
    for (let d = 0, at = placeOf(i, dim); d < dim; d++, at += PANEL) out[at] = rows[i * dim + d];
  }
  return out;
}

/** Moves the slots named in `kept`, in rising order, to the front. */
export function compact(panels: Float32Array, kept: Uint32Array, dim: number): void {
  kept.forEach((slot, i) => {
    let to = placeOf(i, dim), at = placeOf(slot, dim);
    for (let d = 0; d < dim; d++, to += PANEL, at += PANEL) panels[to] = panels[at];
  });
}

/** Numbers as the host has them. */
export type Rows = Float32Array | Float64Array;

/**
 * `rows` times a power of two, the factor, so that the largest number is near 1 and squares neither
 * overflow nor vanish; first relative to their mean if `centre`. In float32.
 */
export function scaled(rows: Rows, dim: number, centre: boolean) {
  const n = rows.length / dim;
  const mean = new Float64Array(dim);
  if (centre) {
    rows.forEach((v: number, at: number) => mean[at % dim] += v / n);
  }
  let largest = 0;
  for (let at = 0; at < rows.length; at++) {
    largest = Math.max(largest, Math.abs(rows[at] - mean[at % dim]));
  }
  const factor = largest > 0 ? 2 ** -Math.round(Math.log2(largest)) : 1;
  const values = Float32Array.from(rows, (v, at) => (v - mean[at % dim]) * factor);
  return { values, factor };
}
