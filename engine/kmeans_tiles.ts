// Register tiles of the K-Means assignment: scores x c_j + h_j of a few points and centres, and the
// running best. `best` holds four scores, then four labels; `j` is the first centre's number. Where
// scores are equal the lower number stays.

import { laneselect, loadFew, sums } from "./rows";
import { madd } from "./simd";

/** Keeps the better of what is at `best` (four scores, then four labels) and centre j. */
function keep(best: usize, score: v128, j: u32): void {
  const before = v128.load(best);
  const better = f32x4.gt(score, before);
  v128.store(best, laneselect(score, before, better));
  v128.store(best, laneselect(i32x4.splat(j), v128.load(best, 16), better), 16);
}

/** Scores of 8 points, a panel, and 4 centres. */
export function narrow8x4(x: usize, c: usize, dim: u32, h: usize, j: u32, best: usize): void {
  let s00 = v128.load32_splat(h), s01 = s00;
  let s10 = v128.load32_splat(h, 4), s11 = s10;
  let s20 = v128.load32_splat(h, 8), s21 = s20;
  let s30 = v128.load32_splat(h, 12), s31 = s30;
  const end = c + ((dim as usize) << 4);
  while (c != end) {
    const x0 = v128.load(x), x1 = v128.load(x, 16);
    const four = v128.load(c);
    let y = i32x4.shuffle(four, four, 0, 0, 0, 0);
    s00 = madd(x0, y, s00);
    s01 = madd(x1, y, s01);
    y = i32x4.shuffle(four, four, 1, 1, 1, 1);
    s10 = madd(x0, y, s10);
    s11 = madd(x1, y, s11);
    y = i32x4.shuffle(four, four, 2, 2, 2, 2);
    s20 = madd(x0, y, s20);
    s21 = madd(x1, y, s21);
    y = i32x4.shuffle(four, four, 3, 3, 3, 3);
    s30 = madd(x0, y, s30);
    s31 = madd(x1, y, s31);
    x += 32;
    c += 16;
  }
  keep4(best, s00, s10, s20, s30, j);
  keep4(best + 32, s01, s11, s21, s31, j);
}

/** Scores of 8 points and 2 centres. */
export function narrow8x2(x: usize, c: usize, dim: u32, h: usize, j: u32, best: usize): void {
  let s00 = v128.load32_splat(h), s01 = s00;
  let s10 = v128.load32_splat(h, 4), s11 = s10;
  const end = c + ((dim as usize) << 4);
  while (c != end) {
    const x0 = v128.load(x), x1 = v128.load(x, 16);
    let y = v128.load32_splat(c);
    s00 = madd(x0, y, s00);
    s01 = madd(x1, y, s01);
    y = v128.load32_splat(c, 4);
    s10 = madd(x0, y, s10);
    s11 = madd(x1, y, s11);
    x += 32;
    c += 16;
  }
  keep(best, s00, j), keep(best, s10, j + 1);
  keep(best + 32, s01, j), keep(best + 32, s11, j + 1);
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

/** Scores of 6 rows and 2 centres: 12 sums, 2 of c, 1 of x are all the registers that V8 has. */
export function wide6x2(
  x0: usize,
  x1: usize,
  x2: usize,
  x3: usize,
  x4: usize,
  x5: usize,
  c0: usize,
  stride: usize,
  dim: u32,
  h: usize,
  j: u32,
  best: usize,
): void {
  let s00 = f32x4.splat(0), s01 = s00, s02 = s00, s03 = s00, s04 = s00, s05 = s00;
  let s10 = s00, s11 = s00, s12 = s00, s13 = s00, s14 = s00, s15 = s00;
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
    x = v128.load(x4);
    s04 = madd(x, y0, s04);
    s14 = madd(x, y1, s14);
    x = v128.load(x5);
    s05 = madd(x, y0, s05);
    s15 = madd(x, y1, s15);
    x0 += 16, x1 += 16, x2 += 16, x3 += 16, x4 += 16, x5 += 16;
    c0 += 16, c1 += 16;
  }
  const few = dim & 3;
  if (few) {
    const y0 = v128.load(c0), y1 = v128.load(c1);
    let x = loadFew(x0, few);
    s00 = madd(x, y0, s00), s10 = madd(x, y1, s10);
    x = loadFew(x1, few);
    s01 = madd(x, y0, s01), s11 = madd(x, y1, s11);
    x = loadFew(x2, few);
    s02 = madd(x, y0, s02), s12 = madd(x, y1, s12);
    x = loadFew(x3, few);
    s03 = madd(x, y0, s03), s13 = madd(x, y1, s13);
    x = loadFew(x4, few);
    s04 = madd(x, y0, s04), s14 = madd(x, y1, s14);
    x = loadFew(x5, few);
    s05 = madd(x, y0, s05), s15 = madd(x, y1, s15);
  }
  const h0 = v128.load32_splat(h), h1 = v128.load32_splat(h, 4);
  keep(best, f32x4.add(sums(s00, s01, s02, s03), h0), j);
  keep(best, f32x4.add(sums(s10, s11, s12, s13), h1), j + 1);
  // Lanes 2 and 3 are not used.
  keep(best + 32, f32x4.add(sums(s04, s05, s05, s05), h0), j);
  keep(best + 32, f32x4.add(sums(s14, s15, s15, s15), h1), j + 1);
}
