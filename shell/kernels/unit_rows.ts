/** Rows of length 1, and their gradient. */

import { kernel, reads, writes } from "./kernel.ts";
import { rowwise } from "./rowwise.ts";
import wgsl from "../../shaders/unit_rows.wgsl" with { type: "text" };
import gradWgsl from "../../shaders/unit_rows_grad.wgsl" with { type: "text" };

/**
 * `y_i = x_i / max(||x_i||, epsilon)`, with the Euclidean length: x and y are [m, dim], epsilon is
 * from 1e-18 to 1. A row no longer than epsilon comes out shorter than 1, a row of zeros as zeros.
 * Squares that would overflow are taken of smaller numbers: any finite row has its y.
 *
 * factor is [m], for the gradient: `1 / ||x_i||`, or 0 where `||x_i|| <= epsilon`.
 *
 * @see PyTorch's torch.nn.functional.normalize, whose epsilon is 1e-12
 */
export const unitRows = kernel({
  name: "unit_rows",
  buffers: { x: reads("f32"), y: writes("f32"), factor: writes("f32") },
  params: { m: "u32", dim: "u32", epsilon: "f32" },
  wgsl,
  ...rowwise,
  flops: ({ m, dim }) => 3 * m * dim,
  bytes: ({ m, dim }) => 8 * m * dim + 4 * m,
});

/**
 * `dx_i = factor_i (dy_i - y_i (y_i . dy_i))`: y, dy and dx are [m, dim], factor is [m], both as
 * {@link unitRows} wrote them. dx is at right angles to y: a row's length makes no difference.
 *
 * A row no longer than epsilon gets 0: it has no direction to turn, and the slope there,
 * `1 / epsilon`, would outweigh all other rows of a batch.
 */
export const unitRowsGrad = kernel({
  name: "unit_rows_grad",
  buffers: { y: reads("f32"), dy: reads("f32"), factor: reads("f32"), dx: writes("f32") },
  params: { m: "u32", dim: "u32" },
  wgsl: gradWgsl,
  ...rowwise,
  flops: ({ m, dim }) => 5 * m * dim,
  bytes: ({ m, dim }) => 12 * m * dim + 4 * m,
});
