import { kernel, linear, reads, updates } from "./kernel.ts";
import wgsl from "../../shaders/count_closer.wgsl" with { type: "text" };

/** Rows of a WASM item; `first` must be a multiple of it. */
export const CLOSER_ROWS = 4;

/**
 * How many points are closer to a point than given others are: for `first <= i < first + m` and each
 * `j = index[i, t]`,
 *
 *     count[i, t] = number of points l other than i and j with d(i, l) < d(i, j),
 *                   or d(i, l) = d(i, j) and l < j
 *
 * with Euclidean distances by direct differences, so that `count + 1` is the rank of j among the
 * neighbours of i. y is n points in panels (`pack_panels`, [ceil(n / 8), dim, 8]); index and count
 * (u32) are [n, k]; an index is below n. Tiles of distances are computed, none is kept.
 */
export const countCloser = kernel({
  name: "count_closer",
  buffers: { y: reads("f32"), index: reads("u32"), count: updates("u32") },
  params: { n: "u32", dim: "u32", k: "u32", first: "u32", m: "u32" },
  wgsl,
  grid: ({ m }) => linear(Math.ceil(m / 64)),
  items: ({ m }) => Math.ceil(m / CLOSER_ROWS),
  scratch: ({ m, k }) => Math.ceil(m / CLOSER_ROWS) * CLOSER_ROWS * 20 * k,
  flops: ({ n, dim, m }) => 3 * n * m * dim,
});
