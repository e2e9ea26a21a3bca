// y[b] = sum of x, or of x^2, over block b of 4,096 elements.

import { madd } from "./simd";

/** Elements that one partial sum covers. */
const BLOCK: u32 = 4096;

/** Bytes that are summed before their sum is added to the rest, so that no sum is long. */
const CHUNK: usize = 1024;

@unmanaged
class SumArgs {
  x: usize;
  y: usize;
  n: u32;
}

/** An item is a block. */
export function sum(args: usize, begin: u32, end: u32): void {
  const a = changetype<SumArgs>(args);
  for (let b = begin; b < end; b++) {
    const from = b * BLOCK;
    store<f32>(a.y + (b << 2), sumOf(a.x + (from << 2), min(BLOCK, a.n - from)));
  }
}

@unmanaged
class SumSquaresArgs {
  x: usize;
  y: usize;
  n: u32;
}

/** An item is a block. */
export function sum_squares(args: usize, begin: u32, end: u32): void {
  const a = changetype<SumSquaresArgs>(args);
  for (let b = begin; b < end; b++) {
    const from = b * BLOCK;
    store<f32>(a.y + (b << 2), squaresOf(a.x + (from << 2), min(BLOCK, a.n - from)));
  }
}

/** Sum of `count` elements from `x` on. */
export function sumOf(x: usize, count: u32): f32 {
  const end = x + (count << 2);
  let total = f32x4.splat(0);
  for (; x + CHUNK <= end; x += CHUNK) total = f32x4.add(total, chunk(x));
  let rest = f32x4.splat(0);
  for (; x + 16 <= end; x += 16) rest = f32x4.add(rest, v128.load(x));
  let tail: f32 = 0;
  for (; x < end; x += 4) tail += load<f32>(x);
  return lanesSum(f32x4.add(total, rest)) + tail;
}

function chunk(x: usize): v128 {
  const end = x + CHUNK;
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (; x < end; x += 64) {
    s0 = f32x4.add(s0, v128.load(x));
    s1 = f32x4.add(s1, v128.load(x, 16));
    s2 = f32x4.add(s2, v128.load(x, 32));
    s3 = f32x4.add(s3, v128.load(x, 48));
  }
  return f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
}

function squaresOf(x: usize, count: u32): f32 {
  const end = x + (count << 2);
  let total = f32x4.splat(0);
  for (; x + CHUNK <= end; x += CHUNK) total = f32x4.add(total, chunkOfSquares(x));
  let rest = f32x4.splat(0);
  for (; x + 16 <= end; x += 16) rest = square(v128.load(x), rest);
  let tail: f32 = 0;
  for (; x < end; x += 4) tail += load<f32>(x) * load<f32>(x);
  return lanesSum(f32x4.add(total, rest)) + tail;
}

function chunkOfSquares(x: usize): v128 {
  const end = x + CHUNK;
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (; x < end; x += 64) {
    s0 = square(v128.load(x), s0);
    s1 = square(v128.load(x, 16), s1);
    s2 = square(v128.load(x, 32), s2);
    s3 = square(v128.load(x, 48), s3);
  }
  return f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
}

/** s + v^2. */
function square(v: v128, s: v128): v128 {
  return madd(v, v, s);
}

/** Sum of the four lanes, in pairs. */
function lanesSum(v: v128): f32 {
  return (f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 2)) +
    (f32x4.extract_lane(v, 1) + f32x4.extract_lane(v, 3));
}
