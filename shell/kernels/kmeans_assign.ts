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
 * `status[1]` is 0, the first iteration, which forgets earlier labels, sums and counts. Does nothing
 * if `status[0]` is not 0.
 *
 * x is [n, dim], panels is that of `kmeans_pack`, centres is [k, dim]. Of equal centres the lowest j is taken; a point with a NaN
 * gets label 0.
 *
 * @see Lloyd (1982), Least squares quantization in PCM
 */
export const kmeansAssign = kernel({
  name: "kmeans_assign",
  buffers: {
    x: reads("f32"),
    panels: reads("f32"),
    centres: reads("f32"),
    status: reads("u32"),
    label: updates("u32"),
    sums: updates("f32"),
    counts: updates("u32"),
    changed: updates("u32"),
  },
  params: { n: "u32", dim: "u32", k: "u32", rows: "u32" },
  wgsl,
  grid: ({ n, rows }) => linear(Math.ceil(n / rows)),
  stages: [{ name: "kmeans_assign_pack", items: () => 1 }],
  items: ({ n, rows }) => Math.ceil(n / rows),
  scratch: ({ n, dim, k, rows }) =>
    stride(dim) + stride(k + 4) + stride((k + 4) * dim) + 96 * Math.ceil(n / rows),
  flops: ({ n, dim, k }) => 2 * n * dim * k,
  bytes: ({ n, dim }) => 4 * n * (dim + 1),
});
