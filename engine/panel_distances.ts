// Squared distances of a panel of 8 points to four points of another panel, lanes against lanes.

import { madd } from "./simd";

/** Dimensions between two looks at whether a tile is out of reach already. */
const LOOK: u32 = 32;

/**
 * Squared distances of 8 points x to 4 points y, written only if one is not above `hi`: for each
 * y two vectors.
 */
export function distances8x4(x: usize, y: usize, dim: u32, hi: f32, to: usize): bool {
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00;
  let s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  const most = f32x4.splat(hi), end = x + ((dim as usize) << 5);
  for (;;) {
    const stop = min(end, x + (LOOK << 5));
    while (x != stop) {
      const x0 = v128.load(x), x1 = v128.load(x, 16);
      const four = v128.load(y);
      let one = i32x4.shuffle(four, four, 0, 0, 0, 0);
      let d = f32x4.sub(x0, one);
      s00 = madd(d, d, s00);
      d = f32x4.sub(x1, one);
      s01 = madd(d, d, s01);
      one = i32x4.shuffle(four, four, 1, 1, 1, 1);
      d = f32x4.sub(x0, one);
      s10 = madd(d, d, s10);
      d = f32x4.sub(x1, one);
      s11 = madd(d, d, s11);
      one = i32x4.shuffle(four, four, 2, 2, 2, 2);
      d = f32x4.sub(x0, one);
      s20 = madd(d, d, s20);
      d = f32x4.sub(x1, one);
      s21 = madd(d, d, s21);
      one = i32x4.shuffle(four, four, 3, 3, 3, 3);
      d = f32x4.sub(x0, one);
      s30 = madd(d, d, s30);
      d = f32x4.sub(x1, one);
      s31 = madd(d, d, s31);
      x += 32;
      y += 32;
    }
    const low = v128.or(
      v128.or(f32x4.le(s00, most), f32x4.le(s01, most)),
      v128.or(f32x4.le(s10, most), f32x4.le(s11, most)),
    );
    const high = v128.or(
      v128.or(f32x4.le(s20, most), f32x4.le(s21, most)),
      v128.or(f32x4.le(s30, most), f32x4.le(s31, most)),
    );
    if (!v128.any_true(v128.or(low, high))) return false;
    if (x == end) break;
  }
  v128.store(to, s00);
  v128.store(to, s01, 16);
  v128.store(to, s10, 32);
  v128.store(to, s11, 48);
  v128.store(to, s20, 64);
  v128.store(to, s21, 80);
  v128.store(to, s30, 96);
  v128.store(to, s31, 112);
  return true;
}
