// y = gamma (x - mean) / sqrt(variance + epsilon) + beta over the columns of x [m, c], and the mean
// and variance of each column. Columns lie in the lanes, four at a time.

import { load_lanes, store_lanes } from "./lanes";
import { madd } from "./simd";

/** Elements of an item whose rows are independent. */
const TILE: u32 = 4096;

/** Rows of such an item. */
export function tileRows(c: u32): u32 {
  return max(1, TILE / c);
}

/** Terms of a sum; such sums are added up, so that none is long. */
export const FEW: u32 = 32;

@unmanaged
class BatchNormMomentsArgs {
  x: usize;
  means: usize;
  squares: usize;
  m: u32;
  c: u32;
  block: u32;
}

/** An item is a block of rows. */
export function batch_norm_moments(args: usize, begin: u32, end: u32): void {
  const a = changetype<BatchNormMomentsArgs>(args);
  const row = a.c << 2;
  for (let b = begin; b < end; b++) {
    const from = b * a.block;
    const rows = min(a.block, a.m - from);
    for (let j: u32 = 0; j < a.c; j += 4) {
      const few = min(4, a.c - j);
      const x = a.x + ((from * a.c + j) << 2);
      // Differences from the first row: a mean far from zero costs no digits.
      const first = load_lanes(x, few, f32x4.splat(0));
      const sum = deviations(x, row, rows, few, first);
      const mean = f32x4.add(first, f32x4.div(sum, f32x4.splat(rows as f32)));
      const at = (b * a.c + j) << 2;
      store_lanes(a.means + at, few, mean);
      store_lanes(a.squares + at, few, squaresFrom(x, row, rows, few, mean));
    }
  }
}

/** Sums of x - origin over `rows` rows of up to four columns. */
function deviations(x: usize, row: usize, rows: u32, few: u32, origin: v128): v128 {
  let total = f32x4.splat(0);
  for (let i: u32 = 0; i < rows; i += FEW) {
    let sum = f32x4.splat(0);
    const stop = x + (min(FEW, rows - i) as usize) * row;
    for (; x < stop; x += row) sum = f32x4.add(sum, f32x4.sub(load_lanes(x, few, origin), origin));
    total = f32x4.add(total, sum);
  }
  return total;
}

/** Sums of (x - origin)^2. */
function squaresFrom(x: usize, row: usize, rows: u32, few: u32, origin: v128): v128 {
  let total = f32x4.splat(0);
  for (let i: u32 = 0; i < rows; i += FEW) {
    let sum = f32x4.splat(0);
    const stop = x + (min(FEW, rows - i) as usize) * row;
    for (; x < stop; x += row) {
      const d = f32x4.sub(load_lanes(x, few, origin), origin);
      sum = madd(d, d, sum);
    }
    total = f32x4.add(total, sum);
  }
  return total;
}

@unmanaged
class BatchNormStatisticsArgs {
  means: usize;
  squares: usize;
  mean: usize;
  variance: usize;
  running_mean: usize;
  running_variance: usize;
  m: u32;
  c: u32;
  block: u32;
  momentum: f32;
}

/** An item is four columns. */
export function batch_norm_statistics(args: usize, begin: u32, end: u32): void {
  const a = changetype<BatchNormStatisticsArgs>(args);
  for (let item = begin; item < end; item++) {
    const few = min(4, a.c - (item << 2));
    const at = item << 4;
    const mean = meanOf(a, at, few);
    const square = squareOf(a, at, few, mean);
    store_lanes(a.mean + at, few, mean);
    store_lanes(a.variance + at, few, f32x4.div(square, f32x4.splat(a.m as f32)));
    const unbiased = f32x4.div(square, f32x4.splat((a.m - 1) as f32));
    follow(a.running_mean + at, few, mean, a.momentum);
    follow(a.running_variance + at, few, unbiased, a.momentum);
  }
}

/** Rows of block b, in each lane. */
function weight(a: BatchNormStatisticsArgs, b: u32): v128 {
  return f32x4.splat(min(a.block, a.m - b * a.block) as f32);
}

/** Mean of all rows from the means of the blocks, as differences from the first. */
function meanOf(a: BatchNormStatisticsArgs, at: usize, few: u32): v128 {
  const zero = f32x4.splat(0);
  const first = load_lanes(a.means + at, few, zero);
  const blocks = (a.m - 1) / a.block + 1;
  let total = zero;
  for (let start: u32 = 0; start < blocks; start += FEW) {
    let sum = zero;
    for (let b = start; b < min(start + FEW, blocks); b++) {
      const mean = load_lanes(a.means + at + ((b * a.c) << 2), few, zero);
      sum = madd(weight(a, b), f32x4.sub(mean, first), sum);
    }
    total = f32x4.add(total, sum);
  }
  return f32x4.add(first, f32x4.div(total, f32x4.splat(a.m as f32)));
}

/** Sum of squared deviations from `mean` over all rows. */
function squareOf(a: BatchNormStatisticsArgs, at: usize, few: u32, mean: v128): v128 {
  const zero = f32x4.splat(0);
  const blocks = (a.m - 1) / a.block + 1;
  let total = zero;
  for (let start: u32 = 0; start < blocks; start += FEW) {
    let sum = zero;
    for (let b = start; b < min(start + FEW, blocks); b++) {
      const place = at + ((b * a.c) << 2);
      const d = f32x4.sub(load_lanes(a.means + place, few, mean), mean);
      const within = load_lanes(a.squares + place, few, zero);
      sum = f32x4.add(sum, madd(f32x4.mul(weight(a, b), d), d, within));
    }
    total = f32x4.add(total, sum);
  }
  return total;
}

/** running += momentum (value - running). */
function follow(running: usize, few: u32, value: v128, momentum: f32): void {
  const old = load_lanes(running, few, value);
  store_lanes(running, few, madd(f32x4.splat(momentum), f32x4.sub(value, old), old));
}

@unmanaged
class BatchNormArgs {
  x: usize;
  gamma: usize;
  beta: usize;
  mean: usize;
  variance: usize;
  y: usize;
  m: u32;
  c: u32;
  epsilon: f32;
}

/** An item is a tile of rows. */
export function batch_norm(args: usize, begin: u32, end: u32): void {
  const a = changetype<BatchNormArgs>(args);
  const zero = f32x4.splat(0);
  const row = a.c << 2;
  const size = tileRows(a.c);
  for (let item = begin; item < end; item++) {
    const from = item * size;
    const rows = min(size, a.m - from);
    for (let j: u32 = 0; j < a.c; j += 4) {
      const few = min(4, a.c - j);
      const column = j << 2;
      const spread = f32x4.add(
        load_lanes(a.variance + column, few, zero),
        f32x4.splat(a.epsilon),
      );
      const gamma = load_lanes(a.gamma + column, few, zero);
      const factor = f32x4.div(gamma, f32x4.sqrt(spread));
      const mean = load_lanes(a.mean + column, few, zero);
      const beta = load_lanes(a.beta + column, few, zero);
      let at = ((from * a.c) << 2) + column;
      for (const stop = at + rows * row; at < stop; at += row) {
        const d = f32x4.sub(load_lanes(a.x + at, few, zero), mean);
        store_lanes(a.y + at, few, madd(d, factor, beta));
      }
    }
  }
}
