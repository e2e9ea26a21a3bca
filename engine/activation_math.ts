// Activation functions in four lanes, shared by the dense layer's epilogue and the elementwise
// kernel. Codes: 0 identity, 1 relu, 2 leaky relu (slope .01), 3 sigmoid, 4 tanh.
// Derivatives are functions of the output y, so that the input need not be kept. The order of the
// arguments of pmin and pmax matters: a NaN in the first is kept.

import { madd } from "./simd";

const SLOPE: f32 = 0.01;

/** 1.5 * 2^23: adding it rounds to an integer, which then stands in the low bits. */
const ROUNDER: f32 = 12582912.0;

/** 2^n for integers -126 <= n <= 127. */
function power4(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/**
 * e^x within 1.5 ulp, subnormal results and overflow to infinity included.
 * x = n ln 2 + r with |r| <= ln 2 / 2; the polynomial is a minimax fit of (e^r - 1 - r) / r^2. The
 * last scaling has two factors because 2^n alone leaves the range of normal numbers.
 */
export function exp4(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, f32x4.splat(89.5)), f32x4.splat(-105.0));
  const rounder = f32x4.splat(ROUNDER);
  const t = madd(x, f32x4.splat(1.44269504088896), rounder);
  const f = f32x4.sub(t, rounder);
  const n = i32x4.sub(t, rounder);
  // ln 2 in two parts; products of the first with f are exact.
  let r = madd(f, f32x4.splat(-0.693359375), x);
  r = madd(f, f32x4.splat(2.12194440054690583e-4), r);
  let p = madd(r, f32x4.splat(1.381454011e-3), f32x4.splat(8.368745196e-3));
  p = madd(p, r, f32x4.splat(4.1668390791e-2));
  p = madd(p, r, f32x4.splat(1.66665203983e-1));
  p = madd(p, r, f32x4.splat(4.99999934321e-1));
  p = f32x4.add(madd(f32x4.mul(r, r), p, r), f32x4.splat(1.0));
  const half = i32x4.shr_s(n, 1);
  return f32x4.mul(f32x4.mul(p, power4(half)), power4(i32x4.sub(n, half)));
}

/** 1 / (1 + e^-x), from e^-|x|, which cannot overflow. */
function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1.0);
  const e = exp4(f32x4.neg(f32x4.abs(x)));
  const s = f32x4.div(one, f32x4.add(one, e));
  return v128.bitselect(f32x4.mul(e, s), s, f32x4.lt(x, f32x4.splat(0.0)));
}

/** tanh x: an odd minimax polynomial below .625, 1 - 2 / (e^2|x| + 1) with the sign of x above. */
function tanh4(x: v128): v128 {
  const one = f32x4.splat(1.0);
  const size = f32x4.abs(x);
  const u = f32x4.mul(x, x);
  let p = madd(u, f32x4.splat(-5.717043592e-3), f32x4.splat(2.0650586075e-2));
  p = madd(p, u, f32x4.splat(-5.374349774e-2));
  p = madd(p, u, f32x4.splat(1.33314912834e-1));
  p = madd(p, u, f32x4.splat(-3.33332839252e-1));
  const small = madd(f32x4.mul(u, x), p, x);
  const e = exp4(f32x4.add(size, size));
  const large = f32x4.sub(one, f32x4.div(f32x4.splat(2.0), f32x4.add(e, one)));
  const signed = v128.bitselect(x, large, i32x4.splat(0x8000_0000));
  return v128.bitselect(small, signed, f32x4.lt(size, f32x4.splat(0.625)));
}

/** The activation `code` of x. */
export function activate4(code: u32, x: v128): v128 {
  if (code == 0) return x;
  if (code == 1) return f32x4.pmax(x, f32x4.splat(0.0));
  if (code == 2) return f32x4.pmax(f32x4.mul(x, f32x4.splat(SLOPE)), x);
  if (code == 3) return sigmoid4(x);
  return tanh4(x);
}

/** dy times the derivative of the activation `code`, from its output y. */
export function activate_grad4(code: u32, y: v128, dy: v128): v128 {
  if (code == 0) return dy;
  const zero = f32x4.splat(0.0);
  if (code == 1) return v128.and(dy, f32x4.gt(y, zero));
  if (code == 2) {
    return v128.bitselect(dy, f32x4.mul(dy, f32x4.splat(SLOPE)), f32x4.gt(y, zero));
  }
  const one = f32x4.splat(1.0);
  if (code == 3) return f32x4.mul(dy, f32x4.mul(y, f32x4.sub(one, y)));
  return f32x4.mul(dy, f32x4.sub(one, f32x4.mul(y, y)));
}
