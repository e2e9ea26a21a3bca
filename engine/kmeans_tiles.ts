// Register tiles of the K-Means assignment: scores x c_j + h_j of a few points and centres, and the
// running best. `best` holds four scores, then four labels; `j` is the first centre's number. Where
// scores are equal the lower number stays.

import { laneselect, sums } from "./rows";
import { madd } from "./simd";

/** Keeps the better of what is at `best` (four scores, then four labels) and centre j. */
function keep(best: usize, score: v128, j: u32): void {
  const before = v128.load(best);
  const better = f32x4.gt(score, before);
  v128.store(best, laneselect(score, before, better));
  v128.store(best, laneselect(i32x4.splat(j), v128.load(best, 16), better), 16);
}

/** Scores of 12 points and 4 centres. */
export function narrow3x4(x: usize, c: usize, dim: u32, h: usize, j: u32, best: usize): void {
  let s00 = v128.load32_splat(h), s01 = s00, s02 = s00;
  let s10 = v128.load32_splat(h, 4), s11 = s10, s12 = s10;
  let s20 = v128.load32_splat(h, 8), s21 = s20, s22 = s20;
  let s30 = v128.load32_splat(h, 12), s31 = s30, s32 = s30;
  const end = c + ((dim as usize) << 4);
  while (c != end) {
    const x0 = v128.load(x), x1 = v128.load(x, 16), x2 = v128.load(x, 32);
    const four = v128.load(c);
    let y = i32x4.shuffle(four, four, 0, 0, 0, 0);
    s00 = madd(x0, y, s00);
    s01 = madd(x1, y, s01);
    s02 = madd(x2, y, s02);
    y = i32x4.shuffle(four, four, 1, 1, 1, 1);
    s10 = madd(x0, y, s10);
    s11 = madd(x1, y, s11);
    s12 = madd(x2, y, s12);
    y = i32x4.shuffle(four, four, 2, 2, 2, 2);
    s20 = madd(x0, y, s20);
    s21 = madd(x1, y, s21);
    s22 = madd(x2, y, s22);
    y = i32x4.shuffle(four, four, 3, 3, 3, 3);
    s30 = madd(x0, y, s30);
    s31 = madd(x1, y, s31);
    s32 = madd(x2, y, s32);
    x += 48;
    c += 16;
  }
  keep4(best, s00, s10, s20, s30, j);
  keep4(best + 32, s01, s11, s21, s31, j);
  keep4(best + 64, s02, s12, s22, s32, j);
}

function keep4(best: usize, s0: v128, s1: v128, s2: v128, s3: v128, j: u32): void {
  let score = v128.load(best), label = v128.load(best, 16);
  let better = f32x4.gt(s0, score);
  score = laneselect(s0, score, better);
  label = laneselect(i32x4.splat(j), label, better);
  better = f32x4.gt(s1, score);
  score = laneselect(s1, score, better);
  label = laneselect(i32x4.splat(j + 1), label, better);
  better = f32x4.gt(s2, score);
  score = laneselect(s2, score, better);
  label = laneselect(i32x4.splat(j + 2), label, better);
  better = f32x4.gt(s3, score);
  v128.store(best, laneselect(s3, score, better));
  v128.store(best, laneselect(i32x4.splat(j + 3), label, better), 16);
}

/** Scores of 12 points and 2 centres. */
export function narrow3x2(x: usize, c: usize, dim: u32, h: usize, j: u32, best: usize): void {
  let s00 = v128.load32_splat(h), s01 = s00, s02 = s00;
  let s10 = v128.load32_splat(h, 4), s11 = s10, s12 = s10;
  const end = c + ((dim as usize) << 4);
  while (c != end) {
    const x0 = v128.load(x), x1 = v128.load(x, 16), x2 = v128.load(x, 32);
    let y = v128.load32_splat(c);
    s00 = madd(x0, y, s00);
    s01 = madd(x1, y, s01);
    s02 = madd(x2, y, s02);
    y = v128.load32_splat(c, 4);
    s10 = madd(x0, y, s10);
    s11 = madd(x1, y, s11);
    s12 = madd(x2, y, s12);
    x += 48;
    c += 16;
  }
  keep(best, s00, j), keep(best, s10, j + 1);
  keep(best + 32, s01, j), keep(best + 32, s11, j + 1);
  keep(best + 64, s02, j), keep(best + 64, s12, j + 1);
}

