// Gradients of batch normalisation over the columns of x [m, c]: sums for gamma and beta by blocks
// of rows, and dx = gamma / s (dy - share (dbeta + dgamma (x - mean) / s)).

import { FEW, tileRows } from "./batch_norm";
import { load_lanes, store_lanes } from "./lanes";
import { madd } from "./simd";

@unmanaged
class BatchNormGradSumsArgs {
  x: usize;
  dy: usize;
  mean: usize;
  variance: usize;
  dgammas: usize;
  dbetas: usize;
  m: u32;
  c: u32;
  block: u32;
  epsilon: f32;
}

/** An item is a block of rows. */
export function batch_norm_grad_sums(args: usize, begin: u32, end: u32): void {
  const a = changetype<BatchNormGradSumsArgs>(args);
  for (let b = begin; b < end; b++) {
    for (let j: u32 = 0; j < a.c; j += 4) sumColumns(a, b, j, min(4, a.c - j));
  }
}

/** The sums of a block for up to four columns. */
function sumColumns(a: BatchNormGradSumsArgs, b: u32, j: u32, few: u32): void {
  const zero = f32x4.splat(0);
  const row = a.c << 2;
  const from = b * a.block;
  const rows = min(a.block, a.m - from);
  const mean = load_lanes(a.mean + (j << 2), few, zero);
  let at = (from * a.c + j) << 2;
  let products = zero, total = zero;
  for (let i: u32 = 0; i < rows; i += FEW) {
    let product = zero, sum = zero;
    for (const stop = at + min(FEW, rows - i) * row; at < stop; at += row) {
      const dy = load_lanes(a.dy + at, few, zero);
      product = madd(dy, f32x4.sub(load_lanes(a.x + at, few, zero), mean), product);
      sum = f32x4.add(sum, dy);
    }
    products = f32x4.add(products, product);
    total = f32x4.add(total, sum);
  }
  const spread = rootOf(a.variance + (j << 2), few, a.epsilon);
  const out = (b * a.c + j) << 2;
  store_lanes(a.dgammas + out, few, f32x4.div(products, spread));
  store_lanes(a.dbetas + out, few, total);
}

/** sqrt(variance + epsilon) of up to four columns; other lanes are finite. */
function rootOf(variance: usize, few: u32, epsilon: f32): v128 {
  const v = load_lanes(variance, few, f32x4.splat(1));
  return f32x4.sqrt(f32x4.add(v, f32x4.splat(epsilon)));
}

@unmanaged
class BatchNormGradArgs {
  x: usize;
  dy: usize;
  gamma: usize;
  mean: usize;
  variance: usize;
  dgamma: usize;
  dbeta: usize;
  dx: usize;
  m: u32;
  c: u32;
  epsilon: f32;
  share: f32;
}

/** An item is a tile of rows. */
export function batch_norm_grad(args: usize, begin: u32, end: u32): void {
  const a = changetype<BatchNormGradArgs>(args);
  const size = tileRows(a.c);
  for (let item = begin; item < end; item++) {
    const from = item * size;
    const rows = min(size, a.m - from);
    for (let j: u32 = 0; j < a.c; j += 4) columns(a, from, rows, j, min(4, a.c - j));
  }
}

/** `rows` rows of up to four columns. */
function columns(a: BatchNormGradArgs, from: u32, rows: u32, j: u32, few: u32): void {
  const zero = f32x4.splat(0);
  const column = j << 2;
  const row = a.c << 2;
  const spread = rootOf(a.variance + column, few, a.epsilon);
  const factor = f32x4.div(load_lanes(a.gamma + column, few, zero), spread);
  let at = (from * a.c + j) << 2;
  const stop = at + rows * row;
  if (a.share == 0) {
    for (; at < stop; at += row) {
      store_lanes(a.dx + at, few, f32x4.mul(factor, load_lanes(a.dy + at, few, zero)));
    }
    return;
  }
  const share = f32x4.splat(a.share);
  const mean = load_lanes(a.mean + column, few, zero);
  const shift = f32x4.mul(share, load_lanes(a.dbeta + column, few, zero));
  const slope = f32x4.div(
    f32x4.mul(share, load_lanes(a.dgamma + column, few, zero)),
    spread,
  );
  for (; at < stop; at += row) {
    const d = f32x4.sub(load_lanes(a.x + at, few, zero), mean);
    const dy = f32x4.sub(load_lanes(a.dy + at, few, zero), madd(d, slope, shift));
    store_lanes(a.dx + at, few, f32x4.mul(factor, dy));
  }
}
