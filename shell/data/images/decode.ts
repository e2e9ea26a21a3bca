/** From the bytes of an image file to a row. */

import type { Inflate } from "../dataset.ts";
import { decodePng, type Image, isPng } from "../png.ts";
import { decodeJpeg } from "./jpeg.ts";
import { isJpeg } from "./jpeg_header.ts";
import { cropToFit, resize } from "./resize.ts";
import type { ImageSettings } from "./settings.ts";

/** What other formats begin with, from the byte `at` on. */
const OTHERS: readonly { name: string; at: number; begins: RegExp }[] = [
  { name: "a GIF", at: 0, begins: /^GIF8/ },
  { name: "a BMP", at: 0, begins: /^BM/ },
  { name: "a TIFF", at: 0, begins: /^(II\*\0|MM\0\*)/ },
  { name: "a WebP", at: 8, begins: /^WEBP/ },
  { name: "an AVIF", at: 4, begins: /^ftypavi/ },
  { name: "a HEIC", at: 4, begins: /^ftyp(hei|hev|mif|msf)/ },
];

/**
 * Decodes a PNG or a JPEG and brings it to the wanted colours and size: gray or RGB, without
 * transparency.
 *
 * @param inflate a fast zlib, where the runtime has one
 * @param into where the pixels may be put; the result tells whether they were
 * @throws {Error} if the bytes are neither, or damaged: what is wrong with "it"
 */
export function decodeImage(
  bytes: Uint8Array,
  settings: ImageSettings,
  inflate?: Inflate,
  into?: Uint8Array,
): Image {
  const { size, fit } = settings;
  const image = recolour(decode(bytes, inflate, into), settings);
  if (!size) return image;
  const [height, width] = size;
  return fit === "crop" ? cropToFit(image, width, height) : resize(image, width, height);
}

function decode(bytes: Uint8Array, inflate?: Inflate, into?: Uint8Array): Image {
  if (isPng(bytes)) return decodePng(bytes, inflate, into);
  if (isJpeg(bytes)) return decodeJpeg(bytes);
  if (!bytes.length) throw new Error("it is empty");
  const other = OTHERS.find(({ at, begins }) =>
    begins.test(String.fromCharCode(...bytes.subarray(at, at + 8)))
  );
  throw new Error(other ? `it is ${other.name}, not a PNG or a JPEG` : "it is no PNG and no JPEG");
}

/** Gray or RGB, on the background. */
function recolour(image: Image, { colour, background }: ImageSettings): Image {
  const opaque = compose(image, background === "white" ? 255 : 0);
  if (colour === "gray" && opaque.channels === 3) return toGray(opaque);
  if (colour === "rgb" && opaque.channels === 1) return toRgb(opaque);
  return opaque;
}

/** Lays an image with a channel of opacity on a background, each sample rounded to the nearest. */
function compose({ width, height, channels, data }: Image, background: number): Image {
  if (channels % 2) return { width, height, channels, data };
  const left = channels - 1;
  const out = new Uint8Array(width * height * left);
  for (let i = 0, from = 0, to = 0; i < width * height; i++, from += channels) {
    const opacity = data[from + left];
    for (let c = 0; c < left; c++) {
      const sum = data[from + c] * opacity + background * (255 - opacity);
      out[to++] = (sum + 127) / 255;
    }
  }
  return { width, height, channels: left, data: out };
}

/** Brightness, with the weights of Rec. 601 in units of 2^-16. */
function toGray({ width, height, data }: Image): Image {
  const out = new Uint8Array(width * height);
  for (let i = 0, from = 0; i < out.length; i++, from += 3) {
    out[i] = (data[from] * 19595 + data[from + 1] * 38470 + data[from + 2] * 7471 + 32768) >> 16;
  }
  return { width, height, channels: 1, data: out };
}

function toRgb({ width, height, data }: Image): Image {
  const out = new Uint8Array(width * height * 3);
  for (let i = 0, to = 0; i < data.length; i++) {
    out[to++] = data[i];
    out[to++] = data[i];
    out[to++] = data[i];
  }
  return { width, height, channels: 3, data: out };
}
