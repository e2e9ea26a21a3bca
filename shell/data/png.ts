/**
 * PNG images of every kind, and a writer of simple ones.
 *
 * Read here because one path has to be fast for 60,000 small images, and because fast-png takes
 * each byte for a pixel where an interlaced image has fewer than 8 bits.
 *
 * @see https://www.w3.org/TR/png-3/
 */

import { unzlibSync, zlibSync } from "fflate";
import type { Inflate } from "./dataset.ts";
import { channelsOf, type PngLayout, rawSize, readPixels } from "./images/png_pixels.ts";

/** A decoded image: `height * width * channels` bytes in rows, channels together. */
export interface Image {
  width: number;
  height: number;
  /** 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha. */
  channels: number;
  data: Uint8Array;
}

/** Bytes of a decoded image, at most: 89 million pixels of RGB. */
export const LARGEST_IMAGE = 1 << 28;

/** What is said where a library's own words are of no use. */
export const DAMAGED = "it is damaged";

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
/** Samples of a pixel, and their possible depths, by colour type. */
const KINDS: Record<number, { readonly samples: number; readonly depths: readonly number[] }> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};
const INDEXED = 3;
const IHDR = 0x49484452;
const PLTE = 0x504c5445;
const TRNS = 0x74524e53;
const IDAT = 0x49444154;
const IEND = 0x49454e44;

/** Whether bytes begin like a PNG file. */
export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, i) => bytes[i] === byte);
}

/** Below so many bytes an inflater in JavaScript is as fast as the runtime's, and leaves less. */
const SMALL = 1 << 14;
/** What the last small image was inflated into: it is used at once, so one will do. */
let scratch = new Uint8Array(0);

/** Inflates with whatever is there. */
function inflated(stream: Uint8Array, size: number, inflate?: Inflate): Uint8Array {
  try {
    return inflate && size > SMALL ? inflate(stream, size) : inflateHere(stream, size);
  } catch (cause) {
    throw new Error(DAMAGED, { cause });
  }
}

function inflateHere(stream: Uint8Array, size: number): Uint8Array {
  if (size > SMALL) return unzlibSync(stream, { out: new Uint8Array(size) });
  if (scratch.length !== size) scratch = new Uint8Array(size);
  return unzlibSync(stream, { out: scratch });
}

/**
 * Decodes a PNG to 8 bits a channel: 16 bits keep their upper half, 1 to 4 bits are spread over
 * 0..255, palettes become RGB, transparency of any form a last channel.
 *
 * @param inflate a fast zlib for large images, where the runtime has one
 * @param into where the pixels are put if that is their length and they need no unpacking
 * @throws {Error} if the bytes are no PNG, a damaged one, or one of more than
 *   {@link LARGEST_IMAGE} bytes
 */
export function decodePng(
  bytes: Uint8Array,
  inflate?: Inflate,
  into?: Uint8Array,
): Image {
  if (!isPng(bytes)) throw new Error("it does not begin with the PNG signature");
  const { layout, stream } = readChunks(bytes);
  const { width, height } = layout;
  const size = rawSize(layout);
  // Deflate cannot shrink further than 1:1032, so a larger promise is a damaged header: no
  // gigabytes are allocated for it.
  if (size > 1032 * stream.length) throw new Error("its size does not fit its content");
  const channels = channelsOf(layout);
  if (width * height * channels > LARGEST_IMAGE) throw new Error("it has too many pixels");
  const raw = inflated(stream, size, inflate);
  if (raw.length !== size) throw new Error(`it holds ${raw.length} bytes of ${size}`);
  return { width, height, channels, data: readPixels(raw, layout, into) };
}

