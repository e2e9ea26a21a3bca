/** JPEG images: baseline and progressive; the same pixels in every runtime. */

import jpeg from "jpeg-js";
import { DAMAGED, type Image, LARGEST_IMAGE } from "../png.ts";
import { readJpegHeader } from "./jpeg_header.ts";

/** Pixels that one byte of a scan can stand for: 8 x 8 for a bit, and some room. */
const MOST_PIXELS_PER_BYTE = 1024;
/** Megabytes that the decoder may ask for, by its own count. */
const MEMORY = 640;

/**
 * Decodes a JPEG: gray to one channel, YCbCr, RGB, CMYK and YCCK to RGB; turned upright if its Exif
 * block says how the camera was held.
 *
 * @throws {Error} if the bytes are no JPEG, a damaged one, or of a rare kind (lossless, arithmetic,
 *   12 bits)
 */
export function decodeJpeg(bytes: Uint8Array): Image {
  const { width, height, components, rgb, orientation } = readJpegHeader(bytes);
  if (width * height > MOST_PIXELS_PER_BYTE * bytes.length) {
    throw new Error("its size does not fit its content");
  }
  if (width * height * 3 > LARGEST_IMAGE) throw new Error("it has too many pixels");
  const { data } = decode(bytes, rgb);
  const image = { width, height, channels: 3, data };
  if (data.length !== width * height * 3) throw new Error("it holds two pictures");
  return turn(components === 1 ? firstChannel(image) : image, orientation);
}

function decode(bytes: Uint8Array, rgb: boolean) {
  try {
    return jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: LARGEST_IMAGE / 1e6,
      maxMemoryUsageInMB: MEMORY,
      ...rgb ? { colorTransform: false } : {},
    });
  } catch (cause) {
    const large = /^max(Memory|Resolution)/.test((cause as Error).message);
    throw new Error(large ? "it has too many pixels" : DAMAGED, { cause });
  }
}

/** The first of three equal channels. */
function firstChannel({ width, height, data }: Image): Image {
  const out = new Uint8Array(width * height);
  for (let i = 0; i < out.length; i++) out[i] = data[3 * i];
  return { width, height, channels: 1, data: out };
}

/**
 * Turns and mirrors an image: 2 to 4 keep its sides, 5 to 8 swap them.
 *
 * @see https://www.cipa.jp/std/documents/e/DC-008-2012_E.pdf "Orientation"
 */
export function turn(image: Image, orientation: number): Image {
  if (orientation === 1) return image;
  const { width, height, channels, data } = image;
  const swapped = orientation > 4;
  const [w, h] = swapped ? [height, width] : [width, height];
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBelow = [3, 4, 6, 7].includes(orientation);
  const out = new Uint8Array(data.length);
  for (let y = 0, at = 0; y < h; y++) {
    for (let x = 0; x < w; x++, at += channels) {
      const [u, v] = swapped ? [y, x] : [x, y];
      const from = (fromBelow ? height - 1 - v : v) * width + (fromRight ? width - 1 - u : u);
      for (let c = 0; c < channels; c++) out[at + c] = data[from * channels + c];
    }
  }
  return { width: w, height: h, channels, data: out };
}
