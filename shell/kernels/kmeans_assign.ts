import { kernel, linear, reads, updates } from "./kernel.ts";
import wgsl from "../../shaders/kmeans_assign.wgsl" with { type: "text" };

/** Bytes of a row of `dim` numbers rounded up to vectors of four. */
const stride = (dim: number) => 16 * Math.ceil(dim / 4);

/**
 * Nearest centre of each point, `label_i = arg min_j ||x_i - c_j||^2`, and for each of
 * `B = ceil(n / rows)` blocks of rows what the new centres need:
 *
 * - sums [B, k, s]: `sum of x_i - x_0` over the block's points of cluster j; s is dim rounded up to
 *   a multiple of 4, the rest zero. Relative to x_0, so that the means of data far from the origin
 *   lose no digits;
 * - counts [B, k]: points of each cluster;
 * - changed [B]: how many labels differ from those before.
 *
 * Points whose label stays cost nothing more: sums and counts go on from what is there, unless
 * `status[1]` is 0, the first iteration, which forgets earlier labels, bounds, sums and counts. Does
 * nothing if `status[0]` is not 0.
 *
 * A point is skipped while `status[2 + label_i]`, the travel of its centre (see `kmeans_status`), is
 * less than `bound_i`: no other centre can have become the nearest. When it is looked at, its bound
 * becomes that travel plus the margin, the distance to the second nearest centre minus that to the
 * nearest, made a little smaller so that rounding cannot make it too large. 0 makes sure that a point is
 * looked at. bound is [2, n]: the bounds, and `||x_i - x_0||^2`, which the first iteration stores.
 *
 * x is [n, dim], centres is [k, dim], status is [2 + k]. Of equal centres the lowest j is taken; a
 * point with a NaN gets label 0 and the bound NaN, which never holds.
 *
 * @see Lloyd (1982), Least squares quantization in PCM; Hamerly (2010), Making k-means even faster,
 * for such bounds
 */
export const kmeansAssign = kernel({
  name: "kmeans_assign",
  buffers: {
    x: reads("f32"),
    centres: reads("f32"),
    status: reads("f32"),
    label: updates("u32"),
    bound: updates("f32"),
    sums: updates("f32"),
    counts: updates("u32"),
    changed: updates("u32"),
  },
  params: { n: "u32", dim: "u32", k: "u32", rows: "u32" },
  wgsl,
  grid: ({ n, rows }) => linear(Math.ceil(n / rows)),
  stages: [{ name: "kmeans_assign_pack", items: () => 1 }],
  items: ({ n, rows }) => Math.ceil(n / rows),
  scratch: ({ n, dim, k, rows }) => {
    const block = 160 + 32 * Math.max(dim, k + 4) + stride(rows);
    return (k + 5) * stride(dim) + 16 + stride(k + 4) + block * Math.ceil(n / rows);
  },
  flops: ({ n, dim, k }) => 2 * n * dim * k,
  bytes: ({ n, dim }) => 4 * n * (dim + 1),
});
