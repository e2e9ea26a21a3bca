/** Heights of merges that a device has chosen in float32, from the points, in float64 on the host. */

import type { Rows } from "./panels.ts";

function squareOf(x: Rows, a: number, b: number, dim: number): number {
  let sum = 0;
  for (let d = 0; d < dim; d++) sum += (x[a * dim + d] - x[b * dim + d]) ** 2;
  return sum;
}

/** `||x_a - x_b||^2` of each pair of points. */
export function edgeSquares(rows: Rows, dim: number, pairs: Uint32Array): Float64Array {
  const m = pairs.length / 2;
  return Float64Array.from(
    { length: m },
    (_, e) => squareOf(rows, pairs[2 * e], pairs[2 * e + 1], dim),
  );
}

/**
 * What the merges of a chain cost, by its formula: Ward's `2 s_a s_b / (s_a + s_b) ||c_a - c_b||^2`, or
 * the average `||c_a - c_b||^2 + v_a + v_b`. A merged cluster goes by the number of the second of a
 * pair. Where rounding chose the order of all but equal merges, a merge costs no less than those
 * below it.
 */
export function chainSquares(
  rows: Rows,
  dim: number,
  pairs: Uint32Array,
  linkage: "ward" | "average",
): Float64Array {
  const n = rows.length / dim;
  const centre = Float64Array.from(rows);
  const size = new Float64Array(n).fill(1), spread = new Float64Array(n);
  const most = new Float64Array(n);
  return Float64Array.from({ length: n - 1 }, (_, m) => {
    const a = pairs[2 * m], b = pairs[2 * m + 1];
    const both = size[a] + size[b], share = size[a] / both;
    const square = squareOf(centre, a, b, dim);
    const cost = linkage === "ward"
      ? 2 * size[a] * size[b] / both * square
      : square + spread[a] + spread[b];
    for (let d = 0; d < dim; d++) {
      centre[b * dim + d] += share * (centre[a * dim + d] - centre[b * dim + d]);
    }
    spread[b] = share * spread[a] + (1 - share) * spread[b] + share * (1 - share) * square;
    size[b] = both;
    return most[b] = Math.max(cost, most[a], most[b]);
  });
}