/** The layout, and the zlib stream: the contents of all IDAT chunks, put together. */
function readChunks(bytes: Uint8Array): { layout: PngLayout; stream: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header: Uint8Array | undefined;
  let palette: Uint8Array | undefined;
  let transparent: Uint8Array | undefined;
  const parts: Uint8Array[] = [];
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const type = view.getUint32(at + 4);
    if (at === 8 && (type !== IHDR || length !== 13)) throw new Error("it has no header");
    if (type === IEND) break;
    const end = at + 8 + length;
    if (end + 4 > bytes.length) throw new Error("it is cut short");
    if (type === IHDR || type === PLTE || type === TRNS || type === IDAT) {
      if (crc32(bytes, at + 4, end) !== view.getUint32(end)) {
        throw new Error("a checksum is wrong");
      }
      const content = bytes.subarray(at + 8, end);
      if (type === IDAT) parts.push(content);
      else if (type === IHDR) header = content;
      else if (type === PLTE) palette = content;
      else transparent = content;
    }
    at = end + 4;
  }
  if (!header) throw new Error("it has no header");
  if (!parts.length) throw new Error("it is cut short");
  const layout = readLayout(header, palette, transparent);
  return { layout, stream: parts.length === 1 ? parts[0] : concat(parts) };
}

function readLayout(
  header: Uint8Array,
  palette: Uint8Array | undefined,
  transparent: Uint8Array | undefined,
): PngLayout {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colour, interlace] = [header[8], header[9], header[12]];
  const kind = KINDS[colour];
  if (!width || !height) throw new Error("it has no pixels");
  if (!kind?.depths.includes(depth) || header[10] || header[11] || interlace > 1) {
    throw new Error("its header names a kind of PNG that does not exist");
  }
  const { samples } = kind;
  const layout = { width, height, depth, samples, interlaced: interlace === 1 };
  if (colour === INDEXED) {
    if (!palette?.length || palette.length % 3) throw new Error("it has no palette");
    return { ...layout, palette, transparent };
  }
  // With a channel of its own an image has no transparent colour.
  const one = samples % 2 ? transparent : undefined;
  if (one && one.length !== 2 * samples) throw new Error("its transparent colour is damaged");
  return { ...layout, transparent: one };
}

/** Encodes 8-bit gray pixels, `[height, width]`, as {@link encodePng} does. */
export function encodeGrayPng(
  pixels: Uint8Array,
  width: number,
  height: number,
  deflate: Deflate,
): Uint8Array {
  return encodePng({ width, height, channels: 1, data: pixels }, deflate);
}

/** Compresses in the format of zlib. */
export type Deflate = (bytes: Uint8Array) => Uint8Array;

/** Colour types by the number of channels. */
const TYPES = [NaN, 0, 4, 2, 6];

/**
 * Encodes an 8-bit image as a PNG without line filters: on images as small as MNIST's a filter makes
 * the files larger. By default the bytes are the same in every runtime.
 */
export function encodePng(
  { width, height, channels, data }: Image,
  deflate: Deflate = (bytes) => zlibSync(bytes),
): Uint8Array {
  const row = width * channels, raw = new Uint8Array(height * (row + 1));
  for (let y = 0; y < height; y++) {
    raw.set(data.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header[8] = 8;
  header[9] = TYPES[channels];
  const none = new Uint8Array(0);
  return concat([
    Uint8Array.from(SIGNATURE),
    chunk(IHDR, header),
    chunk(IDAT, deflate(raw)),
    chunk(IEND, none),
  ]);
}

/** A chunk: length, type, content, and the checksum of type and content. */
function chunk(type: number, content: Uint8Array): Uint8Array {
  const out = new Uint8Array(content.length + 12);
  const view = new DataView(out.buffer);
  view.setUint32(0, content.length);
  view.setUint32(4, type);
  out.set(content, 8);
  view.setUint32(8 + content.length, crc32(out, 4, 8 + content.length));
  return out;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

/** CRC-32 with the polynomial of ISO 3309, as PNG and zip use it, of the bytes from `begin` on. */
function crc32(bytes: Uint8Array, begin: number, end: number): number {
  let c = 0xffffffff;
  for (let i = begin; i < end; i++) c = CRC_TABLE[(c ^ bytes[i]) & 255] ^ (c >>> 8);
  return ~c >>> 0;
}

function concat(parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
