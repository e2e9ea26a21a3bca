// g = dw + l2 w; m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
// w = (1 - rate decay) w - rate (m / correction1) / (sqrt(v / correction2) + epsilon).

import { BLOCK, lanesEnd, madd } from "./simd";

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
  const from = begin * BLOCK, to = min(end * BLOCK, a.n);
  const whole = lanesEnd(from, to);
  const rest1: f32 = 1.0 - a.beta1, rest2: f32 = 1.0 - a.beta2;
  const shrink: f32 = 1.0 - a.rate * a.decay;
  // The corrections leave the loop: one square root and one division per element remain.
  const back: f32 = -a.rate / a.correction1;
  const root: f32 = 1.0 / sqrt<f32>(a.correction2);
  const b1 = f32x4.splat(a.beta1), r1 = f32x4.splat(rest1);
  const b2 = f32x4.splat(a.beta2), r2 = f32x4.splat(rest2);
  const l2 = f32x4.splat(a.l2), s4 = f32x4.splat(shrink), back4 = f32x4.splat(back);
  const root4 = f32x4.splat(root), epsilon = f32x4.splat(a.epsilon);
  let i = from;
  for (; i < whole; i += 4) {
    const at: usize = i << 2;
    const w = v128.load(a.w + at);
    const g = madd(l2, w, v128.load(a.dw + at));
    const m = madd(b1, v128.load(a.m + at), f32x4.mul(r1, g));
    const v = madd(b2, v128.load(a.v + at), f32x4.mul(f32x4.mul(r2, g), g));
    v128.store(a.m + at, m);
    v128.store(a.v + at, v);
    const direction = f32x4.div(m, madd(f32x4.sqrt(v), root4, epsilon));
    v128.store(a.w + at, madd(back4, direction, f32x4.mul(s4, w)));
  }
  for (; i < to; i++) {
    const at: usize = i << 2;
    const w = load<f32>(a.w + at);
    const g = a.l2 * w + load<f32>(a.dw + at);
    const m = a.beta1 * load<f32>(a.m + at) + rest1 * g;
    const v = a.beta2 * load<f32>(a.v + at) + rest2 * g * g;
    store<f32>(a.m + at, m);
    store<f32>(a.v + at, v);
    store<f32>(a.w + at, shrink * w + back * m / (sqrt<f32>(v) * root + a.epsilon));
  }
}
