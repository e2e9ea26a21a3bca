/** Squared distance of each row to the centre it is assigned to, and its gradient. */

import { kernel, reads, writes } from "./kernel.ts";
import { elementsOfRows, rowwise } from "./rowwise.ts";
import wgsl from "../../shaders/centre_loss.wgsl" with { type: "text" };
import gradWgsl from "../../shaders/centre_loss_grad.wgsl" with { type: "text" };

/**
 * `loss_i = scale ||z_i - mu_label(i)||^2`: z is [m, dim], mu is [k, dim], label and loss are [m].
 * A label that is not below k gives NaN.
 *
 * @see Yang, Fu, Sidiropoulos, Hong (2017), Towards K-means-friendly spaces
 */
export const centreLoss = kernel({
  name: "centre_loss",
  buffers: { z: reads("f32"), mu: reads("f32"), label: reads("u32"), loss: writes("f32") },
  params: { m: "u32", k: "u32", dim: "u32", scale: "f32" },
  wgsl,
  grid: rowwise.grid,
  items: rowwise.items,
  grain: ({ dim }) => rowwise.grain({ dim }),
  flops: ({ m, dim }) => 3 * m * dim,
  bytes: ({ m, dim }) => 8 * m * dim + 8 * m,
});

/**
 * `dz_i = scale (z_i - mu_label(i))`: z and dz are [m, dim], mu is [k, dim], label is [m]; scale is
 * twice that of the loss. A label that is not below k gives a row of NaN.
 */
export const centreLossGrad = kernel({
  name: "centre_loss_grad",
  buffers: { z: reads("f32"), mu: reads("f32"), label: reads("u32"), dz: writes("f32") },
  params: { m: "u32", k: "u32", dim: "u32", scale: "f32" },
  wgsl: gradWgsl,
  ...elementsOfRows,
  grain: ({ dim }) => rowwise.grain({ dim }),
  flops: ({ m, dim }) => 2 * m * dim,
  bytes: ({ m, dim }) => 12 * m * dim + 4 * m,
});
