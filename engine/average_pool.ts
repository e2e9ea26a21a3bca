// Averages of windows of images [n, h, w, c], and the gather of gradients.

import { store_lanes } from "./lanes";
import { channels, endPixel, endWindow, firstPixel, firstWindow } from "./windows";

@unmanaged
class AveragePoolArgs {
  x: usize;
  y: usize;
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
  count_padding: u32;
}

/** An item is a row of windows; channels lie in the lanes. */
export function average_pool(args: usize, begin: u32, end: u32): void {
  const a = changetype<AveragePoolArgs>(args);
  for (let row = begin; row < end; row++) {
    const image = row / a.oh;
    const oy = row - image * a.oh;
    const top = firstPixel(oy, a.stride_h, a.pad_h);
    const bottom = endPixel(oy, a.kh, a.stride_h, a.pad_h, a.h);
    const x = a.x + ((image * a.h * a.w * a.c) << 2);
    for (let ox: u32 = 0; ox < a.ow; ox++) {
      const left = firstPixel(ox, a.stride_w, a.pad_w);
      const right = endPixel(ox, a.kw, a.stride_w, a.pad_w, a.w);
      const pixels = a.count_padding ? a.kh * a.kw : (bottom - top) * (right - left);
      const y = a.y + (((row * a.ow + ox) * a.c) << 2);
      for (let j: u32 = 0; j < a.c; j += 4) {
        const few = min(4, a.c - j);
        const sum = sumOf(a, x + (j << 2), top, bottom, left, right, few);
        store_lanes(y + (j << 2), few, f32x4.div(sum, f32x4.splat(pixels as f32)));
      }
    }
  }
}

/** Sum of up to four channels over a window. */
function sumOf(
  a: AveragePoolArgs,
  x: usize,
  top: u32,
  bottom: u32,
  left: u32,
  right: u32,
  few: u32,
): v128 {
  const size = a.c << 2;
  let sum = f32x4.splat(0);
  for (let iy = top; iy < bottom; iy++) {
    let at = x + (iy * a.w + left) * size;
    for (let ix = left; ix < right; ix++, at += size) sum = f32x4.add(sum, channels(at, few));
  }
  return sum;
}

@unmanaged
class AveragePoolGradArgs {
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
  count_padding: u32;
}

/** An item is a row of pixels; channels lie in the lanes. */
export function average_pool_grad(args: usize, begin: u32, end: u32): void {
  const a = changetype<AveragePoolGradArgs>(args);
  for (let row = begin; row < end; row++) {
    const image = row / a.h;
    const iy = row - image * a.h;
    const top = firstWindow(iy, a.kh, a.stride_h, a.pad_h);
    const bottom = endWindow(iy, a.stride_h, a.pad_h, a.oh);
    const dy = a.dy + ((image * a.oh * a.ow * a.c) << 2);
    for (let ix: u32 = 0; ix < a.w; ix++) {
      const left = firstWindow(ix, a.kw, a.stride_w, a.pad_w);
      const right = endWindow(ix, a.stride_w, a.pad_w, a.ow);
      const dx = a.dx + (((row * a.w + ix) * a.c) << 2);
      for (let j: u32 = 0; j < a.c; j += 4) {
        const few = min(4, a.c - j);
        const sum = gradOf(a, dy + (j << 2), top, bottom, left, right, few);
        store_lanes(dx + (j << 2), few, sum);
      }
    }
  }
}

/** Sum of dy / count over windows, for up to four channels. */
function gradOf(
  a: AveragePoolGradArgs,
  dy: usize,
  top: u32,
  bottom: u32,
  left: u32,
  right: u32,
  few: u32,
): v128 {
  const size = a.c << 2;
  const whole = f32x4.splat((a.kh * a.kw) as f32);
  let sum = f32x4.splat(0);
  for (let oy = top; oy < bottom; oy++) {
    let at = dy + (oy * a.ow + left) * size;
    for (let ox = left; ox < right; ox++, at += size) {
      const count = a.count_padding ? whole : f32x4.splat(pixelsOf(a, oy, ox) as f32);
      sum = f32x4.add(sum, f32x4.div(channels(at, few), count));
    }
  }
  return sum;
}

/** Number of pixels that window (oy, ox) covers. */
function pixelsOf(a: AveragePoolGradArgs, oy: u32, ox: u32): u32 {
  const height = endPixel(oy, a.kh, a.stride_h, a.pad_h, a.h) -
    firstPixel(oy, a.stride_h, a.pad_h);
  const width = endPixel(ox, a.kw, a.stride_w, a.pad_w, a.w) -
    firstPixel(ox, a.stride_w, a.pad_w);
  return height * width;
}
