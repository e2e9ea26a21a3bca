import { kernel, linear, reads, updates } from "./kernel.ts";
import wgsl from "../../shaders/weighted_centre_update.wgsl" with { type: "text" };

/**
 * Running means of the samples of each cluster, as `centre_update` makes them, of samples that
 * count differently. For each row i in order whose weight w_i is above 0, with j = label_i:
 * `mass_j <- mass_j + w_i`, then `mu_j <- mu_j - (mu_j - z_i) (w_i / mass_j)`. z is [m, dim], label
 * and weight are [m], mass is [k], mu is [k, dim]. A label that is not below k is passed over.
 */
export const weightedCentreUpdate = kernel({
  name: "weighted_centre_update",
  buffers: {
    z: reads("f32"),
    label: reads("u32"),
    weight: reads("f32"),
    mass: updates("f32"),
    mu: updates("f32"),
  },
  params: { m: "u32", k: "u32", dim: "u32" },
  wgsl,
  grid: ({ k }) => linear(k),
  items: ({ k }) => k,
  flops: ({ m, dim }) => 3 * m * dim,
  bytes: ({ m, k, dim }) => 4 * (m * dim + 2 * m + 2 * k * dim),
});
