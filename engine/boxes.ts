// Boxes: the smallest coordinates of some points, then the largest, each padded with zeros to whole
// vectors of `corner` bytes.

import { madd } from "./simd";

/** Whether two boxes are within a radius: the square of the gap between them is at most `hi`. */
export function boxNear(own: usize, box: usize, corner: usize, hi: f32): bool {
  let s = f32x4.splat(0);
  for (const end = box + corner; box < end; box += 16) {
    const below = f32x4.sub(v128.load(own), v128.load(box + corner));
    const above = f32x4.sub(v128.load(box), v128.load(own + corner));
    const gap = f32x4.pmax(f32x4.pmax(below, above), f32x4.splat(0));
    s = madd(gap, gap, s);
    own += 16;
  }
  s = f32x4.add(s, i32x4.shuffle(s, s, 2, 3, 0, 1));
  return f32x4.extract_lane(s, 0) + f32x4.extract_lane(s, 1) <= hi;
}

/** Whether one of the points of a panel of 8, from x to `end`, is within a radius of a box. */
export function panelNear(x: usize, end: usize, box: usize, corner: usize, hi: f32): bool {
  let s0 = f32x4.splat(0), s1 = s0;
  const zero = s0;
  for (; x < end; x += 32) {
    const low = v128.load32_splat(box), high = v128.load32_splat(box + corner);
    const x0 = v128.load(x), x1 = v128.load(x, 16);
    // NaN, first of the two, stays.
    let gap = f32x4.pmax(f32x4.pmax(f32x4.sub(x0, high), f32x4.sub(low, x0)), zero);
    s0 = madd(gap, gap, s0);
    gap = f32x4.pmax(f32x4.pmax(f32x4.sub(x1, high), f32x4.sub(low, x1)), zero);
    s1 = madd(gap, gap, s1);
    box += 4;
  }
  const most = f32x4.splat(hi);
  return v128.any_true(v128.or(f32x4.le(s0, most), f32x4.le(s1, most)));
}

/** Writes the box of panels of 8 of `dim` coordinates, from x to `end`; leaves NaN out. */
export function boxOf(x: usize, end: usize, dim: u32, corner: usize, to: usize): void {
  const panel = (dim as usize) << 5;
  for (let d: u32 = 0; d < dim; d++) {
    let low = f32x4.splat(Infinity), high = f32x4.splat(-Infinity);
    for (let at = x + (d << 5); at < end; at += panel) {
      low = f32x4.pmin(f32x4.pmin(low, v128.load(at)), v128.load(at, 16));
      high = f32x4.pmax(f32x4.pmax(high, v128.load(at)), v128.load(at, 16));
    }
    low = f32x4.pmin(low, i32x4.shuffle(low, low, 2, 3, 0, 1));
    high = f32x4.pmax(high, i32x4.shuffle(high, high, 2, 3, 0, 1));
    const at = to + (d << 2);
    store<f32>(at, min(f32x4.extract_lane(low, 0), f32x4.extract_lane(low, 1)));
    store<f32>(at + corner, max(f32x4.extract_lane(high, 0), f32x4.extract_lane(high, 1)));
  }
}
