// Scores of the K-Means assignment with the points in the lanes, for few dimensions: register tiles
// of a panel of 8 points and a few centres, s_j = u v_j + h_j. The loops hold at most 14 vectors: V8
// has 15 registers. `j` is the first centre's number.

import { keep, keep4 } from "./kmeans_best";
import { madd } from "./simd";

/** Scores of 5 centres, stored [dim][5]. */
export function tile5(x: usize, c: usize, dim: u32, h: usize, j: u32, best: usize): void {
  let s00 = v128.load32_splat(h), s01 = s00;
  let s10 = v128.load32_splat(h, 4), s11 = s10;
  let s20 = v128.load32_splat(h, 8), s21 = s20;
  let s30 = v128.load32_splat(h, 12), s31 = s30;
  let s40 = v128.load32_splat(h, 16), s41 = s40;
  const end = x + ((dim as usize) << 5);
  while (x != end) {
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
    y = v128.load32_splat(c, 16);
    s40 = madd(x0, y, s40);
    s41 = madd(x1, y, s41);
    x += 32;
    c += 20;
  }
  keep4(best, s00, s10, s20, s30, j);
  keep4(best + 16, s01, s11, s21, s31, j);
  keep(best, s40, j + 4);
  keep(best + 16, s41, j + 4);
}

/** Scores of 4 centres, stored [dim][4]. */
export function tile4(x: usize, c: usize, dim: u32, h: usize, j: u32, best: usize): void {
  let s00 = v128.load32_splat(h), s01 = s00;
  let s10 = v128.load32_splat(h, 4), s11 = s10;
  let s20 = v128.load32_splat(h, 8), s21 = s20;
  let s30 = v128.load32_splat(h, 12), s31 = s30;
  const end = x + ((dim as usize) << 5);
  while (x != end) {
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
  keep4(best + 16, s01, s11, s21, s31, j);
}

/** Scores of 2 centres, stored [dim][2]. */
export function tile2(x: usize, c: usize, dim: u32, h: usize, j: u32, best: usize): void {
  let s00 = v128.load32_splat(h), s01 = s00;
  let s10 = v128.load32_splat(h, 4), s11 = s10;
  const end = x + ((dim as usize) << 5);
  while (x != end) {
    const x0 = v128.load(x), x1 = v128.load(x, 16);
    let y = v128.load32_splat(c);
    s00 = madd(x0, y, s00);
    s01 = madd(x1, y, s01);
    y = v128.load32_splat(c, 4);
    s10 = madd(x0, y, s10);
    s11 = madd(x1, y, s11);
    x += 32;
    c += 8;
  }
  keep(best, s00, j), keep(best, s10, j + 1);
  keep(best + 16, s01, j), keep(best + 16, s11, j + 1);
}
