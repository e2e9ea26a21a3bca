// Elementary functions in four lanes. All coefficients are own minimax fits, in float64, rounded.

import { madd } from "./simd";

/** Bits of sqrt(1/2): mantissas are taken from [sqrt(1/2), sqrt(2)), where the series is short. */
const SQRT_HALF: u32 = 0x3f3504f3;

/** 2 atanh s for |s| <= 1/3, within 1 ulp: the odd series up to s^11. */
function twice_atanh4(s: v128): v128 {
  const z = f32x4.mul(s, s);
  let p = madd(z, f32x4.splat(0.121508345), f32x4.splat(0.10713593));
  p = madd(p, z, f32x4.splat(0.14308482));
  p = madd(p, z, f32x4.splat(0.19999437));
  p = madd(p, z, f32x4.splat(0.33333337));
  const twice = f32x4.add(s, s);
  return madd(f32x4.mul(twice, z), p, twice);
}

/**
 * ln x within 2 ulp for x > 0 that are normal and finite; nonsense for others.
 * x = 2^e m; ln m = 2 atanh((m - 1) / (m + 1)).
 */
export function log4(x: v128): v128 {
  const one = f32x4.splat(1.0);
  const e = i32x4.shr_s(i32x4.sub(x, i32x4.splat(SQRT_HALF)), 23);
  const m = i32x4.sub(x, i32x4.shl(e, 23));
  const log_m = twice_atanh4(f32x4.div(f32x4.sub(m, one), f32x4.add(m, one)));
  const n = f32x4.convert_i32x4_s(e);
  // ln 2 in two parts; products of the first with n are exact.
  const low = madd(n, f32x4.splat(-2.12194440054690583e-4), log_m);
  return madd(n, f32x4.splat(0.693359375), low);
}

/** ln (1 + x) for 0 <= x <= 1, with full relative precision for small x. */
export function log1p4(x: v128): v128 {
  return twice_atanh4(f32x4.div(x, f32x4.add(x, f32x4.splat(2.0))));
}

/**
 * cos(2 pi u) for |u| <= 1, within 1e-7: a turn has no rounded pi in it, so the quadrant q and the
 * rest f in [-1/2, 1/2] of 4 u = q + f are exact.
 */
export function cos_turn4(u: v128): v128 {
  const t = f32x4.mul(u, f32x4.splat(4.0));
  const q = f32x4.nearest(t);
  const f = f32x4.sub(t, q);
  const z = f32x4.mul(f, f);
  let c = madd(z, f32x4.splat(0.00090397545), f32x4.splat(-0.020860264));
  c = madd(c, z, f32x4.splat(0.25366923));
  c = madd(c, z, f32x4.splat(-1.2337005));
  c = madd(c, z, f32x4.splat(1.0));
  let s = madd(z, f32x4.splat(-0.004602163), f32x4.splat(0.07968022));
  s = madd(s, z, f32x4.splat(-0.6459635));
  s = f32x4.mul(f, madd(s, z, f32x4.splat(1.5707964)));
  // Quadrants 0 to 3: cos, -sin, -cos, sin.
  const k = i32x4.trunc_sat_f32x4_s(q);
  const odd = i32x4.shr_s(i32x4.shl(k, 31), 31);
  const sign = i32x4.shl(v128.and(i32x4.add(k, i32x4.splat(1)), i32x4.splat(2)), 30);
  return v128.xor(v128.bitselect(s, c, odd), sign);
}
