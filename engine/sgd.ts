// g = dw + decay w; v = momentum v + g; w -= rate v, or rate (g + momentum v) with nesterov.

import { BLOCK, lanesEnd, madd } from "./simd";

@unmanaged
class SgdArgs {
  w: usize;
  dw: usize;
  v: usize;
  n: u32;
  rate: f32;
  momentum: f32;
  decay: f32;
  nesterov: u32;
}

/** An item is a block of 1,024 elements. */
export function sgd(args: usize, begin: u32, end: u32): void {
  const a = changetype<SgdArgs>(args);
  const from = begin * BLOCK, to = min(end * BLOCK, a.n);
  const whole = lanesEnd(from, to);
  const back = f32x4.splat(-a.rate);
  const momentum = f32x4.splat(a.momentum);
  const decay = f32x4.splat(a.decay);
  const nesterov = a.nesterov;
  let i = from;
  for (; i < whole; i += 4) {
    const at: usize = i << 2;
    const w = v128.load(a.w + at);
    const g = madd(decay, w, v128.load(a.dw + at));
    const v = madd(momentum, v128.load(a.v + at), g);
    v128.store(a.v + at, v);
    v128.store(a.w + at, madd(back, nesterov ? madd(momentum, v, g) : v, w));
  }
  for (; i < to; i++) {
    const at: usize = i << 2;
    const w = load<f32>(a.w + at);
    const g = a.decay * w + load<f32>(a.dw + at);
    const v = a.momentum * load<f32>(a.v + at) + g;
    store<f32>(a.v + at, v);
    store<f32>(a.w + at, w - a.rate * (nesterov ? a.momentum * v + g : v));
  }
}
