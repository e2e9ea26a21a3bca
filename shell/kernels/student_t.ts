/** Soft assignment by Student's t distribution, and its gradients. */

import { kernel, linear, reads, writes } from "./kernel.ts";
import { elementsOfRows, rowwise } from "./rowwise.ts";
import wgsl from "../../shaders/student_t.wgsl" with { type: "text" };
import gradWgsl from "../../shaders/student_t_grad.wgsl" with { type: "text" };
import gradMuWgsl from "../../shaders/student_t_grad_mu.wgsl" with { type: "text" };
import gradZWgsl from "../../shaders/student_t_grad_z.wgsl" with { type: "text" };

/** Rows whose contributions to the gradient of the centres make one partial sum. */
const ROWS = 32;

/** Number of partial sums that {@link studentTGradMu} writes for `m` rows. */
export function studentTBlocks(m: number): number {
  return Math.ceil(m / ROWS);
}

/**
 * `q_ij = w_ij / sum_l w_il` with `w_ij = (1 + ||z_i - mu_j||^2 / alpha)^(-(alpha + 1) / 2)`: z is
 * [m, dim], mu is [k, dim], q is [m, k], alpha > 0. Distances by direct differences; weights
 * relative to that of the nearest centre, so far points lose nothing. A NaN spoils its row, or, in
 * mu, all rows.
 *
 * @see Xie, Girshick, Farhadi (2016), Unsupervised deep embedding for clustering analysis, eq. 1
 */
export const studentT = kernel({
  name: "student_t",
  buffers: { z: reads("f32"), mu: reads("f32"), q: writes("f32") },
  params: { m: "u32", k: "u32", dim: "u32", alpha: "f32" },
  wgsl,
  ...rowwise,
  flops: ({ m, k, dim }) => 3 * m * k * dim,
  bytes: ({ m, k, dim }) => 4 * (m * dim + k * dim + m * k),
});

/**
 * Slopes from which the gradients by z and mu are made:
 * `slope_ij = scale (alpha + 1) (e_ij - q_ij sum_l e_il) / (alpha + ||z_i - mu_j||^2)`, all [m, k].
 *
 * - With `of_q` 0, `e = goal`: for the gradient of `scale sum p log(p / q)` with p the goal, whose
 *   rows need not sum to 1.
 * - With `of_q` 1, `e = goal q`: for that of a loss whose gradient by q is the goal; scale is -1.
 *
 * @see Xie, Girshick, Farhadi (2016), eq. 4 and 5, where the rows of p sum to 1
 */
export const studentTGrad = kernel({
  name: "student_t_grad",
  buffers: {
    z: reads("f32"),
    mu: reads("f32"),
    q: reads("f32"),
    goal: reads("f32"),
    slope: writes("f32"),
  },
  params: { m: "u32", k: "u32", dim: "u32", of_q: "u32", alpha: "f32", scale: "f32" },
  wgsl: gradWgsl,
  ...rowwise,
  flops: ({ m, k, dim }) => 3 * m * k * dim,
  bytes: ({ m, k, dim }) => 4 * (m * dim + k * dim + 3 * m * k),
});

/** `dz_i = sum_j slope_ij (z_i - mu_j)`: z and dz are [m, dim], mu is [k, dim], slope is [m, k]. */
export const studentTGradZ = kernel({
  name: "student_t_grad_z",
  buffers: { z: reads("f32"), mu: reads("f32"), slope: reads("f32"), dz: writes("f32") },
  params: { m: "u32", k: "u32", dim: "u32" },
  wgsl: gradZWgsl,
  ...elementsOfRows,
  flops: ({ m, k, dim }) => 3 * m * k * dim,
  bytes: ({ m, k, dim }) => 4 * (2 * m * dim + k * dim + m * k),
});

/**
 * `partial_bj = sum of slope_ij (mu_j - z_i)` over block b of 32 rows: z is [m, dim], mu is
 * [k, dim], slope is [m, k], partial is [studentTBlocks(m), k, dim]. The gradient by mu is the sum
 * over the blocks.
 */
export const studentTGradMu = kernel({
  name: "student_t_grad_mu",
  buffers: { z: reads("f32"), mu: reads("f32"), slope: reads("f32"), partial: writes("f32") },
  params: { m: "u32", k: "u32", dim: "u32" },
  wgsl: gradMuWgsl,
  grid: ({ m, k, dim }) => linear(Math.ceil(studentTBlocks(m) * k * dim / 64)),
  items: ({ m }) => studentTBlocks(m),
  grain: ({ k, dim }) => Math.max(1, Math.round(512 / (k * dim))),
  flops: ({ m, k, dim }) => 3 * m * k * dim,
  bytes: ({ m, k, dim }) => 4 * (m * dim + studentTBlocks(m) * k * dim + m * k),
});
