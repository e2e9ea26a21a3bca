/** PNGs of every kind, byte by byte after the specification. */

import { deflate } from "../../../shell/data/zlib.ts";

export interface PngSpec {
  readonly width: number;
  readonly height: number;
  /** 0 gray, 2 RGB, 3 palette, 4 gray and opacity, 6 RGB and opacity. */
  readonly colour: number;
  readonly depth: number;
  readonly interlaced?: boolean;
  /** Samples in rows, those of a pixel together. */
  readonly samples: readonly number[];
  readonly palette?: readonly number[];
  readonly transparent?: readonly number[];
  /** Filter of the line with this number; 0 by default. */
  readonly filter?: (line: number) => number;
}

export const SAMPLES: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

export function writePng(spec: PngSpec): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, spec.width);
  view.setUint32(4, spec.height);
  header.set([spec.depth, spec.colour, 0, 0, spec.interlaced ? 1 : 0], 8);
  return pngFile([
    ["IHDR", header],
    ...spec.palette ? [["PLTE", Uint8Array.from(spec.palette)] as const] : [],
    ...spec.transparent ? [["tRNS", Uint8Array.from(spec.transparent)] as const] : [],
    ["IDAT", deflate(Uint8Array.from(linesOf(spec)))],
    ["IEND", new Uint8Array(0)],
  ]);
}

/** A file of chunks with right checksums. */
export function pngFile(
  chunks: readonly (readonly [string, Uint8Array])[],
): Uint8Array<ArrayBuffer> {
  const bytes = [137, 80, 78, 71, 13, 10, 26, 10];
  for (const [type, content] of chunks) {
    const body = [...new TextEncoder().encode(type), ...content];
    bytes.push(...word(content.length), ...body, ...word(crc(body)));
  }
  return Uint8Array.from(bytes);
}

const word = (n: number) => [n >>> 24, n >>> 16 & 255, n >>> 8 & 255, n & 255];

function crc(bytes: readonly number[]): number {
  let c = ~0;
  for (const byte of bytes) {
    c ^= byte;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  }
  return ~c >>> 0;
}

const PASSES = ["00", "40", "04", "20", "02", "10", "01"];
const STEPS = ["88", "88", "48", "44", "24", "22", "12"];

/** The lines of all passes, each behind the number of its filter. */
function linesOf({ width, height, colour, depth, samples, interlaced, filter }: PngSpec): number[] {
  const n = SAMPLES[colour];
  const bytes: number[] = [];
  let line = 0;
  for (let pass = 0; pass < (interlaced ? 7 : 1); pass++) {
    const [x0, y0] = interlaced ? [...PASSES[pass]].map(Number) : [0, 0];
    const [dx, dy] = interlaced ? [...STEPS[pass]].map(Number) : [1, 1];
    let above: number[] = [];
    for (let y = y0; y < height; y += dy) {
      const values: number[] = [];
      for (let x = x0; x < width; x += dx) {
        values.push(...samples.slice((y * width + x) * n, (y * width + x + 1) * n));
      }
      if (!values.length) continue;
      const packed = pack(values, depth);
      const type = filter?.(line++) ?? 0;
      bytes.push(type, ...filtered(packed, above, type, Math.max(1, n * depth >> 3)));
      above = packed;
    }
  }
  return bytes;
}

function pack(values: readonly number[], depth: number): number[] {
  const bits = values.map((value) => value.toString(2).padStart(depth, "0")).join("");
  return (bits.match(/.{1,8}/g) ?? []).map((byte) => parseInt(byte.padEnd(8, "0"), 2));
}

function filtered(line: number[], above: number[], type: number, step: number): number[] {
  return line.map((value, i) => {
    const [a, b, c] = [line[i - step] ?? 0, above[i] ?? 0, above[i - step] ?? 0];
    const near = [a, b, c].map((one) => Math.abs(a + b - c - one));
    const paeth = [a, b, c][near.indexOf(Math.min(...near))];
    return (value - [0, a, b, (a + b) >> 1, paeth][type]) & 255;
  });
}
