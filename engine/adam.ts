// g = dw + l2 w; m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
// w = (1 - rate decay) w - rate (m / correction1) / (sqrt(v / correction2) + epsilon).

import { load_lanes, store_lanes } from "./lanes";
import { BLOCK, madd } from "./simd";

@unmanaged
class AdamArgs {
  w: usize;
  dw: usize;
  m: usize;
  v: usize;
  n: u32;
  rate: f32;
  beta1: f32;
  beta2: f32;
  epsilon: f32;
  l2: f32;
  decay: f32;
  correction1: f32;
  correction2: f32;
}

/** An item is a block of 1,024 elements. Memory-bound: 16 bytes in and 12 out per parameter. */
export function adam(args: usize, begin: u32, end: u32): void {
  const a = changetype<AdamArgs>(args);
  const to = min(end * BLOCK, a.n);
  const beta1 = f32x4.splat(a.beta1), rest1 = f32x4.splat(1.0 - a.beta1);
  const beta2 = f32x4.splat(a.beta2), rest2 = f32x4.splat(1.0 - a.beta2);
  const epsilon = f32x4.splat(a.epsilon);
  const l2 = f32x4.splat(a.l2);
  const shrink = f32x4.splat(1.0 - a.rate * a.decay);
  // The corrections leave the loop: one square root and one division per element remain.
  const back = f32x4.splat(-a.rate / a.correction1);
  const root = f32x4.splat(1.0 / sqrt<f32>(a.correction2));
  const zero = f32x4.splat(0.0);
  for (let i = begin * BLOCK; i < to; i += 4) {
    const count = min(4, to - i), at: usize = i << 2;
    const w = load_lanes(a.w + at, count, zero);
    const g = madd(l2, w, load_lanes(a.dw + at, count, zero));
    const m = madd(beta1, load_lanes(a.m + at, count, zero), f32x4.mul(rest1, g));
    const v = madd(
      beta2,
      load_lanes(a.v + at, count, zero),
      f32x4.mul(f32x4.mul(rest2, g), g),
    );
    store_lanes(a.m + at, count, m);
    store_lanes(a.v + at, count, v);
    const direction = f32x4.div(m, madd(f32x4.sqrt(v), root, epsilon));
    store_lanes(a.w + at, count, madd(back, direction, f32x4.mul(shrink, w)));
  }
}
