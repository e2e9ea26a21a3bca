// Rows of numbers with the dimensions in the lanes: loads past whole vectors, sums across lanes,
// squared distances by direct differences (no cancellation, never negative).

import { madd } from "./simd";

/** Bytes of `dim` elements rounded up to whole vectors. */
export function strideOf(dim: u32): usize {
  return (((dim + 3) & ~3) as usize) << 2;
}

/** The first `count` (1 to 3) elements at an address; the other lanes are zero. */
export function loadFew(at: usize, count: u32): v128 {
  if (count == 1) return v128.load32_zero(at);
  const two = v128.load64_zero(at);
  return count == 2 ? two : v128.load32_lane(at, two, 2, 8);
}

/** Writes the first `count` (1 to 3) elements. */
export function storeFew(at: usize, value: v128, count: u32): void {
  if (count == 1) {
    v128.store32_lane(at, value, 0);
    return;
  }
  v128.store64_lane(at, value, 0);
  if (count == 3) v128.store32_lane(at, value, 2, 8);
}

/** a where the mask is all ones, b where it is all zeros. */
export function laneselect(a: v128, b: v128, mask: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    return i32x4.relaxed_laneselect(a, b, mask);
  }
  return v128.bitselect(a, b, mask);
}

/** The sum of the lanes. */
export function sum(a: v128): f32 {
  const pair = f32x4.add(a, i32x4.shuffle(a, a, 2, 3, 0, 1));
  return f32x4.extract_lane(pair, 0) + f32x4.extract_lane(pair, 1);
}

/** The sums of the lanes of four vectors, each in the order of `sum`. */
export function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(i32x4.shuffle(a, b, 0, 4, 1, 5), i32x4.shuffle(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(i32x4.shuffle(c, d, 0, 4, 1, 5), i32x4.shuffle(c, d, 2, 6, 3, 7));
  return f32x4.add(i32x4.shuffle(ab, cd, 0, 1, 4, 5), i32x4.shuffle(ab, cd, 2, 3, 6, 7));
}

/** ||x - c||^2. */
export function squareOf(x: usize, c: usize, dim: u32): f32 {
  let s = f32x4.splat(0);
  const whole = x + (((dim & ~3) as usize) << 2);
  while (x != whole) {
    const d = f32x4.sub(v128.load(x), v128.load(c));
    s = madd(d, d, s);
    x += 16;
    c += 16;
  }
  if (dim & 3) {
    const d = f32x4.sub(loadFew(x, dim & 3), loadFew(c, dim & 3));
    s = madd(d, d, s);
  }
  return sum(s);
}

/** ||x - c_t||^2 for four rows c_0 to c_3. */
export function squares(x: usize, c0: usize, c1: usize, c2: usize, c3: usize, dim: u32): v128 {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  const whole = x + (((dim & ~3) as usize) << 2);
  while (x != whole) {
    const v = v128.load(x);
    const d0 = f32x4.sub(v, v128.load(c0)), d1 = f32x4.sub(v, v128.load(c1));
    const d2 = f32x4.sub(v, v128.load(c2)), d3 = f32x4.sub(v, v128.load(c3));
    s0 = madd(d0, d0, s0);
    s1 = madd(d1, d1, s1);
    s2 = madd(d2, d2, s2);
    s3 = madd(d3, d3, s3);
    x += 16;
    c0 += 16;
    c1 += 16;
    c2 += 16;
    c3 += 16;
  }
  const few = dim & 3;
  if (few) {
    const v = loadFew(x, few);
    const d0 = f32x4.sub(v, loadFew(c0, few)), d1 = f32x4.sub(v, loadFew(c1, few));
    const d2 = f32x4.sub(v, loadFew(c2, few)), d3 = f32x4.sub(v, loadFew(c3, few));
    s0 = madd(d0, d0, s0);
    s1 = madd(d1, d1, s1);
    s2 = madd(d2, d2, s2);
    s3 = madd(d3, d3, s3);
  }
  return sums(s0, s1, s2, s3);
}

/** ||x - c_t||^2 for rows `first` to `first + 3` of c; the last row stands in for those past it. */
export function squaresOf(x: usize, c: usize, first: u32, count: u32, dim: u32): v128 {
  const row = (dim as usize) << 2;
  const last = count - 1;
  return squares(
    x,
    c + (first as usize) * row,
    c + (min(first + 1, last) as usize) * row,
    c + (min(first + 2, last) as usize) * row,
    c + (min(first + 3, last) as usize) * row,
    dim,
  );
}

/** to += x - origin. The others than x are padded to whole vectors. */
export function addFrom(x: usize, origin: usize, to: usize, dim: u32): void {
  const whole = x + (((dim & ~3) as usize) << 2);
  while (x != whole) {
    v128.store(to, f32x4.add(v128.load(to), f32x4.sub(v128.load(x), v128.load(origin))));
    x += 16, origin += 16, to += 16;
  }
  if (dim & 3) {
    const v = f32x4.sub(loadFew(x, dim & 3), v128.load(origin));
    v128.store(to, f32x4.add(v128.load(to), v));
  }
}

/** from -= x - origin, to += x - origin. */
export function moveFrom(x: usize, origin: usize, from: usize, to: usize, dim: u32): void {
  const whole = x + (((dim & ~3) as usize) << 2);
  while (x != whole) {
    const v = f32x4.sub(v128.load(x), v128.load(origin));
    v128.store(from, f32x4.sub(v128.load(from), v));
    v128.store(to, f32x4.add(v128.load(to), v));
    x += 16, origin += 16, from += 16, to += 16;
  }
  if (dim & 3) {
    const v = f32x4.sub(loadFew(x, dim & 3), v128.load(origin));
    v128.store(from, f32x4.sub(v128.load(from), v));
    v128.store(to, f32x4.add(v128.load(to), v));
  }
}