/** Scores of 4 points and 3 centres. */
export function wide4x3(
  x0: usize,
  x1: usize,
  x2: usize,
  x3: usize,
  c0: usize,
  stride: usize,
  dim: u32,
  h: usize,
  j: u32,
  best: usize,
): void {
  let s00 = f32x4.splat(0), s01 = s00, s02 = s00, s03 = s00;
  let s10 = s00, s11 = s00, s12 = s00, s13 = s00;
  let s20 = s00, s21 = s00, s22 = s00, s23 = s00;
  let c1 = c0 + stride, c2 = c1 + stride;
  const whole = x0 + (((dim & ~3) as usize) << 2);
  while (x0 != whole) {
    const y0 = v128.load(c0), y1 = v128.load(c1), y2 = v128.load(c2);
    let x = v128.load(x0);
    s00 = madd(x, y0, s00);
    s10 = madd(x, y1, s10);
    s20 = madd(x, y2, s20);
    x = v128.load(x1);
    s01 = madd(x, y0, s01);
    s11 = madd(x, y1, s11);
    s21 = madd(x, y2, s21);
    x = v128.load(x2);
    s02 = madd(x, y0, s02);
    s12 = madd(x, y1, s12);
    s22 = madd(x, y2, s22);
    x = v128.load(x3);
    s03 = madd(x, y0, s03);
    s13 = madd(x, y1, s13);
    s23 = madd(x, y2, s23);
    x0 += 16, x1 += 16, x2 += 16, x3 += 16;
    c0 += 16, c1 += 16, c2 += 16;
  }
  let d0 = sums(s00, s01, s02, s03);
  let d1 = sums(s10, s11, s12, s13);
  let d2 = sums(s20, s21, s22, s23);
  for (let d = dim & ~3; d < dim; d++) {
    const x = column(x0, x1, x2, x3);
    d0 = madd(x, v128.load32_splat(c0), d0);
    d1 = madd(x, v128.load32_splat(c1), d1);
    d2 = madd(x, v128.load32_splat(c2), d2);
    x0 += 4, x1 += 4, x2 += 4, x3 += 4;
    c0 += 4, c1 += 4, c2 += 4;
  }
  keep(best, f32x4.add(d0, v128.load32_splat(h)), j);
  keep(best, f32x4.add(d1, v128.load32_splat(h, 4)), j + 1);
  keep(best, f32x4.add(d2, v128.load32_splat(h, 8)), j + 2);
}

/** One element of each of four rows. */
function column(x0: usize, x1: usize, x2: usize, x3: usize): v128 {
  let x = v128.load32_zero(x0);
  x = v128.load32_lane(x1, x, 1);
  x = v128.load32_lane(x2, x, 2);
  return v128.load32_lane(x3, x, 3);
}

/** Scores of 4 points and 2 centres. */
export function wide4x2(
  x0: usize,
  x1: usize,
  x2: usize,
  x3: usize,
  c0: usize,
  stride: usize,
  dim: u32,
  h: usize,
  j: u32,
  best: usize,
): void {
  let s00 = f32x4.splat(0), s01 = s00, s02 = s00, s03 = s00;
  let s10 = s00, s11 = s00, s12 = s00, s13 = s00;
  let c1 = c0 + stride;
  const whole = x0 + (((dim & ~3) as usize) << 2);
  while (x0 != whole) {
    const y0 = v128.load(c0), y1 = v128.load(c1);
    let x = v128.load(x0);
    s00 = madd(x, y0, s00);
    s10 = madd(x, y1, s10);
    x = v128.load(x1);
    s01 = madd(x, y0, s01);
    s11 = madd(x, y1, s11);
    x = v128.load(x2);
    s02 = madd(x, y0, s02);
    s12 = madd(x, y1, s12);
    x = v128.load(x3);
    s03 = madd(x, y0, s03);
    s13 = madd(x, y1, s13);
    x0 += 16, x1 += 16, x2 += 16, x3 += 16;
    c0 += 16, c1 += 16;
  }
  let d0 = sums(s00, s01, s02, s03);
  let d1 = sums(s10, s11, s12, s13);
  for (let d = dim & ~3; d < dim; d++) {
    const x = column(x0, x1, x2, x3);
    d0 = madd(x, v128.load32_splat(c0), d0);
    d1 = madd(x, v128.load32_splat(c1), d1);
    x0 += 4, x1 += 4, x2 += 4, x3 += 4;
    c0 += 4, c1 += 4;
  }
  keep(best, f32x4.add(d0, v128.load32_splat(h)), j);
  keep(best, f32x4.add(d1, v128.load32_splat(h, 4)), j + 1);
}
