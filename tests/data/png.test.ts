import { decode, encode } from "fast-png";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodePng, encodeGrayPng, isPng } from "../../shell/data/png.ts";
import { deflate, inflate } from "../../shell/data/zlib.ts";
import { fromBase64 } from "./fixtures.ts";
import { pngFile } from "./images/png_writer.ts";
import golden from "./golden/others.json" with { type: "json" };

const test = suite("png");

const CHANNELS: Record<string, number> = { L: 1, LA: 2, RGB: 3, RGBA: 4, "1": 1, P: 3, "I;16": 1 };
const PATHS = [["own", inflate], ["fflate", undefined]] as const;

function noise(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * i * 31 + i * 7) % 251);
}

for (const [path, zlib] of PATHS) {
  test(`reads what Pillow wrote, ${path}`, () => {
    for (const [mode, { file, values }] of Object.entries(golden.png)) {
      const image = decodePng(fromBase64(file), zlib);
      const { data, ...rest } = image;
      assert.equal(rest, { width: 7, height: 6, channels: CHANNELS[mode] }, mode);
      assert.equal(data, fromBase64(values), mode);
    }
  });

  test(`reads interlaced images, ${path}`, () => {
    const data = noise(5 * 3 * 3);
    const file = encode({ width: 5, height: 3, channels: 3, data }, { interlace: "Adam7" });
    assert.equal(decodePng(file, zlib), { width: 5, height: 3, channels: 3, data });
  });

  test(`refuses damaged images, ${path}`, () => {
    const pixels = noise(28 * 28);
    const file = encodeGrayPng(pixels, 28, 28, deflate);
    const refuse = (change: (bytes: Uint8Array) => Uint8Array | void) => {
      const bytes = file.slice();
      assert.throws(() => decodePng(change(bytes) ?? bytes, zlib));
    };
    for (const length of [0, 7, 8, 20, 40, 100, file.length - 20]) {
      refuse((bytes) => bytes.subarray(0, length));
    }
    refuse((bytes) => void (bytes[0] = 0));
    refuse((bytes) => void (bytes[60] ^= 1));
    refuse((bytes) => void (bytes[19] = 29)); // width
    refuse((bytes) => void (bytes[20] = 255)); // height: gigabytes
    refuse((bytes) => void bytes.fill(0, 16, 24)); // no pixels
    refuse((bytes) => void (bytes[24] = 7)); // depth
  });
}

test("joins split IDAT chunks and skips others", () => {
  const file = encodeGrayPng(noise(12), 4, 3, deflate);
  const content = file.subarray(41, file.length - 16);
  const split = pngFile([
    ["IHDR", file.subarray(16, 29)],
    ["tEXt", Uint8Array.of(65, 0, 66)],
    ["IDAT", content.subarray(0, 5)],
    ["IDAT", content.subarray(5)],
    ["IEND", new Uint8Array(0)],
  ]);
  assert.equal(decodePng(split, inflate).data, noise(12));
});

test("encodes gray images that others read, checksums included", () => {
  for (const [width, height] of [[1, 1], [28, 28], [300, 7]]) {
    const pixels = noise(width * height);
    const file = encodeGrayPng(pixels, width, height, deflate);
    const image = decode(file, { checkCrc: true });
    assert.is(image.width, width);
    assert.is(image.height, height);
    assert.is(image.depth, 8);
    assert.is(image.channels, 1);
    assert.equal(image.data, pixels);
  }
});

test("tells a PNG by its first bytes", () => {
  assert.ok(isPng(encodeGrayPng(noise(1), 1, 1, deflate)));
  assert.not(isPng(Uint8Array.of(0xff, 0xd8, 0xff)));
  assert.not(isPng(new Uint8Array(0)));
});

test.run();
