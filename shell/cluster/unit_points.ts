import type { Device } from "../device/device.ts";
import { unitRows } from "../kernels/unit_rows.ts";
import { Graph } from "../plan/graph.ts";
import { compile } from "../plan/plan.ts";
import { state, type Tensor } from "../plan/tensor.ts";

/** A row that is no longer than this has no direction. */
export const SHORTEST = 1e-18;

/**
 * A copy of points at length 1 on the device, for the cosine distance: for such points
 * `||a - b||^2 = 2 (1 - cos(a, b))`. The caller frees it.
 *
 * @param points [n, dim]
 * @param what names the caller in the message
 * @throws RangeError that names the first row of length 0
 */
export async function unitPoints(device: Device, points: Tensor, what: string): Promise<Tensor> {
  const [m, dim] = points.shape;
  const y = state("unit points", points.shape), factor = state("factor", [m]);
  const g = new Graph("unit points");
  g.call(unitRows, { x: points, y, factor }, { m, dim, epsilon: SHORTEST });
  const plan = compile(g);
  try {
    await device.load(plan);
    device.run(plan);
    requireDirections(await device.read(factor), what);
    return y;
  } catch (error) {
    device.free(y);
    throw error;
  } finally {
    device.unload(plan);
    device.free(factor);
  }
}

/**
 * @param factors what the kernel `unit_rows` says of rows: 0 for one without a direction
 * @param first number of the first of these rows
 * @throws RangeError that names the first row of length 0
 */
export function requireDirections(factors: ArrayLike<number>, what: string, first = 0): void {
  const row = Array.prototype.indexOf.call(factors, 0);
  if (row < 0) return;
  throw new RangeError(
    `${what}: a point of length 0 has no cosine distance, got one in row ${first + row}: ` +
      "remove such rows or take the euclidean distance",
  );
}
