// d[i, j] = ||x_(first + i) - points_index[at + i, j]||^2: x is rows x dim, points is n x dim, index
// has rows of k, d is m x k; infinity where the index is n or more and past the end of x.

import { squareOf } from "./rows";

@unmanaged
class NeighbourDistancesArgs {
  x: usize;
  points: usize;
  index: usize;
  d: usize;
  rows: u32;
  m: u32;
  n: u32;
  dim: u32;
  k: u32;
  first: u32;
  at: u32;
}

/** An item is a row of d. */
export function neighbour_distances(args: usize, begin: u32, end: u32): void {
  const a = changetype<NeighbourDistancesArgs>(args);
  const bytes = a.dim << 2;
  for (let item = begin * a.k; item < end * a.k; item++) {
    const row = a.first + item / a.k;
    const point = row < a.rows ? load<u32>(a.index + ((a.at * a.k + item) << 2)) : a.n;
    const d = point < a.n
      ? squareOf(a.x + row * bytes, a.points + point * bytes, a.dim)
      : Infinity as f32;
    store<f32>(a.d + (item << 2), d);
  }
}
