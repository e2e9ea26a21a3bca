// y = y + x, elementwise over n elements.

import { BLOCK, lanesEnd } from "./simd";

@unmanaged
class AccumulateArgs {
  x: usize;
  y: usize;
  n: u32;
}

/** An item is a block of 1,024 elements. */
export function accumulate(args: usize, begin: u32, end: u32): void {
  const a = changetype<AccumulateArgs>(args);
  const from = begin * BLOCK;
  const to = min(end * BLOCK, a.n);
  const whole = lanesEnd(from, to);
  let i = from;
  for (; i < whole; i += 4) {
    const y = a.y + (i << 2);
    v128.store(y, f32x4.add(v128.load(y), v128.load(a.x + (i << 2))));
  }
  for (; i < to; i++) {
    const y = a.y + (i << 2);
    store<f32>(y, load<f32>(y) + load<f32>(a.x + (i << 2)));
  }
}
