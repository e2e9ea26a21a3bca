// y[i] = sum of x[i, j] over j, x is m x n.

import { sumOf } from "./sum";

/** Columns that are summed in f32; longer rows add such sums in f64. */
const BLOCK: u32 = 4096;

@unmanaged
class SumRowsArgs {
  x: usize;
  y: usize;
  m: u32;
  n: u32;
}

/** An item is a row. */
export function sum_rows(args: usize, begin: u32, end: u32): void {
  const a = changetype<SumRowsArgs>(args);
  for (let i = begin; i < end; i++) {
    const row = a.x + ((i * a.n) << 2);
    let total: f64 = 0;
    for (let j: u32 = 0; j < a.n; j += BLOCK) {
      total += sumOf(row + (j << 2), min(BLOCK, a.n - j));
    }
    store<f32>(a.y + (i << 2), total as f32);
  }
}
