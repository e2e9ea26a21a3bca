// mse: loss[b] = scale * sum over block b of (y - t)^2. mse_grad: dy = scale (y - t).

import { load_lanes, sum_lanes } from "./lanes";
import { BLOCK, lanesEnd, madd } from "./simd";

@unmanaged
class MseArgs {
  y: usize;
  t: usize;
  loss: usize;
  n: u32;
  scale: f32;
}

@unmanaged
class MseGradArgs {
  y: usize;
  t: usize;
  dy: usize;
  n: u32;
  scale: f32;
}

/** Sum of (y - t)^2 over `count` elements, in 16 strands. */
function square_distance(y: usize, t: usize, count: u32): f32 {
  const zero = f32x4.splat(0.0);
  let s0 = zero, s1 = zero, s2 = zero, s3 = zero;
  const end = y + (count << 2), whole = y + ((count & ~15) << 2);
  for (; y < whole; y += 64, t += 64) {
    const d0 = f32x4.sub(v128.load(y), v128.load(t));
    const d1 = f32x4.sub(v128.load(y, 16), v128.load(t, 16));
    const d2 = f32x4.sub(v128.load(y, 32), v128.load(t, 32));
    const d3 = f32x4.sub(v128.load(y, 48), v128.load(t, 48));
    s0 = madd(d0, d0, s0);
    s1 = madd(d1, d1, s1);
    s2 = madd(d2, d2, s2);
    s3 = madd(d3, d3, s3);
  }
  for (; y < end; y += 16, t += 16) {
    const left = min(4, (end - y) >> 2) as u32;
    const d = f32x4.sub(load_lanes(y, left, zero), load_lanes(t, left, zero));
    s0 = madd(d, d, s0);
  }
  return sum_lanes(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
}

/** An item is one output: a block of 1,024 elements. */
export function mse(args: usize, begin: u32, end: u32): void {
  const a = changetype<MseArgs>(args);
  for (let b = begin; b < end; b++) {
    const from = b * BLOCK, count = min(BLOCK, a.n - from);
    const sum = square_distance(a.y + (from << 2), a.t + (from << 2), count);
    store<f32>(a.loss + (b << 2), a.scale * sum);
  }
}

/** An item is a block of 1,024 elements. */
export function mse_grad(args: usize, begin: u32, end: u32): void {
  const a = changetype<MseGradArgs>(args);
  const from = begin * BLOCK, to = min(end * BLOCK, a.n);
  const whole = lanesEnd(from, to);
  const scale = f32x4.splat(a.scale);
  let i = from;
  for (; i < whole; i += 4) {
    const at: usize = i << 2;
    const d = f32x4.sub(v128.load(a.y + at), v128.load(a.t + at));
    v128.store(a.dy + at, f32x4.mul(scale, d));
  }
  for (; i < to; i++) {
    const at: usize = i << 2;
    store<f32>(a.dy + at, a.scale * (load<f32>(a.y + at) - load<f32>(a.t + at)));
  }
}
