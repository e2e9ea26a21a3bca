// g = dw + decay w; v = momentum v + g; w -= rate v, or rate (g + momentum v) with nesterov.

import { load_lanes, store_lanes } from "./lanes";
import { BLOCK, madd } from "./simd";

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
  const to = min(end * BLOCK, a.n);
  const back = f32x4.splat(-a.rate);
  const momentum = f32x4.splat(a.momentum);
  const decay = f32x4.splat(a.decay);
  const nesterov = a.nesterov;
  const zero = f32x4.splat(0.0);
  for (let i = begin * BLOCK; i < to; i += 4) {
    const count = min(4, to - i), at: usize = i << 2;
    const w = load_lanes(a.w + at, count, zero);
    const g = madd(decay, w, load_lanes(a.dw + at, count, zero));
    const v = madd(momentum, load_lanes(a.v + at, count, zero), g);
    const direction = nesterov ? madd(momentum, v, g) : v;
    store_lanes(a.v + at, count, v);
    store_lanes(a.w + at, count, madd(back, direction, w));
  }
}
