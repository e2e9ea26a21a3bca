// Repulsion of eight points of a map, two vectors for each coordinate, from single points: with
// w = 1 / (1 + ||d||^2), d the difference, the sums of w^2 d and of w.

import { madd } from "./simd";

/** Bytes of a block of eight points: x of all, y of all, z of all. */
export const BLOCK_BYTES: usize = 96;
/** Bytes of the sums of eight points: x, y, z of the force and the mass. */
export const SUMS_BYTES: usize = 128;

/** Of `own`: no point is met that is one of the eight. */
export const OTHERS: i32 = 1 << 30;

/** Points whose sums are added up before they join the rest, so that no sum is long. */
const CHUNK: usize = 256;

/** Copies eight points [4] to a block; the last stands in for those past `count`. */
export function block(at: usize, y: usize, count: u32): void {
  for (let i: u32 = 0; i < 8; i++) {
    const point = y + (min(i, count - 1) << 4), to = at + (i << 2);
    store<f32>(to, load<f32>(point));
    store<f32>(to, load<f32>(point, 4), 32);
    store<f32>(to, load<f32>(point, 8), 64);
  }
}

/** Writes `count` forces [4] and masses from the sums of a block. */
export function storeSums(sums: usize, force: usize, mass: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const at = sums + (i << 2), to = force + (i << 4);
    store<f32>(to, load<f32>(at));
    store<f32>(to, load<f32>(at, 32), 4);
    store<f32>(to, load<f32>(at, 64), 8);
    store<f32>(to, 0, 12);
    store<f32>(mass + (i << 2), load<f32>(at, 96));
  }
}

/**
 * Adds to `sums` the repulsion of a block from `count` points, `stride` bytes apart, whose
 * coordinates lie `step` bytes apart. The point t is the same as number `own + t` of the block and
 * is left out for that; {@link OTHERS} if it is none of them.
 */
export function repel(
  eight: usize,
  at: usize,
  count: u32,
  stride: usize,
  step: usize,
  own: i32,
  sums: usize,
): void {
  const x0 = v128.load(eight), x1 = v128.load(eight, 16);
  const y0 = v128.load(eight, 32), y1 = v128.load(eight, 48);
  const z0 = v128.load(eight, 64), z1 = v128.load(eight, 80);
  const one = f32x4.splat(1);
  const end = at + (count as usize) * stride;
  let number0 = i32x4.sub(i32x4(0, 1, 2, 3), i32x4.splat(own));
  let number1 = i32x4.sub(i32x4(4, 5, 6, 7), i32x4.splat(own));
  while (at < end) {
    const to = min(at + CHUNK * stride, end);
    let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, s0 = a0, s1 = a0;
    for (; at < to; at += stride) {
      let one_ = v128.load32_splat(at);
      const dx0 = f32x4.sub(x0, one_), dx1 = f32x4.sub(x1, one_);
      one_ = v128.load32_splat(at + step);
      const dy0 = f32x4.sub(y0, one_), dy1 = f32x4.sub(y1, one_);
      one_ = v128.load32_splat(at + 2 * step);
      const dz0 = f32x4.sub(z0, one_), dz1 = f32x4.sub(z1, one_);
      let w0 = f32x4.div(one, madd(dz0, dz0, madd(dy0, dy0, madd(dx0, dx0, one))));
      let w1 = f32x4.div(one, madd(dz1, dz1, madd(dy1, dy1, madd(dx1, dx1, one))));
      if (own != OTHERS) {
        // Zero for the point itself, whose turn it is when its number has come down to 0.
        w0 = v128.andnot(w0, i32x4.eq(number0, i32x4.splat(0)));
        w1 = v128.andnot(w1, i32x4.eq(number1, i32x4.splat(0)));
        number0 = i32x4.sub(number0, i32x4.splat(1));
        number1 = i32x4.sub(number1, i32x4.splat(1));
      }
      s0 = f32x4.add(s0, w0);
      s1 = f32x4.add(s1, w1);
      w0 = f32x4.mul(w0, w0);
      w1 = f32x4.mul(w1, w1);
      a0 = madd(w0, dx0, a0);
      a1 = madd(w1, dx1, a1);
      b0 = madd(w0, dy0, b0);
      b1 = madd(w1, dy1, b1);
      c0 = madd(w0, dz0, c0);
      c1 = madd(w1, dz1, c1);
    }
    add(sums, a0, a1);
    add(sums + 32, b0, b1);
    add(sums + 64, c0, c1);
    add(sums + 96, s0, s1);
  }
}

/** Adds two vectors to two in memory. */
export function add(at: usize, low: v128, high: v128): void {
  v128.store(at, f32x4.add(v128.load(at), low));
  v128.store(at, f32x4.add(v128.load(at, 16), high), 16);
}
