/** Squared error, and its gradient. */

import { elementwise } from "./elementwise.ts";
import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/mse.wgsl" with { type: "text" };
import gradWgsl from "../../shaders/mse_grad.wgsl" with { type: "text" };

/** Elements whose errors make one output. */
const BLOCK = 1024;

/** Number of partial sums that {@link mse} writes for `n` elements. */
export function mseBlocks(n: number): number {
  return Math.ceil(n / BLOCK);
}

/**
 * `loss[b] = scale * sum of (y - t)^2` over block b of 1,024 elements: y and t are [n], loss is
 * [mseBlocks(n)]. With `scale` = weight / n the sum of all outputs is the mean squared error.
 */
export const mse = kernel({
  name: "mse",
  buffers: { y: reads("f32"), t: reads("f32"), loss: writes("f32") },
  params: { n: "u32", scale: "f32" },
  wgsl,
  grid: ({ n }) => linear(mseBlocks(n)),
  items: ({ n }) => mseBlocks(n),
  grain: () => 16,
  flops: ({ n }) => 3 * n,
  bytes: ({ n }) => 8 * n,
});

/** `dy = scale (y - t)` over `n` elements; `scale` is 2 weight / n. */
export const mseGrad = kernel({
  name: "mse_grad",
  buffers: { y: reads("f32"), t: reads("f32"), dy: writes("f32") },
  params: { n: "u32", scale: "f32" },
  wgsl: gradWgsl,
  ...elementwise,
  flops: ({ n }) => 2 * n,
  bytes: ({ n }) => 12 * n,
});
