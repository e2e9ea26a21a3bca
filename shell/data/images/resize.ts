/**
 * Brings images to a size by bilinear interpolation. Where an image shrinks, the triangle that
 * weighs its pixels grows with the step, so that every pixel counts. All arithmetic is on integers
 * or correctly rounded: the same bits everywhere, and those of Pillow's BILINEAR.
 *
 * @see Turkowski, "Filters for common resampling tasks", Graphics Gems, 1990
 */

import type { Image } from "../png.ts";

/** Bits behind the point of a weight: 255 times the sum of the weights stays below 2^31. */
const BITS = 22;
const ONE = 1 << BITS;

/** A part of an image, in pixels that need not be whole. */
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Weights of the pixels that make each pixel of a line. */
interface Weights {
  /** First pixel, by pixel of the result. */
  readonly first: Int32Array;
  /** How many. */
  readonly count: Int32Array;
  /** `most` weights for each pixel of the result, in units of 2^-22. */
  readonly values: Int32Array;
  readonly most: number;
}

/**
 * The whole image at another size; its proportions may change.
 *
 * @param width of the result
 * @param height of the result
 */
export function resize(image: Image, width: number, height: number): Image {
  const all = { x: 0, y: 0, width: image.width, height: image.height };
  return resample(image, all, width, height);
}

/** The largest part in the middle of the image that has the proportions of the result. */
export function cropToFit(image: Image, width: number, height: number): Image {
  const scale = Math.min(image.width / width, image.height / height);
  // The side that is kept must be whole to the bit.
  const wide = image.width * height > image.height * width;
  const w = wide ? scale * width : image.width;
  const h = wide ? image.height : scale * height;
  const box = { x: (image.width - w) / 2, y: (image.height - h) / 2, width: w, height: h };
  return resample(image, box, width, height);
}

function resample(image: Image, box: Box, width: number, height: number): Image {
  const { channels } = image;
  const same = box.width === width && box.height === height;
  if (same && Number.isInteger(box.x) && Number.isInteger(box.y)) return cut(image, box);
  const across = weightsOf(image.width, box.x, box.width, width);
  const down = weightsOf(image.height, box.y, box.height, height);
  // Lines above and below the box are of no use.
  const top = down.first[0];
  const bottom = down.first[height - 1] + down.count[height - 1];
  const lines = new Uint8Array((bottom - top) * width * channels);
  for (let y = top; y < bottom; y++) {
    const from = y * image.width * channels;
    const to = (y - top) * width * channels;
    weigh(image.data, from, channels, lines, to, channels, across, width, channels);
  }
  const data = new Uint8Array(width * height * channels);
  const stride = width * channels;
  for (let x = 0; x < stride; x++) {
    weigh(lines, x - top * stride, stride, data, x, stride, down, height, 1);
  }
  return { width, height, channels, data };
}

/** Whole pixels of an image. */
function cut(image: Image, { x, y, width, height }: Box): Image {
  const { channels } = image;
  if (width === image.width && height === image.height) return image;
  const data = new Uint8Array(width * height * channels);
  for (let line = 0; line < height; line++) {
    const from = ((y + line) * image.width + x) * channels;
    data.set(image.data.subarray(from, from + width * channels), line * width * channels);
  }
  return { width, height, channels, data };
}

/**
 * Weights for `size` pixels of a line that spans `span` of `n` pixels, from `begin` on; those of
 * one pixel add up to 1, but for rounding.
 */
function weightsOf(n: number, begin: number, span: number, size: number): Weights {
  const step = span / size;
  const reach = Math.max(step, 1);
  const most = 2 * Math.ceil(reach) + 1;
  const first = new Int32Array(size);
  const count = new Int32Array(size);
  const values = new Int32Array(size * most);
  const triangle = new Float64Array(most);
  for (let i = 0; i < size; i++) {
    const centre = begin + (i + 0.5) * step;
    first[i] = Math.max(0, Math.trunc(centre - reach + 0.5));
    count[i] = Math.min(n, Math.trunc(centre + reach + 0.5)) - first[i];
    let sum = 0;
    for (let j = 0; j < count[i]; j++) {
      const distance = Math.abs((first[i] + j - centre + 0.5) * (1 / reach));
      sum += triangle[j] = Math.max(0, 1 - distance);
    }
    for (let j = 0; j < count[i]; j++) {
      values[i * most + j] = Math.floor(triangle[j] / sum * ONE + 0.5);
    }
  }
  return { first, count, values, most };
}

/** Makes `size` pixels of a line, or of a column: `step` bytes lie from one pixel to the next. */
function weigh(
  source: Uint8Array,
  from: number,
  step: number,
  out: Uint8Array,
  to: number,
  outStep: number,
  { first, count, values, most }: Weights,
  size: number,
  channels: number,
): void {
  for (let i = 0; i < size; i++) {
    const begin = from + first[i] * step;
    for (let c = 0; c < channels; c++) {
      let sum = ONE >> 1;
      for (let j = 0, at = begin + c; j < count[i]; j++, at += step) {
        sum += source[at] * values[i * most + j];
      }
      out[to + i * outStep + c] = Math.min(255, sum >> BITS);
    }
  }
}
