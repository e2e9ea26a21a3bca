// y = value, elementwise over n elements.

import { BLOCK, lanesEnd } from "./simd";

@unmanaged
class FillArgs {
  y: usize;
  n: u32;
  value: f32;
}

/** An item is a block of 1,024 elements. */
export function fill(args: usize, begin: u32, end: u32): void {
  const a = changetype<FillArgs>(args);
  const from = begin * BLOCK;
  fillWords(a.y + (from << 2), reinterpret<u32>(a.value), min(end * BLOCK, a.n) - from);
}

/** Writes `word` to `count` 4-byte words from `y` on. */
export function fillWords(y: usize, word: u32, count: u32): void {
  const four = i32x4.splat(word);
  const whole = lanesEnd(0, count);
  let i: u32 = 0;
  for (; i < whole; i += 4) v128.store(y + (i << 2), four);
  for (; i < count; i++) store<u32>(y + (i << 2), word);
}
