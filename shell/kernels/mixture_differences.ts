import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/mixture_differences.wgsl" with { type: "text" };

/** Numbers that make a claim worth while, about 5 us. */
const CLAIM = 16_384;

/**
 * Points relative to the mean of each component: `y[c, i, j] = (x[i, j] - mean[c, j]) factor[c, j]`.
 * x is [m, dim], mean and factor are [k, dim], y is [k, m, dim].
 */
export const mixtureDifferences = kernel({
  name: "mixture_differences",
  buffers: { x: reads("f32"), mean: reads("f32"), factor: reads("f32"), y: writes("f32") },
  params: { m: "u32", k: "u32", dim: "u32" },
  wgsl,
  grid: ({ m, k, dim }) => linear(Math.ceil(m * k * dim / 64)),
  items: ({ m, k }) => m * k,
  grain: ({ dim }) => Math.max(1, Math.round(CLAIM / dim)),
  flops: ({ m, k, dim }) => 2 * m * k * dim,
  bytes: ({ m, k, dim }) => 4 * m * k * dim,
});
