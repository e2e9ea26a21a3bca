import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Dataset, ReadOptions } from "../../../shell/data/dataset.ts";
import { Pool } from "../../../shell/data/images/pool.ts";
import { AS_THEY_ARE } from "../../../shell/data/images/settings.ts";
import { describeSkipped, withoutRows } from "../../../shell/data/images/skip.ts";
import { readDataset } from "../../../shell/data/parquet.ts";
import { encodeGrayPng } from "../../../shell/data/png.ts";
import { deflate } from "../../../shell/data/zlib.ts";
import { Cancelled } from "../../../shell/errors.ts";
import {
  fromBase64,
  IMAGE_OPTIONS,
  imageFile,
  memoryFile,
  memorySource,
  parquetFile,
  rejects,
} from "../fixtures.ts";
import golden from "./golden.json" with { type: "json" };

const test = suite("image rows");

/** A gray image of a height and 3 columns, all of one value. */
const png = (value: number, height = 2) =>
  encodeGrayPng(new Uint8Array(3 * height).fill(value), 3, height, deflate);
const BAD = Uint8Array.of(1, 2, 3);
const photos = Object.values(golden.jpeg).map(({ file }) => fromBase64(file));

function read(images: (Uint8Array | null)[], options: ReadOptions = {}) {
  const file = parquetFile([
    { name: "image", data: images.map((bytes) => ({ bytes, path: "x" })) },
    { name: "label", data: images.map((_, i) => BigInt(i % 3)) },
  ], { ...IMAGE_OPTIONS, rowGroupSize: 100 });
  return readDataset(memorySource(file), options);
}

const values = ({ data, shape }: Dataset) =>
  [...data].filter((_, i) => i % (shape[0] * shape[1] * shape[2]) === 0);

test("threads give the same rows in the same order, for any number of them", async () => {
  const images = Array.from({ length: 1500 }, (_, i) => png(i % 251));
  const expected = await read(images, { workers: 0 });
  assert.equal(values(expected), images.map((_, i) => i % 251));
  for (const workers of [1, 3]) {
    const { data, ...rest } = await read(images, { workers });
    const { data: wanted, ...about } = expected;
    assert.equal(rest, about);
    assert.ok(data.every((value, i) => value === wanted[i]), `${workers} workers`);
  }
});

test("photographs of all kinds come to one size and colour, in threads and without", async () => {
  const images = { size: [9, 12], colour: "rgb", fit: "crop" } as const;
  const { shape, data, images: settings } = await read(photos, { workers: 0, images });
  assert.equal(shape, [9, 12, 3]);
  assert.equal(settings, { ...AS_THEY_ARE, ...images });
  assert.equal((await read(photos, { workers: 2, images })).data, data);
});

