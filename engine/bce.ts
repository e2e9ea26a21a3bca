// bce: loss[b] = scale * sum over block b of max(x, 0) - x t + ln(1 + e^-|x|).
// bce_grad: dx = scale (sigmoid(x) - t).

import { exp4 } from "./activation_math";
import { load_lanes, store_lanes, sum_lanes } from "./lanes";
import { log1p4 } from "./math";
import { BLOCK, madd } from "./simd";

@unmanaged
class BceArgs {
  x: usize;
  t: usize;
  loss: usize;
  n: u32;
  scale: f32;
}

@unmanaged
class BceGradArgs {
  x: usize;
  t: usize;
  dx: usize;
  n: u32;
  scale: f32;
}

/** e^-|x|, which cannot overflow. */
function decay4(x: v128): v128 {
  return exp4(f32x4.neg(f32x4.abs(x)));
}

/** Binary cross-entropy of logit x and target t. */
function bce4(x: v128, t: v128): v128 {
  const linear = madd(f32x4.neg(x), t, f32x4.pmax(x, f32x4.splat(0.0)));
  return f32x4.add(linear, log1p4(decay4(x)));
}

/** 1 / (1 + e^-x). */
function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1.0);
  const e = decay4(x);
  const s = f32x4.div(one, f32x4.add(one, e));
  return v128.bitselect(f32x4.mul(e, s), s, f32x4.lt(x, f32x4.splat(0.0)));
}

/** Sum over `count` elements, in four strands. */
function bce_sum(x: usize, t: usize, count: u32): f32 {
  // Lanes past the end hold a certain and right answer, whose loss is exactly zero.
  const sure = f32x4.splat(128.0), one = f32x4.splat(1.0);
  let sum = f32x4.splat(0.0);
  for (const end = x + (count << 2); x < end; x += 16, t += 16) {
    const left = min(4, (end - x) >> 2) as u32;
    sum = f32x4.add(sum, bce4(load_lanes(x, left, sure), load_lanes(t, left, one)));
  }
  return sum_lanes(sum);
}

/** An item is one output: a block of 1,024 elements. */
export function bce(args: usize, begin: u32, end: u32): void {
  const a = changetype<BceArgs>(args);
  for (let b = begin; b < end; b++) {
    const from = b * BLOCK, count = min(BLOCK, a.n - from);
    const sum = bce_sum(a.x + (from << 2), a.t + (from << 2), count);
    store<f32>(a.loss + (b << 2), a.scale * sum);
  }
}

/** An item is a block of 1,024 elements. */
export function bce_grad(args: usize, begin: u32, end: u32): void {
  const a = changetype<BceGradArgs>(args);
  const to = min(end * BLOCK, a.n);
  const scale = f32x4.splat(a.scale);
  for (let i = begin * BLOCK; i < to; i += 4) {
    const count = min(4, to - i), at: usize = i << 2;
    const x = load_lanes(a.x + at, count, scale);
    const d = f32x4.sub(sigmoid4(x), load_lanes(a.t + at, count, scale));
    store_lanes(a.dx + at, count, f32x4.mul(scale, d));
  }
}
