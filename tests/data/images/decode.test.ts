import jpeg from "jpeg-js";
import { encode } from "fast-png";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeImage } from "../../../shell/data/images/decode.ts";
import { AS_THEY_ARE, type ImageSettings, parseSize } from "../../../shell/data/images/settings.ts";
import { encodeGrayPng, type Image } from "../../../shell/data/png.ts";
import { deflate, inflate } from "../../../shell/data/zlib.ts";
import { fromBase64 } from "../fixtures.ts";
import golden from "./golden.json" with { type: "json" };

const test = suite("images");

interface Pixels {
  readonly shape: number[];
  readonly values: string;
}

const decode = (bytes: Uint8Array, settings: Partial<ImageSettings> = {}) =>
  decodeImage(bytes, { ...AS_THEY_ARE, ...settings }, inflate);

const shapeOf = ({ height, width, channels }: Image) => [height, width, channels];

/** Mean and largest difference of two arrays. */
function differences(a: Uint8Array, b: Uint8Array): { mean: number; most: number } {
  const all = Array.from(a, (value, i) => Math.abs(value - b[i]));
  return { mean: all.reduce((sum, d) => sum + d, 0) / all.length, most: Math.max(...all) };
}

/** A PNG of pixels. */
function pngOf({ shape: [height, width, channels], values }: Pixels): Uint8Array {
  return encode({ width, height, channels: channels as 3 | 4, data: fromBase64(values) });
}

/** Images that are equal to the bit. */
function same(image: Image, expected: Pixels, message?: string) {
  assert.equal(shapeOf(image), expected.shape, message);
  assert.equal(image.data, fromBase64(expected.values), message);
}

const noise = pngOf(golden.noise);
const SIZES = [[5, 3], [12, 20], [7, 40], [31, 9], [1, 1], [24, 40]] as const;

test("reads what Pillow wrote as JPEG, nearly to the pixel", () => {
  for (const [name, { file, shape, values }] of Object.entries(golden.jpeg)) {
    const image = decode(fromBase64(file));
    assert.equal(shapeOf(image), shape, name);
    const { mean, most } = differences(image.data, fromBase64(values));
    // Decoders may round as they like, and smooth halved colours or not.
    const halved = name === "halved" || name === "optimized";
    assert.ok(mean < (halved ? 4 : 1) && most <= (halved ? 24 : 4), `${name}: ${mean} ${most}`);
  }
});

test("reads a JPEG whose components are red, green and blue", () => {
  const { file, shape: [height, width] } = golden.jpeg.full;
  const bytes = fromBase64(file);
  // Named so, the components are no YCbCr: what is read as Y before is red now.
  const frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
  const scan = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xda);
  [..."RGB"].forEach((letter, i) => {
    bytes[frame + 10 + 3 * i] = letter.charCodeAt(0);
    bytes[scan + 5 + 2 * i] = letter.charCodeAt(0);
  });
  const red = decode(bytes).data.filter((_, i) => i % 3 === 0);
  const brightness = decode(fromBase64(file), { colour: "gray" });
  assert.equal(shapeOf(brightness), [height, width, 1]);
  assert.ok(differences(red, brightness.data).mean < 1.5);
});

test("resizes as Pillow does, to the bit, and crops but for rounding", () => {
  SIZES.forEach((size, i) => {
    same(decode(noise, { size }), golden.resize[i], `resize to ${size}`);
    const cropped = decode(noise, { size, fit: "crop" });
    assert.equal(shapeOf(cropped), golden.crop[i].shape);
    // Pillow cuts at float32 places.
    assert.ok(differences(cropped.data, fromBase64(golden.crop[i].values)).most <= 1);
  });
});

test("makes gray and coloured images of each other", () => {
  same(decode(noise, { colour: "gray" }), golden.gray);
  const gray = encodeGrayPng(Uint8Array.of(1, 2, 3, 4, 5, 6), 3, 2, deflate);
  const expected = Uint8Array.of(1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6);
  assert.equal(decode(gray, { colour: "rgb" }), {
    ...{ width: 3, height: 2, channels: 3 },
    data: expected,
  });
  assert.is(decode(gray, { colour: "gray" }).channels, 1);
  assert.is(decode(noise, { colour: "rgb" }).channels, 3);
});

