import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/squared_distances.wgsl" with { type: "text" };

/**
 * `d[i, j] = ||x_i - c_j||^2`: x is [n, dim], c is [k, dim], d is [n, k]. From direct differences:
 * accurate for close points, and never negative.
 */
export const squaredDistances = kernel({
  name: "squared_distances",
  buffers: { x: reads("f32"), c: reads("f32"), d: writes("f32") },
  params: { n: "u32", dim: "u32", k: "u32" },
  wgsl,
  grid: ({ n, k }) => linear(Math.ceil(n * Math.ceil(k / 4) / 64)),
  items: ({ n }) => Math.ceil(n / 16),
  grain: ({ dim, k }) => Math.max(1, Math.floor(10_000 / (dim * k))),
  flops: ({ n, dim, k }) => 3 * n * dim * k,
  bytes: ({ n, dim, k }) => 4 * (n * dim + dim * k + n * k),
});
