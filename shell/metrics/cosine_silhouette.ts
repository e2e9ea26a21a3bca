/** The silhouette with cosine distances, from the mean of each cluster's rows of length 1. */

import type { Device } from "../device/device.ts";
import { cosineSilhouette } from "../kernels/cosine_silhouette.ts";
import { unitRows } from "../kernels/unit_rows.ts";
import { Graph } from "../plan/graph.ts";
import { compile } from "../plan/plan.ts";
import { data, state, type Tensor } from "../plan/tensor.ts";
import type { Groups } from "./groups.ts";
import { checkSignal, type Hooks } from "./paired_silhouette.ts";
import { measureSpread } from "./spread.ts";

/**
 * Silhouette values by row; 0 for rows that are in no group.
 * @throws RangeError if a row is all zeros
 */
export async function cosineValues(
  device: Device,
  points: Tensor,
  groups: Groups,
  { signal, onProgress }: Hooks,
): Promise<Float32Array> {
  checkSignal(signal);
  const unit = await unitPoints(device, points, "silhouette", groups.order);
  try {
    const spread = await measureSpread("silhouette", device, unit, groups, signal);
    const { sizes, centres, squares } = spread;
    const [n, dim] = points.shape, k = sizes.length;
    const t = {
      x: unit,
      label: data("label", [n], "u32"),
      centre: data("centre", [k, dim]),
      spread: data("spread", [k]),
      size: data("size", [k]),
    };
    const g = new Graph("cosine silhouette");
    const s = g.output(g.temp([n]));
    g.call(cosineSilhouette, { ...t, s }, { n, dim, k });
    const plan = compile(g);
    await device.load(plan);
    const label = new Uint32Array(n).fill(k);
    groups.order.forEach((row, p) => label[row] = groups.label[p]);
    device.write(t.label, label);
    device.write(t.centre, Float32Array.from(centres));
    device.write(t.spread, Float32Array.from(squares, (square, c) => square / sizes[c]));
    device.write(t.size, Float32Array.from(sizes));
    device.run(plan);
    const values = await device.read(s, plan) as Float32Array;
    device.unload(plan);
    device.free(t.label, t.centre, t.spread, t.size);
    onProgress?.(1, 1);
    return values;
  } finally {
    device.free(unit);
  }
}

/**
 * Rows divided by their lengths; the caller frees them. Directions less than about 1e-3 apart lose
 * digits.
 * @param rows those that must not be zeros (default all)
 * @throws RangeError if one of them is: it has no direction
 */
export async function unitPoints(
  device: Device,
  points: Tensor,
  what: string,
  rows?: Uint32Array,
): Promise<Tensor> {
  const [n, dim] = points.shape;
  const unit = state("unit rows", [n, dim]), factor = state("factor", [n]);
  const g = new Graph("unit rows");
  g.call(unitRows, { x: points, y: unit, factor }, { m: n, dim, epsilon: 0 });
  const plan = compile(g);
  await device.load(plan);
  device.run(plan);
  const factors = await device.read(factor);
  device.unload(plan);
  device.free(factor);
  const zero = rows ? rows.find((row) => factors[row] === 0) : factors.indexOf(0);
  if (zero === undefined || zero < 0) return unit;
  device.free(unit);
  throw new RangeError(
    `${what}: cosine distance needs a direction, got only zeros in row ${zero}: ` +
      `remove such rows first`,
  );
}
