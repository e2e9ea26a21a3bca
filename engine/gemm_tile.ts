// The inner loops of the matrix product. Each multiplies rows of a panel of a, [depth][12], by a
// panel of b, rows `stepB` bytes apart, into a tile of c with rows `row` bytes apart; `resume` goes
// on from the sums in c. One step of depth per turn: V8 spills registers when it is unrolled.

import { madd } from "./simd";

/** Bytes from one row of a panel of a to the next. */
export const A_STEP: usize = 48;

/** 12 sums, 2 of b, 1 of a: all the registers that V8 has. */
export function tile6x8(
  a: usize,
  b: usize,
  stepB: usize,
  depth: u32,
  c: usize,
  row: usize,
  resume: bool,
): void {
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00;
  let s30 = s00, s31 = s00, s40 = s00, s41 = s00, s50 = s00, s51 = s00;
  const c2 = c + 2 * row, c4 = c + 4 * row;
  if (resume) {
    s00 = v128.load(c), s01 = v128.load(c, 16);
    s10 = v128.load(c + row), s11 = v128.load(c + row, 16);
    s20 = v128.load(c2), s21 = v128.load(c2, 16);
    s30 = v128.load(c2 + row), s31 = v128.load(c2 + row, 16);
    s40 = v128.load(c4), s41 = v128.load(c4, 16);
    s50 = v128.load(c4 + row), s51 = v128.load(c4 + row, 16);
  }
  const end = b + (depth as usize) * stepB;
  while (b != end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    s00 = madd(x, b0, s00);
    s01 = madd(x, b1, s01);
    x = v128.load32_splat(a, 4);
    s10 = madd(x, b0, s10);
    s11 = madd(x, b1, s11);
    x = v128.load32_splat(a, 8);
    s20 = madd(x, b0, s20);
    s21 = madd(x, b1, s21);
    x = v128.load32_splat(a, 12);
    s30 = madd(x, b0, s30);
    s31 = madd(x, b1, s31);
    x = v128.load32_splat(a, 16);
    s40 = madd(x, b0, s40);
    s41 = madd(x, b1, s41);
    x = v128.load32_splat(a, 20);
    s50 = madd(x, b0, s50);
    s51 = madd(x, b1, s51);
    a += A_STEP;
    b += stepB;
  }
  v128.store(c, s00), v128.store(c, s01, 16);
  v128.store(c + row, s10), v128.store(c + row, s11, 16);
  v128.store(c2, s20), v128.store(c2, s21, 16);
  v128.store(c2 + row, s30), v128.store(c2 + row, s31, 16);
  v128.store(c4, s40), v128.store(c4, s41, 16);
  v128.store(c4 + row, s50), v128.store(c4 + row, s51, 16);
}

/** `shuffle`: one load of a, not four; pays where V8 checks every access and cores are narrow. */
export function tile4x8(
  a: usize,
  b: usize,
  stepB: usize,
  depth: u32,
  c: usize,
  row: usize,
  resume: bool,
  shuffle: bool,
): void {
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00;
  let s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  const c2 = c + 2 * row;
  if (resume) {
    s00 = v128.load(c), s01 = v128.load(c, 16);
    s10 = v128.load(c + row), s11 = v128.load(c + row, 16);
    s20 = v128.load(c2), s21 = v128.load(c2, 16);
    s30 = v128.load(c2 + row), s31 = v128.load(c2 + row, 16);
  }
  const end = b + (depth as usize) * stepB;
  if (shuffle) {
    while (b != end) {
      const x = v128.load(a);
      const b0 = v128.load(b), b1 = v128.load(b, 16);
      let r = i32x4.shuffle(x, x, 0, 0, 0, 0);
      s00 = madd(r, b0, s00);
      s01 = madd(r, b1, s01);
      r = i32x4.shuffle(x, x, 1, 1, 1, 1);
      s10 = madd(r, b0, s10);
      s11 = madd(r, b1, s11);
      r = i32x4.shuffle(x, x, 2, 2, 2, 2);
      s20 = madd(r, b0, s20);
      s21 = madd(r, b1, s21);
      r = i32x4.shuffle(x, x, 3, 3, 3, 3);
      s30 = madd(r, b0, s30);
      s31 = madd(r, b1, s31);
      a += A_STEP;
      b += stepB;
    }
  }
  while (b != end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    s00 = madd(x, b0, s00);
    s01 = madd(x, b1, s01);
    x = v128.load32_splat(a, 4);
    s10 = madd(x, b0, s10);
    s11 = madd(x, b1, s11);
    x = v128.load32_splat(a, 8);
    s20 = madd(x, b0, s20);
    s21 = madd(x, b1, s21);
    x = v128.load32_splat(a, 12);
    s30 = madd(x, b0, s30);
    s31 = madd(x, b1, s31);
    a += A_STEP;
    b += stepB;
  }
  v128.store(c, s00), v128.store(c, s01, 16);
  v128.store(c + row, s10), v128.store(c + row, s11, 16);
  v128.store(c2, s20), v128.store(c2, s21, 16);
  v128.store(c2 + row, s30), v128.store(c2 + row, s31, 16);
}

/** For the last columns of c, up to four: half of the arithmetic of an 8-wide tile. */
export function tile12x4(
  a: usize,
  b: usize,
  stepB: usize,
  depth: u32,
  c: usize,
  row: usize,
  resume: bool,
): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0;
  let s6 = s0, s7 = s0, s8 = s0, s9 = s0, s10 = s0, s11 = s0;
  const c3 = c + 3 * row, c6 = c + 6 * row, c9 = c + 9 * row;
  if (resume) {
    s0 = v128.load(c), s1 = v128.load(c + row), s2 = v128.load(c + 2 * row);
    s3 = v128.load(c3), s4 = v128.load(c3 + row), s5 = v128.load(c3 + 2 * row);
    s6 = v128.load(c6), s7 = v128.load(c6 + row), s8 = v128.load(c6 + 2 * row);
    s9 = v128.load(c9), s10 = v128.load(c9 + row), s11 = v128.load(c9 + 2 * row);
  }
  const end = b + (depth as usize) * stepB;
  while (b != end) {
    const x = v128.load(b);
    s0 = madd(v128.load32_splat(a), x, s0);
    s1 = madd(v128.load32_splat(a, 4), x, s1);
    s2 = madd(v128.load32_splat(a, 8), x, s2);
    s3 = madd(v128.load32_splat(a, 12), x, s3);
    s4 = madd(v128.load32_splat(a, 16), x, s4);
    s5 = madd(v128.load32_splat(a, 20), x, s5);
    s6 = madd(v128.load32_splat(a, 24), x, s6);
    s7 = madd(v128.load32_splat(a, 28), x, s7);
    s8 = madd(v128.load32_splat(a, 32), x, s8);
    s9 = madd(v128.load32_splat(a, 36), x, s9);
    s10 = madd(v128.load32_splat(a, 40), x, s10);
    s11 = madd(v128.load32_splat(a, 44), x, s11);
    a += A_STEP;
    b += stepB;
  }
  v128.store(c, s0), v128.store(c + row, s1), v128.store(c + 2 * row, s2);
  v128.store(c3, s3), v128.store(c3 + row, s4), v128.store(c3 + 2 * row, s5);
  v128.store(c6, s6), v128.store(c6 + row, s7), v128.store(c6 + 2 * row, s8);
  v128.store(c9, s9), v128.store(c9 + row, s10), v128.store(c9 + 2 * row, s11);
}
