import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/neighbour_distances.wgsl" with { type: "text" };

/** Numbers that make a claim worth while, about 5 us. */
const CLAIM = 16_384;

/**
 * Squared distances to named points: `d[i, j] = ||x_(first + i) - points_index[at + i, j]||^2` for
 * i < m by direct differences, accurate for close points. x is [rows, dim], points is [n, dim],
 * index (u32) is [at + m, k] or longer, d is [m, k]. Infinity where the index is n or more, and for
 * rows past the end of x, whose index is not read.
 */
export const neighbourDistances = kernel({
  name: "neighbour_distances",
  buffers: { x: reads("f32"), points: reads("f32"), index: reads("u32"), d: writes("f32") },
  params: { rows: "u32", m: "u32", n: "u32", dim: "u32", k: "u32", first: "u32", at: "u32" },
  wgsl,
  grid: ({ m, k }) => linear(Math.ceil(m * k / 64)),
  items: ({ m }) => m,
  grain: ({ dim, k }) => Math.max(1, Math.round(CLAIM / (dim * k))),
  flops: ({ m, dim, k }) => 3 * m * dim * k,
  bytes: ({ m, dim, k }) => 4 * m * (dim + k * (dim + 2)),
});
