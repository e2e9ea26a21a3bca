import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/centred_rows.wgsl" with { type: "text" };

/** Elements that make a claim worth while, about 5 us. */
const CLAIM = 16_384;

/**
 * A tile of rows relative to a centre, and their squares: `y_i = x_(first + i) - centre` and
 * `square_i = ||y_i||^2` for i < m. x is [rows, dim], centre is [dim], y is [m, dim], square is [m].
 * Rows past the end of x give zeros.
 *
 * Distances that are made of products lose digits by the distance of the points from the origin;
 * relative to their mean they lose the fewest.
 */
export const centredRows = kernel({
  name: "centred_rows",
  buffers: { x: reads("f32"), centre: reads("f32"), y: writes("f32"), square: writes("f32") },
  params: { rows: "u32", m: "u32", dim: "u32", first: "u32" },
  wgsl,
  grid: ({ m }) => linear(m),
  items: ({ m }) => m,
  grain: ({ dim }) => Math.max(1, Math.round(CLAIM / dim)),
  flops: ({ m, dim }) => 3 * m * dim,
  bytes: ({ m, dim }) => 8 * m * dim,
});
