// y = factor * x, elementwise over n elements.

import { BLOCK, lanesEnd } from "./simd";

@unmanaged
class ScaleArgs {
  x: usize;
  y: usize;
  n: u32;
  factor: f32;
}

/** An item is a block of 1,024 elements. */
export function scale(args: usize, begin: u32, end: u32): void {
  const a = changetype<ScaleArgs>(args);
  const from = begin * BLOCK;
  const to = min(end * BLOCK, a.n);
  const factor = f32x4.splat(a.factor);
  const whole = lanesEnd(from, to);
  let i = from;
  for (; i < whole; i += 4) {
    v128.store(a.y + (i << 2), f32x4.mul(factor, v128.load(a.x + (i << 2))));
  }
  for (; i < to; i++) {
    store<f32>(a.y + (i << 2), a.factor * load<f32>(a.x + (i << 2)));
  }
}
