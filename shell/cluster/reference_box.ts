import type { Device } from "../device/device.ts";
import type { Tensor } from "../plan/tensor.ts";
import { pca } from "../project/pca.ts";
import { type Box, boxOf } from "./gap.ts";

/**
 * Along what the sides of the gap statistic's box lie: the principal components of the points,
 * choice (b) of the paper, or the axes, choice (a).
 */
export type ReferenceBox = "components" | "axes";

/** Width up to which components are the usual choice: they are exact and quick to find. */
const WIDE = 1000;

/** The choice where nobody made one. One point has no components. */
export function usualBox(n: number, dim: number): ReferenceBox {
  return n > 1 && dim <= WIDE ? "components" : "axes";
}

/**
 * The smallest box around points with sides along their principal components, in the coordinates of
 * those: min(n, dim) of them, beyond which points have no extent. Points drawn from it need not be
 * turned back, because distances and with them the inertia stay the same.
 *
 * @param points [n, dim] f32, n of 2 or more, on the device
 * @throws Cancelled if the signal is aborted
 * @see Tibshirani, Walther, Hastie (2001), section 4
 */
export async function alignedBox(
  device: Device,
  points: Tensor,
  signal?: AbortSignal,
): Promise<Box> {
  const components = Math.min(...points.shape);
  const found = await pca(device, points, { components, solver: "covariance", signal });
  return boxOf(await found.transform(device, points, { signal }), components);
}
