/** Contrastive loss of pairs, and its gradient. */

import { kernel, reads, writes } from "./kernel.ts";
import { elementsOfRows, rowwise } from "./rowwise.ts";
import wgsl from "../../shaders/contrastive.wgsl" with { type: "text" };
import gradWgsl from "../../shaders/contrastive_grad.wgsl" with { type: "text" };

/**
 * With `D = ||za_i - zb_i||`: `loss_i = scale / 2 D^2` for a similar pair (same_i not 0), else
 * `scale / 2 max(0, margin - D)^2`. za and zb are [m, dim]; same (u32), loss and slope are [m].
 * slope_i is what {@link contrastiveGrad} multiplies the difference with: `scale`, or
 * `-scale max(0, margin - D) / D`, which is 0 where D is 0: there the loss has a peak.
 *
 * @see Hadsell, Chopra, LeCun (2006), Dimensionality reduction by learning an invariant mapping
 */
export const contrastive = kernel({
  name: "contrastive",
  buffers: {
    za: reads("f32"),
    zb: reads("f32"),
    same: reads("u32"),
    loss: writes("f32"),
    slope: writes("f32"),
  },
  params: { m: "u32", dim: "u32", margin: "f32", scale: "f32" },
  wgsl,
  ...rowwise,
  flops: ({ m, dim }) => 3 * m * dim,
  bytes: ({ m, dim }) => 8 * m * dim + 12 * m,
});

/**
 * `dza_i = slope_i (za_i - zb_i)`, the gradient by the first of the two: za, zb and dza are
 * [m, dim], slope is [m]. With za and zb exchanged it is the gradient by the other.
 */
export const contrastiveGrad = kernel({
  name: "contrastive_grad",
  buffers: { za: reads("f32"), zb: reads("f32"), slope: reads("f32"), dza: writes("f32") },
  params: { m: "u32", dim: "u32" },
  wgsl: gradWgsl,
  ...elementsOfRows,
  flops: ({ m, dim }) => 2 * m * dim,
  bytes: ({ m, dim }) => 12 * m * dim + 4 * m,
});
