import { kernel, linear, reads, updates } from "./kernel.ts";
import wgsl from "../../shaders/centre_update.wgsl" with { type: "text" };

/**
 * Running means of the samples of each cluster. For each row i in order, with j = label_i:
 * `count_j <- count_j + 1`, then `mu_j <- mu_j - (mu_j - z_i) / count_j`. z is [m, dim], label is
 * [m], count (u32) is [k], mu is [k, dim]. A count that starts at 0 makes mu_j the mean of its
 * samples; one that starts at c keeps mu_j as worth c samples. A label that is not below k is
 * passed over.
 *
 * @see Yang, Fu, Sidiropoulos, Hong (2017), Towards K-means-friendly spaces, eq. 8
 */
export const centreUpdate = kernel({
  name: "centre_update",
  buffers: { z: reads("f32"), label: reads("u32"), count: updates("u32"), mu: updates("f32") },
  params: { m: "u32", k: "u32", dim: "u32" },
  wgsl,
  grid: ({ k }) => linear(k),
  items: ({ k }) => k,
  flops: ({ m, dim }) => 3 * m * dim,
  bytes: ({ m, k, dim }) => 4 * (m * dim + m + 2 * k * dim),
});
