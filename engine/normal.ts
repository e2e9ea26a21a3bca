// y = mean + deviation z, z by Box and Muller from pairs of uniform numbers of Philox4x32-10.

import { store_lanes } from "./lanes";
import { cos_turn4, log4 } from "./math";
import { fraction4, philox } from "./random";
import { BLOCK, madd } from "./simd";

@unmanaged
class NormalArgs {
  y: usize;
  n: u32;
  seed: u32;
  stream: u32;
  step: u32;
  mean: f32;
  deviation: f32;
}

/** Four normal numbers: words 0 and 2 give the radii, 1 and 3 the angles of two pairs. */
function normal4(words: v128): v128 {
  // 1 - u lies in (0, 1] and is exact.
  const u = f32x4.sub(f32x4.splat(1.0), fraction4(v128.shuffle<u32>(words, words, 0, 0, 2, 2)));
  const radius = f32x4.sqrt(f32x4.mul(f32x4.splat(-2.0), log4(u)));
  // The sine is the cosine of a quarter turn less.
  const turn = fraction4(v128.shuffle<u32>(words, words, 1, 1, 3, 3));
  return f32x4.mul(radius, cos_turn4(f32x4.sub(turn, f32x4(0.0, 0.25, 0.0, 0.25))));
}

/** An item is a block of 1,024 elements. */
export function normal(args: usize, begin: u32, end: u32): void {
  const a = changetype<NormalArgs>(args);
  const to = min(end * BLOCK, a.n);
  const mean = f32x4.splat(a.mean);
  const deviation = f32x4.splat(a.deviation);
  for (let i = begin * BLOCK; i < to; i += 4) {
    const z = normal4(philox(i >> 2, a.step, a.seed, a.stream));
    store_lanes(a.y + (i << 2), min(4, to - i), madd(deviation, z, mean));
  }
}
