import { kernel, linear, reads, updates } from "./kernel.ts";
import wgsl from "../../shaders/kmeans_update.wgsl" with { type: "text" };

/**
 * Moves each centre to the mean of its points, `c_j += (sum_b sums[b, j]) / size_j` with
 * `size_j = sum_b counts[b, j]`; `shift_j` is the squared length of the step. A centre without
 * points stays. If no label changed, all stay: what has converged remains the same to the bit.
 *
 * The first three buffers are those of `kmeans_assign`. Does nothing if `status[0]` is not 0.
 */
export const kmeansUpdate = kernel({
  name: "kmeans_update",
  buffers: {
    sums: reads("f32"),
    counts: reads("u32"),
    totals: reads("f32"),
    status: reads("u32"),
    centres: updates("f32"),
    shift: updates("f32"),
    size: updates("u32"),
  },
  params: { dim: "u32", k: "u32", blocks: "u32" },
  wgsl,
  grid: ({ k }) => linear(k),
  items: ({ k }) => k,
  grain: ({ dim, blocks }) => Math.max(1, Math.floor(50_000 / (dim * blocks))),
  scratch: ({ dim, k }) => 16 * k * Math.ceil(dim / 4),
  bytes: ({ dim, k, blocks }) => 4 * dim * k * (blocks + 2),
});
