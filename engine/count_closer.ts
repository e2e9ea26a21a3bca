// count[i, t] = number of points that are closer to i than index[i, t] is; of equals the lower number
// is the closer. A tile is the squared distances of 8 points, in the lanes, to 4 rows.

import { madd } from "./simd";

@unmanaged
class CountCloserArgs {
  y: usize;
  index: usize;
  count: usize;
  n: u32;
  dim: u32;
  k: u32;
  first: u32;
  m: u32;
  scratch: usize;
}

const PANEL: u32 = 8;

/** Rows of an item. */
const ROWS: u32 = 4;

/** Address of a point's first number; the others follow in steps of 32 bytes. */
function pointAt(a: CountCloserArgs, i: u32): usize {
  return a.y + ((((i / PANEL) * a.dim) as usize) << 5) + ((i & (PANEL - 1)) << 2);
}

/** An item is 4 rows. Of each, scratch holds k vectors of counts, then k squared distances. */
export function count_closer(args: usize, begin: u32, end: u32): void {
  const a = changetype<CountCloserArgs>(args);
  const row = (a.k as usize) * 20;
  for (let item = begin; item < end; item++) {
    const from = a.first + item * ROWS, to = min(min(from + ROWS, a.first + a.m), a.n);
    const state = a.scratch + (item as usize) * ROWS * row;
    memory.fill(state, 0, ROWS * row);
    let far0: f32 = -1, far1: f32 = -1, far2: f32 = -1, far3: f32 = -1;
    for (let i = from; i < to; i++) {
      const far = measure(a, i, state + (i - from) * row);
      if (i - from == 0) far0 = far;
      else if (i - from == 1) far1 = far;
      else if (i - from == 2) far2 = far;
      else far3 = far;
    }
    for (let l: u32 = 0; l < a.n; l += PANEL) {
      tile(a, from, l, state, far0, far1, far2, far3);
    }
    for (let i = from; i < to; i++) finish(a, i, state + (i - from) * row);
  }
}

/** Squared distances of a row to its named points; returns the largest. */
function measure(a: CountCloserArgs, i: u32, state: usize): f32 {
  const x = pointAt(a, i), to = state + ((a.k as usize) << 4);
  let far: f32 = -1;
  for (let t: u32 = 0; t < a.k; t++) {
    const y = pointAt(a, load<u32>(a.index + ((i * a.k + t) << 2)));
    // In vectors, because the tiles round like that.
    let s = f32x4.splat(0);
    for (let d: u32 = 0; d < a.dim; d++) {
      const at = (d as usize) << 5;
      const v = f32x4.sub(v128.load32_splat(y + at), v128.load32_splat(x + at));
      s = madd(v, v, s);
    }
    const square = f32x4.extract_lane(s, 0);
    store<f32>(to + (t << 2), square);
    far = max(far, square);
  }
  return far;
}

/** Rows `from` to `from + 3` meet points `l` to `l + 7`. */
function tile(
  a: CountCloserArgs,
  from: u32,
  l: u32,
  state: usize,
  far0: f32,
  far1: f32,
  far2: f32,
  far3: f32,
): void {
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00;
  let s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  let y = pointAt(a, from), x = pointAt(a, l);
  const end = x + ((a.dim as usize) << 5);
  while (x != end) {
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
  const row = (a.k as usize) * 20;
  add(a, from, l, s00, s01, far0, state);
  add(a, from + 1, l, s10, s11, far1, state + row);
  add(a, from + 2, l, s20, s21, far2, state + 2 * row);
  add(a, from + 3, l, s30, s31, far3, state + 3 * row);
}

/** Most points are further from row i than all that are named. */
function add(a: CountCloserArgs, i: u32, l: u32, s0: v128, s1: v128, far: f32, state: usize): void {
  const limit = f32x4.splat(far);
  if (v128.any_true(v128.or(f32x4.le(s0, limit), f32x4.le(s1, limit)))) {
    count(a, i, l, s0, state);
    count(a, i, l + 4, s1, state);
  }
}

/** Counts which of the points `l` to `l + 3` are closer to row i than each named one. */
function count(a: CountCloserArgs, i: u32, l: u32, s: v128, state: usize): void {
  const point = i32x4.add(i32x4.splat(l), i32x4(0, 1, 2, 3));
  const other = v128.and(i32x4.ne(point, i32x4.splat(i)), i32x4.lt_u(point, i32x4.splat(a.n)));
  const squares = state + ((a.k as usize) << 4);
  for (let t: u32 = 0; t < a.k; t++) {
    const named = v128.load32_splat(a.index + ((i * a.k + t) << 2));
    const limit = v128.load32_splat(squares + (t << 2));
    const before = v128.and(f32x4.eq(s, limit), i32x4.lt_u(point, named));
    const closer = v128.and(v128.or(f32x4.lt(s, limit), before), other);
    const to = state + ((t as usize) << 4);
    // A mask is -1.
    v128.store(to, i32x4.sub(v128.load(to), closer));
  }
}

function finish(a: CountCloserArgs, i: u32, state: usize): void {
  for (let t: u32 = 0; t < a.k; t++) {
    const v = v128.load(state + ((t as usize) << 4));
    const two = i32x4.add(v, i32x4.shuffle(v, v, 2, 3, 0, 1));
    const sum = i32x4.extract_lane(two, 0) + i32x4.extract_lane(two, 1);
    store<u32>(a.count + ((i * a.k + t) << 2), sum);
  }
}
