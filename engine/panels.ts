// Panels of points with the points in the lanes: to[d][r] = x[row r][d]. Panels have room for whole
// squares of 4 x 4.

import { loadFew } from "./rows";

/** Panel of 8 consecutive rows; the last of `count` stands in for missing ones. */
export function transpose8(x: usize, count: u32, dim: u32, to: usize): void {
  const row = (dim as usize) << 2;
  const last = x + ((count - 1) as usize) * row;
  for (let q: usize = 0; q < 32; q += 16) {
    const r1 = min(x + row, last), r2 = min(r1 + row, last), r3 = min(r2 + row, last);
    transposeRows(x, r1, r2, r3, dim, to + q);
    x = min(r3 + row, last);
  }
}

/** Panel of 8 rows named by `order`; the last of `count` stands in for missing ones. */
export function gather8(x: usize, order: usize, count: u32, dim: u32, to: usize): void {
  for (let q: u32 = 0; q < 8; q += 4) {
    transposeRows(
      named(x, order, q, count, dim),
      named(x, order, q + 1, count, dim),
      named(x, order, q + 2, count, dim),
      named(x, order, q + 3, count, dim),
      dim,
      to + (q << 2),
    );
  }
}

function named(x: usize, order: usize, r: u32, count: u32, dim: u32): usize {
  return x + (((load<u32>(order + (min(r, count - 1) << 2)) as usize) * dim) << 2);
}

function transposeRows(
  r0: usize,
  r1: usize,
  r2: usize,
  r3: usize,
  dim: u32,
  to: usize,
): void {
  const whole = r0 + (((dim & ~3) as usize) << 2);
  for (; r0 < whole; r0 += 16) {
    transpose4(v128.load(r0), v128.load(r1), v128.load(r2), v128.load(r3), to);
    to += 128;
    r1 += 16, r2 += 16, r3 += 16;
  }
  const few = dim & 3;
  if (few) {
    transpose4(loadFew(r0, few), loadFew(r1, few), loadFew(r2, few), loadFew(r3, few), to);
  }
}

function transpose4(r0: v128, r1: v128, r2: v128, r3: v128, to: usize): void {
  const a = i32x4.shuffle(r0, r1, 0, 4, 1, 5), b = i32x4.shuffle(r2, r3, 0, 4, 1, 5);
  const c = i32x4.shuffle(r0, r1, 2, 6, 3, 7), d = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
  v128.store(to, i64x2.shuffle(a, b, 0, 2));
  v128.store(to, i64x2.shuffle(a, b, 1, 3), 32);
  v128.store(to, i64x2.shuffle(c, d, 0, 2), 64);
  v128.store(to, i64x2.shuffle(c, d, 1, 3), 96);
}
