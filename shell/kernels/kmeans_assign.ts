import { kernel, linear, reads, updates } from "./kernel.ts";
import wgsl from "../../shaders/kmeans_assign.wgsl" with { type: "text" };

/** Bytes of a row of `dim` numbers rounded up to vectors of four. */
const stride = (dim: number) => 16 * Math.ceil(dim / 4);

/** Below this the WASM body transposes 8 points at a time; see `engine/kmeans_assign.ts`. */
const WIDE = 32;

/**
 * Nearest centre of each point, `label_i = arg min_j ||x_i - c_j||^2` (the lowest j of equals),
 * `distance_i = ||x_i - c_label||^2`, and for each of `B = ceil(n / rows)` blocks of rows what the
 * new centres need:
 *
 * - sums [B, k, s]: `sum of x_i - c_j` over the block's points of cluster j; s is dim rounded up to
 *   a multiple of 4, the rest zero. Differences, so that the means lose no digits to a far origin;
 * - counts [B, k]: points of each cluster;
 * - totals [B, 2]: `sum of distance_i`, and how many labels differ from those before.
 *
 * x is [n, dim], centres is [k, dim]. Does nothing if `status[0]` is not 0. A point with a NaN gets
 * label 0 and distance NaN.
 *
 * @see Lloyd (1982), Least squares quantization in PCM
 */
export const kmeansAssign = kernel({
  name: "kmeans_assign",
  buffers: {
    x: reads("f32"),
    centres: reads("f32"),
    status: reads("u32"),
    label: updates("u32"),
    distance: updates("f32"),
    sums: updates("f32"),
    counts: updates("u32"),
    totals: updates("f32"),
  },
  params: { n: "u32", dim: "u32", k: "u32", rows: "u32" },
  wgsl,
  grid: ({ n, rows }) => linear(Math.ceil(n / rows)),
  stages: [{ name: "kmeans_assign_pack", items: () => 1 }],
  items: ({ n, rows }) => Math.ceil(n / rows),
  scratch: ({ n, dim, k, rows }) => {
    const padded = 4 * Math.ceil(k / 4);
    const work = 96 + (dim < WIDE ? 8 * stride(dim) : 0);
    return (k + padded) * stride(dim) + 4 * padded + Math.ceil(n / rows) * work;
  },
  flops: ({ n, dim, k }) => 2 * n * dim * k + 4 * n * dim,
  bytes: ({ n, dim }) => 4 * n * (dim + 2),
});
