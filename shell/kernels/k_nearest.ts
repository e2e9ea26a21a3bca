import { kernel, linear, reads, updates } from "./kernel.ts";
import wgsl from "../../shaders/k_nearest.wgsl" with { type: "text" };

/** Values that make a claim worth while, about 5 us. */
const CLAIM = 16_384;

/** An empty place of a list: an index that no point has, at an infinite distance. */
export const NO_POINT = 2 ** 32 - 1;

/** Rows of a WASM item. */
const ROWS = 16;

/**
 * Merges a tile of squared distances into running lists of the k nearest points. Row i of the tile
 * is query `first + i`, column j is point `base + j`, and the squared distance is
 *
 *     s_ij = row_i + column_j + scale d_ij
 *
 * d is [m, w], row is [m], column is [w]: with the products of rows as d, their squares as row and
 * column and scale -2, that is `||x||^2 + ||c||^2 - 2 x c`; with zeros and scale 1, d itself.
 * `transposed` 1: d is [w, m], and d_ji is meant, so that a tile serves the points as queries too.
 *
 * Afterwards rows `first` to `first + m - 1` of best_distance and best_index, [rows, k] and
 * ascending, hold the k smallest of what they held and of the tile. Of equal distances the lower
 * index comes first. Empty places are infinity and 2^32 - 1 ({@link NO_POINT}).
 *
 * Left out are point `own_(first + i)` (own is [rows]; NO_POINT: none), queries and points past the
 * last, `rows` and `n`, with which a tile may be filled up, and distances that are NaN. A distance
 * may come out a little below 0. Lists of up to a thousand: they are sorted by insertion.
 */
export const kNearest = kernel({
  name: "k_nearest",
  buffers: {
    d: reads("f32"),
    row: reads("f32"),
    column: reads("f32"),
    own: reads("u32"),
    best_distance: updates("f32"),
    best_index: updates("u32"),
  },
  params: {
    m: "u32",
    w: "u32",
    k: "u32",
    n: "u32",
    base: "u32",
    rows: "u32",
    first: "u32",
    transposed: "u32",
    scale: "f32",
  },
  wgsl,
  grid: ({ m }) => linear(Math.ceil(m / 64)),
  items: ({ m }) => Math.ceil(m / ROWS),
  grain: ({ w }) => Math.max(1, Math.round(CLAIM / (ROWS * w))),
  flops: ({ m, w }) => 3 * m * w,
  bytes: ({ m, w, k }) => 4 * m * (w + 4 * k),
});
