import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/cosine_silhouette.wgsl" with { type: "text" };

/** Numbers that make a claim worth while, about 5 us. */
const CLAIM = 16_384;

/** Rows of a WASM item. */
const ROWS = 16;

/**
 * Silhouette values with cosine distances `1 - x_i . x_j` between rows of length 1. The mean distance
 * to a cluster needs only its mean mu_c and the mean square of its distances from that, V_c:
 *
 *     mean_j (1 - x_i . x_j) = (1/2) mean_j ||x_i - x_j||^2 = (1/2) (||x_i - mu_c||^2 + V_c)
 *
 * a_i is that of the own cluster times `n_c / (n_c - 1)`, because a point is no neighbour of its own,
 * b_i the smallest of the others, and `s_i = (b_i - a_i) / max(a_i, b_i)`; 0 for the only point of a
 * cluster, and where both are 0. Nothing is subtracted but close numbers from each other.
 *
 * x is [n, dim], label (u32) is [n], or k and more for points that are left out and get 0; centre is
 * [k, dim], spread (V) and size are [k], s is [n].
 */
export const cosineSilhouette = kernel({
  name: "cosine_silhouette",
  buffers: {
    x: reads("f32"),
    label: reads("u32"),
    centre: reads("f32"),
    spread: reads("f32"),
    size: reads("f32"),
    s: writes("f32"),
  },
  params: { n: "u32", dim: "u32", k: "u32" },
  wgsl,
  grid: ({ n }) => linear(Math.ceil(n / 64)),
  items: ({ n }) => Math.ceil(n / ROWS),
  grain: ({ dim, k }) => Math.max(1, Math.round(CLAIM / (ROWS * dim * k))),
  flops: ({ n, dim, k }) => 3 * n * dim * k,
  bytes: ({ n, dim }) => 4 * n * (dim + 2),
});
