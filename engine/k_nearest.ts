// Merges s_ij = row_i + column_j + scale d_ij, d m x w or, transposed, w x m, into the k smallest of
// each row, sorted: best_distance and best_index, rows x k, from row `first` on. Column j is point
// base + j; left out are own_i, points from n on, and NaN.

import { madd } from "./simd";

@unmanaged
class KNearestArgs {
  d: usize;
  row: usize;
  column: usize;
  own: usize;
  best_distance: usize;
  best_index: usize;
  m: u32;
  w: u32;
  k: u32;
  n: u32;
  base: u32;
  rows: u32;
  first: u32;
  transposed: u32;
  scale: f32;
}

/** Rows of an item: a cache line of a transposed tile. */
const ROWS: u32 = 16;

/** Columns that are compared with the worst of a list at once. */
const GROUP: u32 = 8;

/** An item is 16 rows. Nearly all columns hold nothing near enough; the others go one by one. */
export function k_nearest(args: usize, begin: u32, end: u32): void {
  const a = changetype<KNearestArgs>(args);
  if (a.base >= a.n || a.first >= a.rows) return;
  const width = min(a.w, a.n - a.base);
  const to = min(end * ROWS, min(a.m, a.rows - a.first));
  let i = begin * ROWS;
  if (a.transposed) {
    for (; i + ROWS <= to; i += ROWS) mergeColumns(a, i, width);
    for (; i < to; i++) {
      for (let j: u32 = 0; j < width; j++) offer(a, i, j);
    }
  } else {
    for (; i < to; i++) mergeRow(a, i, width);
  }
}

/** Where the distance of the last place of a list is. */
function lastOf(a: KNearestArgs, i: u32): usize {
  return a.best_distance + (((a.first + i) * a.k + a.k - 1) << 2);
}

function mergeRow(a: KNearestArgs, i: u32, width: u32): void {
  const scale = f32x4.splat(a.scale);
  const row = v128.load32_splat(a.row + (i << 2));
  const last = lastOf(a, i);
  let worst = v128.load32_splat(last);
  let d = a.d + ((i * a.w) << 2), column = a.column;
  let j: u32 = 0;
  for (; j + GROUP <= width; j += GROUP) {
    const s0 = madd(v128.load(d), scale, f32x4.add(row, v128.load(column)));
    const s1 = madd(v128.load(d, 16), scale, f32x4.add(row, v128.load(column, 16)));
    if (v128.any_true(v128.or(f32x4.le(s0, worst), f32x4.le(s1, worst)))) {
      for (let t: u32 = 0; t < GROUP; t++) offer(a, i, j + t);
      worst = v128.load32_splat(last);
    }
    d += GROUP << 2;
    column += GROUP << 2;
  }
  for (; j < width; j++) offer(a, i, j);
}

/** The last distances of four lists. */
function worstOf(a: KNearestArgs, i: u32): v128 {
  const last = lastOf(a, i), list = a.k << 2;
  let worst = v128.load32_zero(last);
  worst = v128.load32_lane(last + list, worst, 1);
  worst = v128.load32_lane(last + 2 * list, worst, 2);
  return v128.load32_lane(last + 3 * list, worst, 3);
}

/** 16 rows of a transposed tile, side by side in the lanes. */
function mergeColumns(a: KNearestArgs, i: u32, width: u32): void {
  const scale = f32x4.splat(a.scale);
  const row = a.row + (i << 2);
  const r0 = v128.load(row), r1 = v128.load(row, 16);
  const r2 = v128.load(row, 32), r3 = v128.load(row, 48);
  let w0 = worstOf(a, i), w1 = worstOf(a, i + 4);
  let w2 = worstOf(a, i + 8), w3 = worstOf(a, i + 12);
  let d = a.d + (i << 2);
  const step = a.m << 2;
  for (let j: u32 = 0; j < width; j++, d += step) {
    const column = v128.load32_splat(a.column + (j << 2));
    const b0 = f32x4.le(madd(v128.load(d), scale, f32x4.add(r0, column)), w0);
    const b1 = f32x4.le(madd(v128.load(d, 16), scale, f32x4.add(r1, column)), w1);
    const b2 = f32x4.le(madd(v128.load(d, 32), scale, f32x4.add(r2, column)), w2);
    const b3 = f32x4.le(madd(v128.load(d, 48), scale, f32x4.add(r3, column)), w3);
    if (!v128.any_true(v128.or(v128.or(b0, b1), v128.or(b2, b3)))) continue;
    let mask = i32x4.bitmask(b0) | (i32x4.bitmask(b1) << 4) | (i32x4.bitmask(b2) << 8) |
      (i32x4.bitmask(b3) << 12);
    for (; mask != 0; mask &= mask - 1) offer(a, i + (ctz(mask) as u32), j);
    w0 = worstOf(a, i), w1 = worstOf(a, i + 4);
    w2 = worstOf(a, i + 8), w3 = worstOf(a, i + 12);
  }
}

/** Puts point base + j into the list of row i if it belongs there. */
function offer(a: KNearestArgs, i: u32, j: u32): void {
  const at = a.transposed ? j * a.m + i : i * a.w + j;
  const squares = f32x4.add(
    v128.load32_splat(a.row + (i << 2)),
    v128.load32_splat(a.column + (j << 2)),
  );
  const d = v128.load32_splat(a.d + (at << 2));
  const s = f32x4.extract_lane(madd(d, f32x4.splat(a.scale), squares), 0);
  const list = (a.first + i) * a.k;
  if (a.base + j != load<u32>(a.own + ((a.first + i) << 2))) {
    insert(a.best_distance + (list << 2), a.best_index + (list << 2), a.k, s, a.base + j);
  }
}

/** Places of a list up to which looking from its end is faster than halving it. */
const SHORT: u32 = 64;

/** Moves what comes after (s, index) one place on and puts it there. */
function insert(distances: usize, indices: usize, k: u32, s: f32, index: u32): void {
  let at: usize = (k - 1) << 2;
  // Of NaN, nothing holds.
  if (!before(s, index, load<f32>(distances + at), load<u32>(indices + at))) return;
  if (k > SHORT) return insertLong(distances, indices, k, s, index);
  for (; at > 0; at -= 4) {
    const s1 = load<f32>(distances + at - 4), index1 = load<u32>(indices + at - 4);
    if (!before(s, index, s1, index1)) break;
    store<f32>(distances + at, s1);
    store<u32>(indices + at, index1);
  }
  store<f32>(distances + at, s);
  store<u32>(indices + at, index);
}

/** The same for long lists: the place by bisection, the rest in one piece. */
function insertLong(distances: usize, indices: usize, k: u32, s: f32, index: u32): void {
  let low: u32 = 0, high = k - 1;
  while (low < high) {
    const middle = (low + high) >> 1, at: usize = middle << 2;
    if (before(s, index, load<f32>(distances + at), load<u32>(indices + at))) high = middle;
    else low = middle + 1;
  }
  const at: usize = low << 2, bytes: usize = (k - 1 - low) << 2;
  memory.copy(distances + at + 4, distances + at, bytes);
  memory.copy(indices + at + 4, indices + at, bytes);
  store<f32>(distances + at, s);
  store<u32>(indices + at, index);
}

/** The order of lists. */
function before(s: f32, index: u32, other: f32, otherIndex: u32): bool {
  return s < other || (s == other && index < otherIndex);
}
