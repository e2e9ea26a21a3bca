// unit_rows: y = x / max(||x||, epsilon); factor = 1 / ||x||, or 0 where ||x|| <= epsilon.
// unit_rows_grad: dx = factor (dy - y (y . dy)).

import { load_lanes, store_lanes, sum_lanes } from "./lanes";
import { madd } from "./simd";

/** Sums of squares from which those of the numbers times SHRINK are taken: none overflows. */
const LARGE: f32 = 1e37;

/** 2^-80. */
const SHRINK: f32 = 8.271806125530277e-25;

@unmanaged
class UnitRowsArgs {
  x: usize;
  y: usize;
  factor: usize;
  m: u32;
  dim: u32;
  epsilon: f32;
}

@unmanaged
class UnitRowsGradArgs {
  y: usize;
  dy: usize;
  factor: usize;
  dx: usize;
  m: u32;
  dim: u32;
}

/** Sum of the squares of `shrink x`. */
function square_sum(x: usize, dim: u32, shrink: f32): f32 {
  const zero = f32x4.splat(0.0), by = f32x4.splat(shrink);
  let s = zero;
  for (let t: u32 = 0; t < dim; t += 4) {
    const v = f32x4.mul(by, load_lanes(x + (t << 2), min(4, dim - t), zero));
    s = madd(v, v, s);
  }
  return sum_lanes(s);
}

/** a . b */
function product_sum(a: usize, b: usize, dim: u32): f32 {
  const zero = f32x4.splat(0.0);
  let s = zero;
  for (let t: u32 = 0; t < dim; t += 4) {
    const count = min(4, dim - t), at: usize = t << 2;
    s = madd(load_lanes(a + at, count, zero), load_lanes(b + at, count, zero), s);
  }
  return sum_lanes(s);
}

/** An item is a row. */
export function unit_rows(args: usize, begin: u32, end: u32): void {
  const a = changetype<UnitRowsArgs>(args);
  const dim = a.dim, row = dim << 2, zero = f32x4.splat(0.0);
  for (let i = begin; i < end; i++) {
    const x = a.x + i * row, y = a.y + i * row;
    let shrink: f32 = 1.0, square = square_sum(x, dim, shrink);
    // A NaN is not below LARGE and not at most epsilon, and so reaches y and factor.
    if (!(square < LARGE)) {
      shrink = SHRINK;
      square = square_sum(x, dim, shrink);
    }
    let size = sqrt<f32>(square), factor = shrink / size;
    if (shrink == 1.0 && size <= a.epsilon) {
      size = a.epsilon;
      factor = 0.0;
    }
    const by = f32x4.splat(shrink), size4 = f32x4.splat(size);
    for (let t: u32 = 0; t < dim; t += 4) {
      const count = min(4, dim - t), at: usize = t << 2;
      store_lanes(y + at, count, f32x4.div(f32x4.mul(by, load_lanes(x + at, count, zero)), size4));
    }
    store<f32>(a.factor + (i << 2), factor);
  }
}

/** An item is a row. */
export function unit_rows_grad(args: usize, begin: u32, end: u32): void {
  const a = changetype<UnitRowsGradArgs>(args);
  const dim = a.dim, row = dim << 2, zero = f32x4.splat(0.0);
  for (let i = begin; i < end; i++) {
    const y = a.y + i * row, dy = a.dy + i * row, dx = a.dx + i * row;
    const along = f32x4.splat(product_sum(y, dy, dim));
    const factor = v128.load32_splat(a.factor + (i << 2));
    for (let t: u32 = 0; t < dim; t += 4) {
      const count = min(4, dim - t), at: usize = t << 2;
      const radial = f32x4.mul(load_lanes(y + at, count, zero), along);
      const turn = f32x4.sub(load_lanes(dy + at, count, zero), radial);
      store_lanes(dx + at, count, f32x4.mul(factor, turn));
    }
  }
}
