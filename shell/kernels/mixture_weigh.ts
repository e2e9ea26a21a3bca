import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/mixture_weigh.wgsl" with { type: "text" };

/** Numbers that make a claim worth while, about 5 us. */
const CLAIM = 16_384;

/**
 * Differences, or with `square` 1 their squares, weighted by responsibilities:
 * `w[c, i, j] = responsibility[i, c] y[c, i, j]`. Their sums are the moments of the components.
 * responsibility is [m, k], y and w are [k, m, dim].
 */
export const mixtureWeigh = kernel({
  name: "mixture_weigh",
  buffers: { responsibility: reads("f32"), y: reads("f32"), w: writes("f32") },
  params: { m: "u32", k: "u32", dim: "u32", square: "u32" },
  wgsl,
  grid: ({ m, k, dim }) => linear(Math.ceil(m * k * dim / 64)),
  items: ({ m, k }) => m * k,
  grain: ({ dim }) => Math.max(1, Math.round(CLAIM / dim)),
  flops: ({ m, k, dim }) => m * k * dim,
  bytes: ({ m, k, dim }) => 8 * m * k * dim,
});
