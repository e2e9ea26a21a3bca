import { kernel, linear, reads, updates } from "./kernel.ts";
import wgsl from "../../shaders/kmeans_update.wgsl" with { type: "text" };

/**
 * Moves each centre to the mean of its points, `c_j = x_0 + (sum_b sums[b, j]) / size_j` with
 * `size_j = sum_b counts[b, j]`; `shift_j` is the squared length of the step. If a cluster is empty
 * all centres stay: it must be given a point first. x, sums and counts are those of
 * `kmeans_assign`. Does nothing if `status[0]` is not 0.
 */
export const kmeansUpdate = kernel({
  name: "kmeans_update",
  buffers: {
    x: reads("f32"),
    sums: reads("f32"),
    counts: reads("u32"),
    status: reads("f32"),
    centres: updates("f32"),
    shift: updates("f32"),
    size: updates("u32"),
  },
  params: { dim: "u32", k: "u32", blocks: "u32" },
  wgsl,
  grid: ({ k }) => linear(k),
  stages: [{ name: "kmeans_update_count", items: () => 1 }],
  items: ({ k }) => k,
  grain: ({ dim, k, blocks }) => {
    // Two claims at least where there is work for 2 us.
    const large = Math.floor(50_000 / (dim * blocks));
    return Math.max(1, Math.min(large, dim * blocks * k > 10_000 ? Math.ceil(k / 2) : k));
  },
  scratch: ({ dim, k }) => 16 * k * Math.ceil(dim / 4),
  bytes: ({ dim, k, blocks }) => 4 * dim * k * (blocks + 2),
});
