/** Binary cross-entropy of logits, and its gradient. */

import { elementwise } from "./elementwise.ts";
import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/bce.wgsl" with { type: "text" };
import gradWgsl from "../../shaders/bce_grad.wgsl" with { type: "text" };

/** Elements whose losses make one output. */
const BLOCK = 1024;

/** Number of partial sums that {@link bce} writes for `n` elements. */
export function bceBlocks(n: number): number {
  return Math.ceil(n / BLOCK);
}

/**
 * `loss[b] = scale * sum of max(x, 0) - x t + ln(1 + e^-|x|)` over block b of 1,024 elements: the
 * cross-entropy of sigmoid(x) and the targets t in [0, 1], stable for any finite logit. x and t are
 * [n], loss is [bceBlocks(n)]. With `scale` = weight / n the sum of all outputs is the mean.
 */
export const bce = kernel({
  name: "bce",
  buffers: { x: reads("f32"), t: reads("f32"), loss: writes("f32") },
  params: { n: "u32", scale: "f32" },
  wgsl,
  grid: ({ n }) => linear(bceBlocks(n)),
  items: ({ n }) => bceBlocks(n),
  grain: () => 4,
  flops: ({ n }) => 40 * n,
  bytes: ({ n }) => 8 * n,
});

/** `dx = scale (sigmoid(x) - t)` over `n` elements; `scale` is weight / n. */
export const bceGrad = kernel({
  name: "bce_grad",
  buffers: { x: reads("f32"), t: reads("f32"), dx: writes("f32") },
  params: { n: "u32", scale: "f32" },
  wgsl: gradWgsl,
  ...elementwise,
  flops: ({ n }) => 25 * n,
  bytes: ({ n }) => 12 * n,
});
