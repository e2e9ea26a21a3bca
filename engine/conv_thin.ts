// Patches times weights for few channels, as dot products: the lanes run along the patch, so that a
// single channel fills them, and patches are read where they lie.

import { Mark, markOf, Patches } from "./patches";
import { madd } from "./simd";

/**
 * Sums of the `count` windows marked in the room with `width` rows of weights, each [depth].
 *
 * @param step bytes from the sums of one window to those of the next
 */
export function dots(
  p: Patches,
  room: usize,
  count: u32,
  weights: usize,
  depth: u32,
  width: u32,
  sums: usize,
  step: usize,
): void {
  for (let r: u32 = 0; r < count; r++, sums += step) {
    const mark = markOf(room, r);
    for (let j: u32 = 0; j < width; j++) {
      store<f32>(sums + (j << 2), dot(p, mark, weights + ((j * depth) << 2)));
    }
  }
}

/** One patch times one row of weights: 16 partial sums over whole vectors, one over the rest. */
function dot(p: Patches, mark: Mark, weights: usize): f32 {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  let rest: f32 = 0;
  const run = p.kw * p.c, line = (p.w * p.c) << 2;
  const from = max(-mark.y, 0);
  const to = min(p.kh as i32, (p.h as i32) - mark.y);
  if (mark.hi <= mark.lo) return 0;
  const length = (mark.hi - mark.lo) << 2;
  for (let ky = from; ky < to; ky++) {
    let x = mark.at + (ky as usize) * line + (mark.lo << 2);
    let w = weights + ((((ky as u32) * run) + mark.lo) << 2);
    const end = x + length;
    for (; x + 64 <= end; x += 64, w += 64) {
      s0 = madd(v128.load(x), v128.load(w), s0);
      s1 = madd(v128.load(x, 16), v128.load(w, 16), s1);
      s2 = madd(v128.load(x, 32), v128.load(w, 32), s2);
      s3 = madd(v128.load(x, 48), v128.load(w, 48), s3);
    }
    for (; x + 16 <= end; x += 16, w += 16) s0 = madd(v128.load(x), v128.load(w), s0);
    for (; x < end; x += 4, w += 4) rest += load<f32>(x) * load<f32>(w);
  }
  s0 = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
  s0 = f32x4.add(s0, i64x2.shuffle(s0, s0, 1, 0));
  return f32x4.extract_lane(s0, 0) + f32x4.extract_lane(s0, 1) + rest;
}
