// loss[b] = scale * sum over block b of p ln(p / q), p the goal; 0 where p is 0.

import { load_lanes, sum_lanes } from "./lanes";
import { log4 } from "./math";
import { BLOCK, madd } from "./simd";

/** The least normal number, 2^-126. */
const TINY: f32 = 1.1754943508222875e-38;

@unmanaged
class KlDivergenceArgs {
  goal: usize;
  q: usize;
  loss: usize;
  n: u32;
  scale: f32;
}

/** ln r for normal r > 0; infinity and NaN stay. */
function log_or_same4(r: v128): v128 {
  return v128.bitselect(log4(r), r, f32x4.lt(r, f32x4.splat(Infinity)));
}

/** An item is one output: a block of 1,024 elements. */
export function kl_divergence(args: usize, begin: u32, end: u32): void {
  const a = changetype<KlDivergenceArgs>(args);
  const zero = f32x4.splat(0.0), one = f32x4.splat(1.0), tiny = f32x4.splat(TINY);
  for (let b = begin; b < end; b++) {
    const to = min(b * BLOCK + BLOCK, a.n);
    let sum = zero;
    for (let i = b * BLOCK; i < to; i += 4) {
      const count = min(4, to - i);
      const p = load_lanes(a.goal + (i << 2), count, zero);
      const q = load_lanes(a.q + (i << 2), count, one);
      const none = f32x4.lt(p, tiny);
      // Where p is 0, 0 times 0.
      const log = v128.andnot(log_or_same4(f32x4.div(p, q)), none);
      sum = madd(v128.andnot(p, none), log, sum);
    }
    store<f32>(a.loss + (b << 2), a.scale * sum_lanes(sum));
  }
}
