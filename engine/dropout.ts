// y = x / keep where u < keep, 0 x elsewhere; u in [0, 1) with 24 bits from Philox4x32-10.

import { load_lanes, store_lanes } from "./lanes";
import { fraction4, philox } from "./random";
import { BLOCK } from "./simd";

@unmanaged
class DropoutArgs {
  x: usize;
  y: usize;
  n: u32;
  seed: u32;
  stream: u32;
  step: u32;
  keep: f32;
}

/** An item is a block of 1,024 elements. */
export function dropout(args: usize, begin: u32, end: u32): void {
  const a = changetype<DropoutArgs>(args);
  const to = min(end * BLOCK, a.n);
  const keep = f32x4.splat(a.keep);
  const factor = f32x4.splat(1.0 / a.keep);
  for (let i = begin * BLOCK; i < to; i += 4) {
    const count = min(4, to - i);
    const u = fraction4(philox(i >> 2, a.step, a.seed, a.stream));
    const x = load_lanes(a.x + (i << 2), count, keep);
    // Dropped elements are multiplied by zero, not replaced: a NaN stays.
    const mask = v128.and(factor, f32x4.lt(u, keep));
    store_lanes(a.y + (i << 2), count, f32x4.mul(x, mask));
  }
}