test("lays transparent images on a background, as Pillow does but for rounding", () => {
  for (const background of ["white", "black"] as const) {
    const image = decode(pngOf(golden.opacity), { background });
    assert.equal(shapeOf(image), golden[background].shape);
    assert.ok(differences(image.data, fromBase64(golden[background].values)).most <= 1);
  }
  const data = Uint8Array.of(100, 255, 100, 0, 100, 128);
  const gray = encode({ width: 3, height: 1, channels: 2, data });
  assert.equal(decode(gray).data, Uint8Array.of(100, 255, 177));
  assert.equal(decode(gray, { background: "black" }).data, Uint8Array.of(100, 0, 50));
});

test("says what a file is that cannot be read", () => {
  const refuse = (begin: string, expected: RegExp) =>
    assert.throws(() => decode(new TextEncoder().encode(begin)), expected);
  refuse("", /^Error: it is empty$|it is empty/);
  refuse("GIF89a..", /it is a GIF, not a PNG or a JPEG/);
  refuse("RIFF....WEBPVP8 ", /it is a WebP, not a PNG/);
  refuse("BM......", /it is a BMP/);
  refuse("II*\0....", /it is a TIFF/);
  refuse("....ftypavif", /it is an AVIF/);
  refuse("....ftypheic", /it is a HEIC/);
  refuse("<html>", /it is no PNG and no JPEG/);
});

test("refuses damaged JPEGs", () => {
  const file = fromBase64(golden.jpeg.full.file);
  const refuse = (change: (bytes: Uint8Array) => Uint8Array | void, expected?: RegExp) => {
    const bytes = file.slice();
    assert.throws(() => decode(change(bytes) ?? bytes), expected);
  };
  for (const length of [3, 20, 100, 300, 600, file.length - 100]) {
    refuse((bytes) => bytes.subarray(0, length));
  }
  const frame = file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xc0);
  refuse((bytes) => void (bytes[frame + 1] = 0xc3), /lossless, arithmetic or hierarchical/);
  refuse((bytes) => void (bytes[frame + 4] = 12), /it has 12 bits a sample/);
  refuse((bytes) => void bytes.fill(0, frame + 5, frame + 9), /it has no pixels/);
  refuse((bytes) => void bytes.fill(255, frame + 5, frame + 9), /does not fit its content/);
  refuse((bytes) => void (bytes[frame + 9] = 2), /it has 2 components/);
});

test("never goes on for long or far with a mutated file", () => {
  const files = [golden.jpeg.full, golden.jpeg.progressive, golden.jpeg.inks].map(({ file }) =>
    fromBase64(file)
  ).concat(noise);
  let seed = 1;
  const random = (n: number) => (seed = (seed * 48271) % 2147483647) % n;
  for (let i = 0; i < 400; i++) {
    const bytes = files[i % files.length].slice();
    for (let j = 0; j < 3; j++) bytes[random(bytes.length)] = random(256);
    try {
      const { data, width, height, channels } = decode(bytes);
      assert.is(data.length, width * height * channels);
    } catch (error) {
      assert.match((error as Error).message, /^[^\n]{4,100}$/);
    }
  }
});

test("what jpeg-js wrote is read back", () => {
  const data = new Uint8Array(16 * 16 * 4).fill(200);
  const image = decode(jpeg.encode({ width: 16, height: 16, data }, 95).data);
  assert.equal(shapeOf(image), [16, 16, 3]);
  assert.ok(image.data.every((value) => Math.abs(value - 200) < 3));
});

test("sizes are read, height first", () => {
  assert.equal(parseSize("28"), [28, 28]);
  assert.equal(parseSize("28x32"), [28, 32]);
  for (const text of ["", "0", "x", "28x", "28X28", "28x0", "9000", "1e2", "-1"]) {
    assert.is(parseSize(text), undefined, text);
  }
});

test.run();