for (const workers of [0, 2]) {
  test(`bad images are left out when asked for, ${workers} threads`, async () => {
    const images = Array.from({ length: 40 }, (_, i) => i % 10 === 3 ? BAD : png(i));
    images[0] = new Uint8Array(0);
    const files = [
      memoryFile(imageFile(images, images.map((_, i) => i % 3)), "a.parquet", "train"),
      memoryFile(imageFile([null, png(77)], [1, 2]), "b.parquet", "test"),
    ];
    const found = await readDataset({ name: "two", files }, { workers, skipBadRows: true });
    const good = images.map((_, i) => i).filter((i) => i && i % 10 !== 3);
    assert.equal(values(found), [...good, 77]);
    assert.is(found.n, 36);
    assert.equal([...found.ids], [...good, 41]);
    assert.equal([...found.labels!], [...good.map((i) => i % 3), 2]);
    assert.equal(found.splits, [
      { name: "train", begin: 0, end: 35 },
      { name: "test", begin: 35, end: 36 },
    ]);
    assert.equal(found.skipped!.map(({ name }) => name), [
      "row 0 of a.parquet",
      ...[3, 13, 23, 33].map((row) => `row ${row} of a.parquet`),
      "row 0 of b.parquet",
    ]);
    assert.equal(found.skipped!.map(({ reason }) => reason), [
      "it is empty",
      ...new Array(4).fill("it is no PNG and no JPEG"),
      "there is none",
    ]);
  });

  test(`the first bad image is the one that is told, ${workers} threads`, async () => {
    const images = Array.from({ length: 1500 }, (_, i) => png(i % 200));
    for (const at of [700, 701, 1400]) images[at] = BAD;
    await rejects(
      () => read(images, { workers }),
      /^a.parquet, row 700 \(counting from 0\), column "image": the image does not decode \(it is no PNG and no JPEG\): .*--skip-bad-rows$/,
    );
  });

  test(`another shape is an error, also where bad images are left out, ${workers} threads`, async () => {
    const mixed = [BAD, png(1), png(2), png(3, 4), png(4)];
    const other =
      /row 3 .*: the image is 4 x 3 x 1 \(height x width x channels\), but that of row 1 is 2 x 3 x 1: bring all to one size with --image-size$/;
    await rejects(() => read(mixed, { workers, skipBadRows: true }), other);
    assert.equal((await read(mixed.slice(1), { workers, images: { size: [2, 3] } })).n, 4);
    await rejects(
      () => read([png(1), photos[1]], { workers }),
      /bring all to one size with --image-size, and to one colour with --colour rgb or gray$/,
    );
    const sized = { workers, images: { size: [4, 4] as const } };
    await rejects(
      () => read([png(1), photos[1]], sized),
      /the image is 4 x 4 x 3 .* that of row 0 is 4 x 4 x 1: .*colour with --colour rgb or gray$/,
    );
  });

  test(`nothing but bad images is an error, ${workers} threads`, async () => {
    await rejects(
      () => read([BAD, null], { workers, skipBadRows: true }),
      /row 0 .*it is no PNG and no JPEG\), nor does any other: give PNG or JPEG images/,
    );
  });

  test(`reading stops when it is told to, ${workers} threads`, async () => {
    const controller = new AbortController();
    const onProgress = (_: string, done: number) => done > 100 && controller.abort();
    const { signal } = controller;
    try {
      await read(Array.from({ length: 1000 }, () => png(1)), { workers, signal, onProgress });
      assert.unreachable("it went on");
    } catch (error) {
      assert.instance(error, Cancelled);
    }
  });
}

test("images of other files are named with their file", async () => {
  const files = [
    memoryFile(imageFile([png(1)], [0]), "a.parquet"),
    memoryFile(imageFile([png(1, 3)], [0]), "b.parquet"),
  ];
  await rejects(
    () => readDataset({ name: "two", files }),
    /^b.parquet, row 0 .* that of row 0 of a.parquet is 2 x 3 x 1/,
  );
});

test("a pool that was closed takes no more", async () => {
  const pool = await Pool.start(1);
  assert.ok(pool, "no threads here");
  const lengths = Int32Array.of(-1);
  const batch = () => ({
    bytes: new Uint8Array(1),
    lengths,
    shape: [1, 1, 1],
    settings: AS_THEY_ARE,
  });
  const { faults } = await pool.decode(batch());
  assert.equal(faults, [{ at: 0, reason: "there is none" }]);
  pool.close();
  let message = "";
  await pool.decode(batch()).catch((error) => message = error.message);
  assert.match(message, /died \(it was closed\)/);
});

test("what is left out is told by reason, with a few names", () => {
  const skipped = Array.from({ length: 10 }, (_, i) => ({
    name: `${i}.png`,
    reason: i === 4 ? "it is empty" : "it is cut short",
  }));
  assert.equal(describeSkipped(skipped), [
    "skipped: 9 (it is cut short): 0.png, 1.png, 2.png, 3.png, 5.png, 6.png, 7.png, 8.png and 1 more",
    "skipped: 1 (it is empty): 4.png",
  ]);
  assert.equal(describeSkipped([]), []);
});

test("a split whose rows are all left out is empty", () => {
  const about = {
    ids: Int32Array.of(0, 1, 2),
    labels: undefined,
    splits: [{ name: "train", begin: 0, end: 1 }, { name: "test", begin: 1, end: 3 }],
  };
  const { ids, splits } = withoutRows(about, [0]);
  assert.equal([...ids], [1, 2]);
  assert.equal(splits, [{ name: "train", begin: 0, end: 0 }, { name: "test", begin: 0, end: 2 }]);
});

test.run();
