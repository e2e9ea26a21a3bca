/**
 * PNG images: 8-bit, not interlaced, on a zlib that is handed in; every other kind by fast-png.
 *
 * @see https://www.w3.org/TR/png-3/
 */

import { convertIndexedToRgb, decode, type DecodedPng } from "fast-png";
import type { Inflate } from "./dataset.ts";

/** A decoded image: `height * width * channels` bytes in rows, channels together. */
export interface Image {
  width: number;
  height: number;
  /** 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha. */
  channels: number;
  data: Uint8Array;
}

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
/** Channels by colour type; the palette (3) is left to fast-png. */
const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 4: 2, 6: 4 };
const IHDR = 0x49484452;
const IDAT = 0x49444154;
const IEND = 0x49454e44;

/** Whether bytes begin like a PNG file. */
export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, i) => bytes[i] === byte);
}

/**
 * Decodes a PNG to 8 bits a channel: 16 bits keep their upper half, 1 to 4 bits are spread over
 * 0..255, palettes become RGB.
 *
 * @param inflate a fast zlib; without it fast-png does everything, several times slower
 * @throws {Error} if the bytes are no PNG, or a damaged one
 */
export function decodePng(bytes: Uint8Array, inflate?: Inflate): Image {
  if (!isPng(bytes)) throw new Error("it does not begin with the PNG signature");
  const { width, height, bits, common } = readHeader(bytes);
  const stream = imageStream(bytes);
  const size = height * (Math.ceil(width * bits / 8) + 1);
  // Deflate cannot shrink further than 1:1032, so a larger promise is a damaged header: no
  // gigabytes are allocated for it.
  if (size > 1032 * stream.length) throw new Error("its size does not fit its content");
  if (!inflate || !common) return decodeAny(bytes);
  const channels = bits / 8, stride = width * channels;
  const raw = inflate(stream, size);
  if (raw.length !== size) throw new Error(`it holds ${raw.length} bytes of ${size}`);
  return { width, height, channels, data: unfilter(raw, height, stride, channels) };
}

/** The image's size, the bits of a pixel, and whether it is of the common kind. */
function readHeader(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 33 || view.getUint32(12) !== IHDR) throw new Error("it has no header");
  const [depth, color, compression, filter, interlace] = bytes.subarray(24, 29);
  const width = view.getUint32(16);
  const height = view.getUint32(20);
  if (!width || !height) throw new Error("it has no pixels");
  const common = depth === 8 && CHANNELS[color] && !compression && !filter && !interlace;
  return { width, height, bits: depth * (CHANNELS[color] ?? 1), common };
}

/** The zlib stream: the contents of all IDAT chunks, put together. */
function imageStream(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const type = view.getUint32(at + 4);
    if (type === IEND) break;
    if (at + 12 + length > bytes.length) throw new Error("it is cut short");
    if (type === IDAT) parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return parts.length === 1 ? parts[0] : concat(parts);
}

/** Undoes the filter of each line: `raw` has one filter byte before each of its lines. */
function unfilter(raw: Uint8Array, height: number, stride: number, step: number): Uint8Array {
  const out = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    const from = y * (stride + 1) + 1;
    const line = out.subarray(y * stride, (y + 1) * stride);
    line.set(raw.subarray(from, from + stride));
    const above = y ? out.subarray((y - 1) * stride, y * stride) : undefined;
    unfilterLine(raw[from - 1], line, above, step);
  }
  return out;
}

/** Undoes one line's filter in place; bytes left of the line and above the image count as 0. */
function unfilterLine(type: number, line: Uint8Array, above: Uint8Array | undefined, step: number) {
  const n = line.length;
  if (type === 0) return;
  if (type === 1) {
    for (let x = step; x < n; x++) line[x] += line[x - step];
  } else if (type === 2) {
    if (above) { for (let x = 0; x < n; x++) line[x] += above[x]; }
  } else if (type === 3) {
    for (let x = 0; x < n; x++) {
      const a = x < step ? 0 : line[x - step];
      line[x] += (a + (above ? above[x] : 0)) >> 1;
    }
  } else if (type === 4) {
    for (let x = 0; x < n; x++) {
      const a = x < step ? 0 : line[x - step];
      const b = above ? above[x] : 0;
      line[x] += paeth(a, b, above && x >= step ? above[x - step] : 0);
    }
  } else {
    throw new Error(`it uses the unknown filter ${type}`);
  }
}

/** Of left, above and above left, the one nearest to `left + above - above left`. */
function paeth(a: number, b: number, c: number): number {
  const pa = Math.abs(b - c);
  const pb = Math.abs(a - c);
  const pc = Math.abs(a + b - 2 * c);
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/** The general path. */
function decodeAny(bytes: Uint8Array): Image {
  const png = decodeChecked(bytes);
  const { width, height } = png;
  const data = png.palette ? convertIndexedToRgb(png) : to8Bits(png);
  return { width, height, channels: data.length / (width * height), data };
}

function decodeChecked(bytes: Uint8Array): DecodedPng {
  try {
    return decode(bytes, { checkCrc: true });
  } catch (cause) {
    // Its messages go on after a full stop or end in a colon: the first part says it all.
    const [reason] = (cause as Error).message.split(/[.:](?: |$)/);
    throw new Error(reason, { cause });
  }
}

/** Brings any depth without a palette to 8 bits; lines of less than 8 bits begin at a byte. */
function to8Bits({ data, depth, width, height }: DecodedPng): Uint8Array {
  if (depth === 16) return Uint8Array.from(data, (v) => v >> 8);
  if (depth === 8) return new Uint8Array(data);
  const out = new Uint8Array(width * height);
  const stride = Math.ceil(width * depth / 8);
  const most = (1 << depth) - 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const byte = data[y * stride + (x * depth >> 3)];
      const value = byte >> (8 - depth - x * depth % 8) & most;
      out[y * width + x] = value * 255 / most;
    }
  }
  return out;
}

/**
 * Encodes 8-bit gray pixels, `[height, width]`, as a PNG without line filters: on images as small
 * as MNIST's a filter makes the files larger.
 */
export function encodeGrayPng(
  pixels: Uint8Array,
  width: number,
  height: number,
  deflate: (bytes: Uint8Array) => Uint8Array,
): Uint8Array {
  const raw = new Uint8Array(height * (width + 1));
  for (let y = 0; y < height; y++) {
    raw.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header[8] = 8;
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
  view.setUint32(8 + content.length, crc32(out.subarray(4, 8 + content.length)));
  return out;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

/** CRC-32 with the polynomial of ISO 3309, as PNG and zip use it. */
function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) c = CRC_TABLE[(c ^ bytes[i]) & 255] ^ (c >>> 8);
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
