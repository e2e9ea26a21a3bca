import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/kmeans_distance.wgsl" with { type: "text" };

/**
 * Squared distance of each point to its centre, `distance_i = ||x_i - c_label(i)||^2`, by direct
 * differences, and `inertia_b`, their sum over block b of `rows` rows.
 *
 * x is [n, dim]; centres is [k, dim]; label, below k, and distance are [n]; inertia is
 * [ceil(n / rows)].
 */
export const kmeansDistance = kernel({
  name: "kmeans_distance",
  buffers: {
    x: reads("f32"),
    centres: reads("f32"),
    label: reads("u32"),
    distance: writes("f32"),
    inertia: writes("f32"),
  },
  params: { n: "u32", dim: "u32", rows: "u32" },
  wgsl,
  grid: ({ n, rows }) => linear(Math.ceil(n / rows)),
  items: ({ n, rows }) => Math.ceil(n / rows),
  flops: ({ n, dim }) => 3 * n * dim,
  bytes: ({ n, dim }) => 4 * n * (dim + 2),
});
