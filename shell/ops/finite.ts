import { findNonfinite, FINITE_BLOCK } from "../kernels/find_nonfinite.ts";
import { Graph } from "../plan/graph.ts";
import { compile, type Plan } from "../plan/plan.ts";
import type { Tensor } from "../plan/tensor.ts";

/**
 * @param result of sums of squares: not finite if those were too large for float32
 * @throws RangeError if it is not finite
 */
export function requireSmall(what: string, result: number): void {
  if (Number.isFinite(result)) return;
  throw new RangeError(
    `${what}: squared distances must fit in float32, got ${result}: divide the points by a ` +
      "number that brings them below 1e15",
  );
}

/** What the check needs of a device. */
interface Runner {
  load(plan: Plan): Promise<void>;
  run(plan: Plan): void;
  read(tensor: Tensor, plan: Plan): Promise<ArrayLike<number>>;
  unload(plan: Plan): void;
}

/** What the kernel answers for a block of finite numbers. */
const NONE = 2 ** 32 - 1;

/** Index of the first number of x that is NaN or infinite, looked for on the device. */
export async function findNonfiniteIn(device: Runner, x: Tensor): Promise<number | undefined> {
  const g = new Graph("finite");
  const first = g.output(g.temp([Math.ceil(x.size / FINITE_BLOCK)], "u32"));
  g.call(findNonfinite, { x, first }, { n: x.size });
  const plan = compile(g);
  await device.load(plan);
  device.run(plan);
  const found = Array.from(await device.read(first, plan)).find((index) => index !== NONE);
  device.unload(plan);
  return found;
}

/**
 * Checks on the device that all numbers of x are finite.
 * @param what names the caller in the message
 * @throws RangeError that names the first row and column with a NaN or an infinity
 */
export async function requireFinite(device: Runner, x: Tensor, what: string): Promise<void> {
  const found = await findNonfiniteIn(device, x);
  if (found === undefined) return;
  const width = x.size / x.shape[0];
  throw new RangeError(
    `${what}: every number must be finite, got NaN or infinity in row ${
      Math.floor(found / width)
    }, column ${found % width}: remove or fill in such rows first`,
  );
}
