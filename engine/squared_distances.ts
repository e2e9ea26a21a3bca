// d[i, j] = ||x_i - c_j||^2: x is n x dim, c is k x dim, d is n x k.

import { squaresOf, storeFew } from "./rows";

@unmanaged
class SquaredDistancesArgs {
  x: usize;
  c: usize;
  d: usize;
  n: u32;
  dim: u32;
  k: u32;
}

/** Rows in an item. */
const ROWS: u32 = 16;

/** An item is 16 rows of d. */
export function squared_distances(args: usize, begin: u32, end: u32): void {
  const a = changetype<SquaredDistancesArgs>(args);
  const to = min(end * ROWS, a.n);
  for (let i = begin * ROWS; i < to; i++) {
    const x = a.x + (((i as usize) * a.dim) << 2);
    const d = a.d + (((i as usize) * a.k) << 2);
    for (let j: u32 = 0; j < a.k; j += 4) {
      const four = squaresOf(x, a.c, j, a.k, a.dim);
      if (j + 4 <= a.k) v128.store(d + (j << 2), four);
      else storeFew(d + (j << 2), four, a.k - j);
    }
  }
}
