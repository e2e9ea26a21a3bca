// Which pixels a window covers and which windows cover a pixel, in one dimension.

import { load_lanes } from "./lanes";

/** First pixel of window `o`. */
export function firstPixel(o: u32, stride: u32, pad: u32): u32 {
  return max(o * stride, pad) - pad;
}

/** End of the pixels of window `o`, of `count` in a row. */
export function endPixel(o: u32, size: u32, stride: u32, pad: u32, count: u32): u32 {
  return min(o * stride + size, count + pad) - pad;
}

/** First window that covers pixel `i`. */
export function firstWindow(i: u32, size: u32, stride: u32, pad: u32): u32 {
  return i + pad < size ? 0 : (i + pad - size) / stride + 1;
}

/** End of the windows, of `count` in a row, that cover pixel `i`. */
export function endWindow(i: u32, stride: u32, pad: u32, count: u32): u32 {
  return min((i + pad) / stride + 1, count);
}

/** Up to four channels of a pixel; small, so that the compiler inlines the common case. */
export function channels(at: usize, few: u32): v128 {
  return few == 4 ? v128.load(at) : load_lanes(at, few, f32x4.splat(0));
}
