// y = x, elementwise over n elements; as words, so that every bit is kept.

import { BLOCK, lanesEnd } from "./simd";

@unmanaged
class CopyArgs {
  x: usize;
  y: usize;
  n: u32;
}

/** An item is a block of 1,024 elements. */
export function copy(args: usize, begin: u32, end: u32): void {
  const a = changetype<CopyArgs>(args);
  const from = begin * BLOCK;
  copyWords(a.y + (from << 2), a.x + (from << 2), min(end * BLOCK, a.n) - from);
}

/** Copies `count` 4-byte words to `y`. */
export function copyWords(y: usize, x: usize, count: u32): void {
  const whole = lanesEnd(0, count);
  let i: u32 = 0;
  for (; i < whole; i += 4) v128.store(y + (i << 2), v128.load(x + (i << 2)));
  for (; i < count; i++) store<u32>(y + (i << 2), load<u32>(x + (i << 2)));
}
