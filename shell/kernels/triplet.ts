/** Margin loss of triplets, and its gradients. */

import { kernel, reads, writes } from "./kernel.ts";
import { elementsOfRows, rowwise } from "./rowwise.ts";
import wgsl from "../../shaders/triplet.wgsl" with { type: "text" };
import gradWgsl from "../../shaders/triplet_grad.wgsl" with { type: "text" };

/**
 * `loss_i = scale max(0, D(za_i, zp_i) - D(za_i, zn_i) + margin)`, D the Euclidean distance, or its
 * square if `squared` is 1: anchors za, positives zp and negatives zn are [m, dim]; valid (u32) and
 * loss are [m]; slope is [m, 2]. If `masked` is 1, rows whose valid is 0 have loss 0; else valid is
 * not read.
 *
 * slope_i holds the factors of (za - zp) and (za - zn) in the gradients: `scale / D` each
 * (`2 scale` for squares), 0 where the loss is 0, and 0 where D is 0, a kink of the distance.
 *
 * @see Schroff, Kalenichenko, Philbin (2015), FaceNet; PyTorch's TripletMarginLoss for the plain D
 */
export const triplet = kernel({
  name: "triplet",
  buffers: {
    za: reads("f32"),
    zp: reads("f32"),
    zn: reads("f32"),
    valid: reads("u32"),
    loss: writes("f32"),
    slope: writes("f32"),
  },
  params: { m: "u32", dim: "u32", squared: "u32", masked: "u32", margin: "f32", scale: "f32" },
  wgsl,
  ...rowwise,
  flops: ({ m, dim }) => 6 * m * dim,
  bytes: ({ m, dim }) => 12 * m * dim + 16 * m,
});

/**
 * With (u, v) = slope_i: `dza = u (za - zp) - v (za - zn)`, `dzp = u (zp - za)`,
 * `dzn = v (za - zn)`; za, zp, zn and their gradients are [m, dim], slope is [m, 2].
 */
export const tripletGrad = kernel({
  name: "triplet_grad",
  buffers: {
    za: reads("f32"),
    zp: reads("f32"),
    zn: reads("f32"),
    slope: reads("f32"),
    dza: writes("f32"),
    dzp: writes("f32"),
    dzn: writes("f32"),
  },
  params: { m: "u32", dim: "u32" },
  wgsl: gradWgsl,
  ...elementsOfRows,
  flops: ({ m, dim }) => 5 * m * dim,
  bytes: ({ m, dim }) => 24 * m * dim + 8 * m,
});
