import { checkNoise, NOISE, type Noise } from "./noise.ts";

/** Points cluster by cluster. */
export interface Groups {
  /** Row of the p-th point: clusters in the order in which they are first met, rows ascending. */
  readonly order: Uint32Array;
  /** Cluster of the p-th point. */
  readonly label: Uint32Array;
  /** Cluster c holds points `start[c]` to `start[c + 1] - 1`; [k + 1]. */
  readonly start: Uint32Array;
  /** The label of each cluster as given; [k]. */
  readonly ids: Float64Array;
}

/**
 * Sorts n points by cluster, leaving out noise if that is asked for.
 * @param what names the metric in messages
 * @throws RangeError if the labels are not n integers, or there are fewer than 2 clusters or as many
 * as points
 */
export function group(
  what: string,
  labels: ArrayLike<number>,
  n: number,
  noise: Noise = "cluster",
): Groups {
  checkNoise(what, noise);
  if (labels.length !== n) {
    throw new RangeError(`${what}: ${n} points need as many labels, got ${labels.length}`);
  }
  const { own, ids, sizes } = number(what, labels, noise === "exclude");
  const start = new Uint32Array(ids.length + 1);
  for (let c = 0; c < ids.length; c++) start[c + 1] = start[c] + sizes[c];
  const count = start[ids.length];
  if (ids.length < 2 || ids.length > count - 1) {
    const rest = noise === "exclude" && count < n ? ` that are not noise` : "";
    throw new RangeError(
      `${what}: the number of clusters must be from 2 to the number of points less 1, got ` +
        `${ids.length} for ${count} points${rest}`,
    );
  }
  const next = start.slice();
  const order = new Uint32Array(count), label = new Uint32Array(count);
  for (let i = 0; i < n; i++) if (own[i] !== NONE) order[next[own[i]]++] = i;
  for (let c = 0; c < ids.length; c++) label.fill(c, start[c], start[c + 1]);
  return { order, label, start, ids: Float64Array.from(ids) };
}

/** No cluster: a point that is left out. */
const NONE = 2 ** 32 - 1;

/** Labels renumbered from 0 in the order in which they are met, and how often each is. */
function number(what: string, labels: ArrayLike<number>, exclude: boolean) {
  const ids: number[] = [], sizes: number[] = [], numbers = new Map<number, number>();
  const own = new Uint32Array(labels.length);
  // Most labels are small: a list by label is faster than a map.
  const small = new Int32Array(4096).fill(-1);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (!Number.isInteger(label)) {
      throw new RangeError(`${what}: labels must be integers, got ${label} for point ${i}`);
    }
    if (exclude && label === NOISE) {
      own[i] = NONE;
      continue;
    }
    const listed = label >= 0 && label < small.length;
    let c = listed ? small[label] : numbers.get(label) ?? -1;
    if (c < 0) {
      c = ids.push(label) - 1;
      sizes.push(0);
      if (listed) small[label] = c;
      else numbers.set(label, c);
    }
    own[i] = c;
    sizes[c]++;
  }
  return { own, ids, sizes };
}
