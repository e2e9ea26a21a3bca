import { kernel, linear, reads, updates } from "./kernel.ts";
import wgsl from "../../shaders/kmeans_weighted_update.wgsl" with { type: "text" };

/**
 * Moves each centre to the weighted mean of its points,
 * `m_j = x_0 + (sum_b sums[b, j]) / (sum_b masses[b, j])`. With `unit` 1 the centre is that mean at
 * length 1, `m_j / ||m_j||`; it stays where it is if `||m_j||` is at most 1e-6, the mean of points
 * of length 1 that cancel. `shift_j` is the squared length of the step, and
 * `size_j = sum_b counts[b, j]`.
 *
 * If a cluster is empty, `size_j = 0`, all centres stay: it must be given a point first. x, sums,
 * masses and counts are those of `kmeans_weighted_sums`. Does nothing if `status[0]` is not 0.
 *
 * @see Dhillon and Modha (2001), Concept decompositions for large sparse text data, section 2, for
 * centres of length 1
 */
export const kmeansWeightedUpdate = kernel({
  name: "kmeans_weighted_update",
  buffers: {
    x: reads("f32"),
    sums: reads("f32"),
    masses: reads("f32"),
    counts: reads("u32"),
    status: reads("f32"),
    centres: updates("f32"),
    shift: updates("f32"),
    size: updates("u32"),
  },
  params: { dim: "u32", k: "u32", blocks: "u32", unit: "u32" },
  wgsl,
  grid: ({ k }) => linear(k),
  stages: [{ name: "kmeans_weighted_update_count", items: () => 1 }],
  items: ({ k }) => k,
  scratch: ({ dim, k }) => 16 * k * Math.ceil(dim / 4),
  bytes: ({ dim, k, blocks }) => 4 * dim * k * (blocks + 2),
});
