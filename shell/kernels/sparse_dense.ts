import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/sparse_dense.wgsl" with { type: "text" };

/** Rows of a claim: rows of texts hold some twenty numbers each. */
const CLAIM = 16;

/**
 * A sparse matrix times a dense one: `y_i = sum_t value[t] x[column[t], :]`, t from `start[i]` to
 * `start[i + 1] - 1`, added up in that order; zeros where a row has no entry.
 *
 * start is [m + 1], column and value hold the entries by rows, x is [rows, dim] with every column
 * below `rows`, y is [m, dim]. dim must be a multiple of 4.
 *
 * @see Saad (2003), Iterative methods for sparse linear systems, 3.4: compressed sparse rows
 */
export const sparseDense = kernel({
  name: "sparse_dense",
  buffers: {
    start: reads("u32"),
    column: reads("u32"),
    value: reads("f32"),
    x: reads("f32"),
    y: writes("f32"),
  },
  params: { m: "u32", dim: "u32" },
  wgsl,
  grid: ({ m, dim }) => linear(Math.ceil(m * dim / 4 / 64)),
  items: ({ m }) => m,
  grain: () => CLAIM,
});
