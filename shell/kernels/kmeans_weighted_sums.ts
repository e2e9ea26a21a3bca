import { kernel, linear, reads, updates } from "./kernel.ts";
import wgsl from "../../shaders/kmeans_weighted_sums.wgsl" with { type: "text" };

/**
 * What the centres of weighted points need, for each of `B = ceil(n / rows)` blocks of rows:
 *
 * - sums [B, k, s]: `sum of w_i (x_i - x_0)` over the block's points of cluster j; s is dim rounded
 *   up to a multiple of 4, the rest zero;
 * - masses [B, k]: `sum of w_i`;
 * - counts [B, k]: points of a weight above 0.
 *
 * x is [n, dim], weight is [n], label is [n] and below k. Does nothing if `status[0]` is not 0.
 */
export const kmeansWeightedSums = kernel({
  name: "kmeans_weighted_sums",
  buffers: {
    x: reads("f32"),
    weight: reads("f32"),
    label: reads("u32"),
    status: reads("f32"),
    sums: updates("f32"),
    masses: updates("f32"),
    counts: updates("u32"),
  },
  params: { n: "u32", dim: "u32", k: "u32", rows: "u32" },
  wgsl,
  grid: ({ n, rows }) => linear(Math.ceil(n / rows)),
  items: ({ n, rows }) => Math.ceil(n / rows),
  flops: ({ n, dim }) => 3 * n * dim,
  bytes: ({ n, dim }) => 4 * n * (dim + 2),
});
