// l_c = constant_c - 1/2 ||y[c, i]||^2; score_i = ln sum_c exp l_c; responsibility[i, c] = exp(l_c - score_i).

import { exp4 } from "./activation_math";
import { load_lanes, store_lanes, sum_lanes } from "./lanes";
import { log4 } from "./math";
import { loadFew, sum } from "./rows";
import { madd } from "./simd";

@unmanaged
class MixtureResponsibilitiesArgs {
  y: usize;
  constant: usize;
  responsibility: usize;
  score: usize;
  m: u32;
  k: u32;
  dim: u32;
  rows: u32;
  first: u32;
}

/** An item is a row. */
export function mixture_responsibilities(args: usize, begin: u32, end: u32): void {
  const a = changetype<MixtureResponsibilitiesArgs>(args);
  for (let i = begin; i < end; i++) {
    const out = a.responsibility + ((i * a.k) << 2), score = a.score + (i << 2);
    if (a.first + i >= a.rows) {
      memory.fill(out, 0, a.k << 2);
      store<f32>(score, 0);
    } else store<f32>(score, divide(out, a.k, densities(a, i, out)));
  }
}

/** Writes the logarithms of a row and returns the largest. */
function densities(a: MixtureResponsibilitiesArgs, i: u32, out: usize): f32 {
  const step = ((a.m as usize) * a.dim) << 2;
  let y = a.y + (((i as usize) * a.dim) << 2);
  let high: f32 = -Infinity;
  for (let c: u32 = 0; c < a.k; c++) {
    const l = load<f32>(a.constant + (c << 2)) - (0.5 as f32) * squareOfRow(y, a.dim);
    store<f32>(out + (c << 2), l);
    high = max(high, l);
    y += step;
  }
  return high;
}

/** ||y||^2. */
function squareOfRow(y: usize, dim: u32): f32 {
  let s = f32x4.splat(0);
  for (const stop = y + (((dim & ~3) as usize) << 2); y != stop; y += 16) {
    const v = v128.load(y);
    s = madd(v, v, s);
  }
  if (dim & 3) {
    const v = loadFew(y, dim & 3);
    s = madd(v, v, s);
  }
  return sum(s);
}

/** Logarithms become shares; returns the logarithm of their sum. */
function divide(out: usize, k: u32, high: f32): f32 {
  const none = f32x4.splat(-Infinity);
  let total = f32x4.splat(0);
  for (let c: u32 = 0; c < k; c += 4) {
    const count = min(4, k - c), at = out + (c << 2);
    const e = exp4(f32x4.sub(load_lanes(at, count, none), f32x4.splat(high)));
    store_lanes(at, count, e);
    total = f32x4.add(total, v128.andnot(e, none_from(count)));
  }
  const all = sum_lanes(total);
  for (let c: u32 = 0; c < k; c += 4) {
    const count = min(4, k - c), at = out + (c << 2);
    store_lanes(at, count, f32x4.div(load_lanes(at, count, none), f32x4.splat(all)));
  }
  return high + f32x4.extract_lane(log4(f32x4.splat(all)), 0);
}

/** Ones in the lanes from `count` (1 to 4) on. */
function none_from(count: u32): v128 {
  return i32x4.ge_s(i32x4(0, 1, 2, 3), i32x4.splat(count));
}
