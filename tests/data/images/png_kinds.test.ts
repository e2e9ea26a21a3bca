import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodePng } from "../../../shell/data/png.ts";
import { inflate } from "../../../shell/data/zlib.ts";
import { pngFile, type PngSpec, SAMPLES, writePng } from "./png_writer.ts";

const test = suite("png kinds");

/** Colour types and depths that exist. */
const KINDS = [[0, 1], [0, 2], [0, 4], [0, 8], [0, 16], [2, 8], [2, 16], [3, 1], [3, 2], [3, 4]]
  .concat([[3, 8], [4, 8], [4, 16], [6, 8], [6, 16]]);

const SIZES = [[1, 1], [3, 5], [8, 8], [11, 9]];

function specOf(colour: number, depth: number, width: number, height: number): PngSpec {
  const n = SAMPLES[colour];
  const most = colour === 3 ? Math.min(2 ** depth, 5) : 2 ** depth;
  const samples = Array.from({ length: width * height * n }, (_, i) => (i * i * 7919 + i) % most);
  const palette = colour === 3 ? Array.from({ length: 3 * most }, (_, i) => i * 16) : undefined;
  return { width, height, colour, depth, samples, palette };
}

/** The pixels that a spec stands for. */
function pixelsOf({ colour, depth, samples, palette, transparent }: PngSpec): number[] {
  const n = SAMPLES[colour];
  const byte = (value: number) => depth === 16 ? value >> 8 : value * 255 / (2 ** depth - 1);
  const pixels: number[] = [];
  for (let i = 0; i < samples.length; i += n) {
    const own = samples.slice(i, i + n);
    if (palette) pixels.push(...palette.slice(3 * own[0], 3 * own[0] + 3));
    else pixels.push(...own.map(byte));
    if (!transparent) continue;
    const one = own.flatMap((value) => [value >> 8, value & 255]);
    if (palette) pixels.push(transparent[own[0]] ?? 255);
    else pixels.push(one.join() === transparent.join() ? 0 : 255);
  }
  return pixels;
}

function check(spec: PngSpec, message: string) {
  const expected = pixelsOf(spec);
  for (const zlib of [inflate, undefined]) {
    const { width, height, channels, data } = decodePng(writePng(spec), zlib);
    assert.equal([width, height], [spec.width, spec.height], message);
    assert.is(channels * width * height, expected.length, message);
    assert.equal([...data], expected, message);
  }
}

for (const interlaced of [false, true]) {
  test(`reads every kind and filter, ${interlaced ? "" : "not "}interlaced`, () => {
    for (const [colour, depth] of KINDS) {
      for (const [width, height] of SIZES) {
        const filter = (line: number) => (line + 1) % 5;
        check(
          { ...specOf(colour, depth, width, height), interlaced, filter },
          `colour type ${colour}, ${depth} bits, ${width} x ${height}`,
        );
      }
    }
  });

  test(`reads transparent colours, ${interlaced ? "" : "not "}interlaced`, () => {
    for (const [colour, depth] of KINDS.filter(([colour]) => ![4, 6].includes(colour))) {
      for (const [width, height] of SIZES) {
        const spec = specOf(colour, depth, width, height);
        const first = spec.samples.slice(0, SAMPLES[colour]);
        const transparent = colour === 3
          ? [0, 100].slice(0, 2 ** depth)
          : first.flatMap((value) => [value >> 8, value & 255]);
        check({ ...spec, interlaced, transparent }, `colour type ${colour}, ${depth} bits`);
      }
    }
  });
}

test("refuses what does not exist", () => {
  const spec = specOf(0, 8, 4, 4);
  const refuse = (bytes: Uint8Array, expected: RegExp) => {
    for (const zlib of [inflate, undefined]) assert.throws(() => decodePng(bytes, zlib), expected);
  };
  refuse(writePng({ ...spec, colour: 5, depth: 8, samples: [] }), /a kind of PNG that does not/);
  refuse(writePng({ ...specOf(3, 2, 4, 4), palette: undefined }), /it has no palette/);
  refuse(writePng({ ...specOf(3, 4, 4, 4), palette: [1, 2, 3] }), /a colour that its palette has/);
  refuse(writePng({ ...spec, transparent: [0] }), /its transparent colour is damaged/);
  refuse(writePng({ ...spec, filter: () => 5 }), /unknown filter 5/);
  refuse(pngFile([["IEND", new Uint8Array(0)]]), /it has no header/);
});

test("refuses an image of too many pixels before it asks for memory", () => {
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, 20_000);
  new DataView(header.buffer).setUint32(4, 20_000);
  header.set([1, 0, 0, 0, 0], 8);
  // Enough bytes for 20,000 lines of 2,500: what they hold is never looked at.
  const file = pngFile([["IHDR", header], ["IDAT", new Uint8Array(50_000)]]);
  assert.throws(() => decodePng(file, inflate), /it has too many pixels/);
});

test.run();
