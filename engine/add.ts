// y = a + b, elementwise over n elements.

import { BLOCK, lanesEnd } from "./simd";

@unmanaged
class AddArgs {
  a: usize;
  b: usize;
  y: usize;
  n: u32;
}

/** An item is a block of 1,024 elements. */
export function add(args: usize, begin: u32, end: u32): void {
  const a = changetype<AddArgs>(args);
  const from = begin * BLOCK;
  const to = min(end * BLOCK, a.n);
  const whole = lanesEnd(from, to);
  let i = from;
  for (; i < whole; i += 4) {
    const at = i << 2;
    v128.store(a.y + at, f32x4.add(v128.load(a.a + at), v128.load(a.b + at)));
  }
  for (; i < to; i++) {
    const at = i << 2;
    store<f32>(a.y + at, load<f32>(a.a + at) + load<f32>(a.b + at));
  }
}
