// Maxima of windows of images [n, h, w, c] with the pixel of each, and the gather of gradients.

import { store_lanes } from "./lanes";
import { channels, endPixel, endWindow, firstPixel, firstWindow } from "./windows";

@unmanaged
class MaxPoolArgs {
  x: usize;
  y: usize;
  index: usize;
  n: u32;
  h: u32;
  w: u32;
  c: u32;
  kh: u32;
  kw: u32;
  stride_h: u32;
  stride_w: u32;
  pad_h: u32;
  pad_w: u32;
  oh: u32;
  ow: u32;
}

/** An item is a row of windows; channels lie in the lanes. */
export function max_pool(args: usize, begin: u32, end: u32): void {
  const a = changetype<MaxPoolArgs>(args);
  for (let row = begin; row < end; row++) {
    const image = row / a.oh;
    const oy = row - image * a.oh;
    const top = firstPixel(oy, a.stride_h, a.pad_h);
    const bottom = endPixel(oy, a.kh, a.stride_h, a.pad_h, a.h);
    const x = a.x + ((image * a.h * a.w * a.c) << 2);
    for (let ox: u32 = 0; ox < a.ow; ox++) {
      const left = firstPixel(ox, a.stride_w, a.pad_w);
      const right = endPixel(ox, a.kw, a.stride_w, a.pad_w, a.w);
      maxOf(a, x, top, bottom, left, right, ((row * a.ow + ox) * a.c) << 2);
    }
  }
}

/** One window of all channels, written `at` bytes into the results. */
function maxOf(
  a: MaxPoolArgs,
  x: usize,
  top: u32,
  bottom: u32,
  left: u32,
  right: u32,
  at: usize,
): void {
  const size = a.c << 2;
  for (let j: u32 = 0; j < a.c; j += 4) {
    const count = min(4, a.c - j);
    let pixel = top * a.w + left;
    let best = i32x4.splat(pixel);
    let largest = channels(x + pixel * size + (j << 2), count);
    for (let iy = top; iy < bottom; iy++) {
      pixel = iy * a.w + left;
      let from = x + pixel * size + (j << 2);
      for (const stop = iy * a.w + right; pixel < stop; pixel++, from += size) {
        const v = channels(from, count);
        const more = v128.or(f32x4.gt(v, largest), f32x4.ne(v, v));
        largest = v128.bitselect(v, largest, more);
        best = v128.bitselect(i32x4.splat(pixel), best, more);
      }
    }
    store_lanes(a.y + at + (j << 2), count, largest);
    store_lanes(a.index + at + (j << 2), count, best);
  }
}

@unmanaged
class MaxPoolGradArgs {
  index: usize;
  dy: usize;
  dx: usize;
  n: u32;
  h: u32;
  w: u32;
  c: u32;
  kh: u32;
  kw: u32;
  stride_h: u32;
  stride_w: u32;
  pad_h: u32;
  pad_w: u32;
  oh: u32;
  ow: u32;
}

/** An item is a row of pixels; channels lie in the lanes. */
export function max_pool_grad(args: usize, begin: u32, end: u32): void {
  const a = changetype<MaxPoolGradArgs>(args);
  for (let row = begin; row < end; row++) {
    const image = row / a.h;
    const iy = row - image * a.h;
    const top = image * a.oh + firstWindow(iy, a.kh, a.stride_h, a.pad_h);
    const bottom = image * a.oh + endWindow(iy, a.stride_h, a.pad_h, a.oh);
    for (let ix: u32 = 0; ix < a.w; ix++) {
      const left = firstWindow(ix, a.kw, a.stride_w, a.pad_w);
      const right = endWindow(ix, a.stride_w, a.pad_w, a.ow);
      const pixel = i32x4.splat(iy * a.w + ix);
      const dx = a.dx + (((row * a.w + ix) * a.c) << 2);
      for (let j: u32 = 0; j < a.c; j += 4) {
        const count = min(4, a.c - j);
        const sum = gradOf(a, top, bottom, left, right, j, count, pixel);
        store_lanes(dx + (j << 2), count, sum);
      }
    }
  }
}

/** Sum of dy over the windows, in rows `top` to `bottom` of all images, won by `pixel`. */
function gradOf(
  a: MaxPoolGradArgs,
  top: u32,
  bottom: u32,
  left: u32,
  right: u32,
  j: u32,
  count: u32,
  pixel: v128,
): v128 {
  const zero = f32x4.splat(0);
  let sum = zero;
  for (let oy = top; oy < bottom; oy++) {
    for (let ox = left; ox < right; ox++) {
      const at = ((oy * a.ow + ox) * a.c + j) << 2;
      const won = i32x4.eq(channels(a.index + at, count), pixel);
      sum = f32x4.add(sum, v128.and(channels(a.dy + at, count), won));
    }
  }
  return sum;
}
