import { kernel, reads, writes } from "./kernel.ts";
import { rowwise } from "./rowwise.ts";
import wgsl from "../../shaders/nearest.wgsl" with { type: "text" };

/**
 * Nearest centre: `label_i = arg min_j ||z_i - mu_j||^2`, the lowest such j, and `distance_i`, that
 * squared distance, by direct differences. z is [m, dim], mu is [k, dim], label (u32) and distance
 * are [m]. A NaN counts as farther than every number, so a row with a NaN gets label 0.
 */
export const nearest = kernel({
  name: "nearest",
  buffers: { z: reads("f32"), mu: reads("f32"), label: writes("u32"), distance: writes("f32") },
  params: { m: "u32", k: "u32", dim: "u32" },
  wgsl,
  ...rowwise,
  flops: ({ m, k, dim }) => 3 * m * k * dim,
  bytes: ({ m, k, dim }) => 4 * (m * dim + k * dim + 2 * m),
});
