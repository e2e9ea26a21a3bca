// y = low + (high - low) u, u in [0, 1) with 24 bits from Philox4x32-10.

import { store_lanes } from "./lanes";
import { fraction4, philox } from "./random";
import { BLOCK } from "./simd";

@unmanaged
class UniformArgs {
  y: usize;
  n: u32;
  seed: u32;
  stream: u32;
  step: u32;
  low: f32;
  high: f32;
}

/** An item is a block of 1,024 elements. */
export function uniform(args: usize, begin: u32, end: u32): void {
  const a = changetype<UniformArgs>(args);
  const to = min(end * BLOCK, a.n);
  const low = f32x4.splat(a.low);
  const span = f32x4.splat(a.high - a.low);
  for (let i = begin * BLOCK; i < to; i += 4) {
    const u = fraction4(philox(i >> 2, a.step, a.seed, a.stream));
    // Never fused: the same bits on every device.
    store_lanes(a.y + (i << 2), min(4, to - i), f32x4.add(low, f32x4.mul(span, u)));
  }
}
