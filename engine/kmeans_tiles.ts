// Register tiles of the K-Means assignment: scores h_j + x c_j of a panel of 8 points and a few
// centres, over a stretch of the dimensions. `sums` holds two vectors per centre. The loops hold at
// most 14 vectors: V8 has 15 registers.

import { laneselect } from "./rows";
import { madd } from "./simd";

/** Scores so far: those at `sums`, or the h_j where a panel begins. */
function begin(h: usize, sums: usize): v128 {
  return h ? v128.load32_splat(h) : v128.load(sums);
}

/** Adds to the scores of 5 centres, stored [dim][5]; `h` is zero but for the first stretch. */
export function tile5(x: usize, c: usize, depth: u32, h: usize, sums: usize): void {
  const step: usize = h ? 4 : 0;
  let s00 = begin(h, sums), s01 = begin(h, sums + 16);
  let s10 = begin(h + step, sums + 32), s11 = begin(h + step, sums + 48);
  let s20 = begin(h + 2 * step, sums + 64), s21 = begin(h + 2 * step, sums + 80);
  let s30 = begin(h + 3 * step, sums + 96), s31 = begin(h + 3 * step, sums + 112);
  let s40 = begin(h + 4 * step, sums + 128), s41 = begin(h + 4 * step, sums + 144);
  const end = x + ((depth as usize) << 5);
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
  v128.store(sums, s00), v128.store(sums, s01, 16);
  v128.store(sums, s10, 32), v128.store(sums, s11, 48);
  v128.store(sums, s20, 64), v128.store(sums, s21, 80);
  v128.store(sums, s30, 96), v128.store(sums, s31, 112);
  v128.store(sums, s40, 128), v128.store(sums, s41, 144);
}

/** The same for 4 centres, stored [dim][4]. */
export function tile4(x: usize, c: usize, depth: u32, h: usize, sums: usize): void {
  const step: usize = h ? 4 : 0;
  let s00 = begin(h, sums), s01 = begin(h, sums + 16);
  let s10 = begin(h + step, sums + 32), s11 = begin(h + step, sums + 48);
  let s20 = begin(h + 2 * step, sums + 64), s21 = begin(h + 2 * step, sums + 80);
  let s30 = begin(h + 3 * step, sums + 96), s31 = begin(h + 3 * step, sums + 112);
  const end = x + ((depth as usize) << 5);
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
  v128.store(sums, s00), v128.store(sums, s01, 16);
  v128.store(sums, s10, 32), v128.store(sums, s11, 48);
  v128.store(sums, s20, 64), v128.store(sums, s21, 80);
  v128.store(sums, s30, 96), v128.store(sums, s31, 112);
}

/** The same for 2 centres, stored [dim][2]. */
export function tile2(x: usize, c: usize, depth: u32, h: usize, sums: usize): void {
  const step: usize = h ? 4 : 0;
  let s00 = begin(h, sums), s01 = begin(h, sums + 16);
  let s10 = begin(h + step, sums + 32), s11 = begin(h + step, sums + 48);
  const end = x + ((depth as usize) << 5);
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
  v128.store(sums, s00), v128.store(sums, s01, 16);
  v128.store(sums, s10, 32), v128.store(sums, s11, 48);
}

/** Numbers of the centres with the largest of k scores; of equals the lowest. */
export function largest(sums: usize, k: u32, labels: usize): void {
  let best0 = v128.load(sums), best1 = v128.load(sums, 16);
  let label0 = i32x4.splat(0), label1 = label0, number = label0;
  const one = i32x4.splat(1);
  const end = sums + ((k as usize) << 5);
  for (let s = sums + 32; s < end; s += 32) {
    const s0 = v128.load(s), s1 = v128.load(s, 16);
    const more0 = f32x4.gt(s0, best0), more1 = f32x4.gt(s1, best1);
    number = i32x4.add(number, one);
    best0 = laneselect(s0, best0, more0);
    best1 = laneselect(s1, best1, more1);
    label0 = laneselect(number, label0, more0);
    label1 = laneselect(number, label1, more1);
  }
  v128.store(labels, label0);
  v128.store(labels, label1, 16);
}
