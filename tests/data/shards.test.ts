import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ReadOptions, Source } from "../../shell/data/dataset.ts";
import { encodeGrayPng } from "../../shell/data/png.ts";
import { readSource } from "../../shell/data/read_source.ts";
import { deflate, inflate } from "../../shell/data/zlib.ts";
import { imageFile, LIST_SCHEMA, memoryFile, parquetFile, rejects } from "./fixtures.ts";

const test = suite("shards");

/** Images of 2 x 3 pixels, and their classes. */
function images(n: number, from = 0): Uint8Array {
  const rows = Array.from({ length: n }, (_, i) => from + i);
  return imageFile(
    rows.map((i) => encodeGrayPng(Uint8Array.from([i, i + 1, 3, 4, 5, 6]), 3, 2, deflate)),
    rows.map((i) => i % 3),
  );
}

function table(n: number, rowGroupSize: number, from = 0): Uint8Array {
  const names = Array.from({ length: n }, (_, i) => `r${from + i}`);
  const label = Array.from({ length: n }, (_, i) => "ab"[i & 1]);
  return parquetFile([
    { name: "x", data: Float64Array.from({ length: n }, (_, i) => i / 3), type: "DOUBLE" },
    { name: "y", data: Int32Array.from({ length: n }, (_, i) => i * i), type: "INT32" },
    { name: "label", data: label, type: "STRING" },
    { name: "row_id", data: names, type: "STRING" },
  ], { rowGroupSize });
}

const sourceOf = (...files: [Uint8Array, string][]): Source => ({
  name: "parts",
  files: files.map(([bytes, split], i) => memoryFile(bytes, `${i}.parquet`, split)),
});

/** Reads in shards and whole, compares, and gives the first rows of the shards. */
async function compare(source: Source, options: ReadOptions): Promise<readonly number[]> {
  // Scales and means are measured on other rows.
  const all = { ...options, scale: "none", memory: undefined } as const;
  const { data, preprocessing: _, notes, ...whole } = await readSource(source, all);
  const { shards, data: none, preprocessing: __, notes: more, ...rest } = await readSource(source, {
    ...all,
    memory: options.memory,
  });
  assert.equal(more?.slice(0, notes?.length), notes);
  assert.is(none.length, 0);
  assert.equal(rest, whole);
  assert.ok(shards, "it is more than the memory");
  const { starts, width, type, read } = shards!;
  assert.is(type, data instanceof Uint8Array ? "u8" : "f32");
  assert.is(starts.at(-1), whole.n);
  // In another order than that of the files.
  for (let s = starts.length - 2; s >= 0; s--) {
    assert.equal(await read(s), data.slice(starts[s] * width, starts[s + 1] * width), `shard ${s}`);
  }
  return starts;
}

test("images: row groups are put together up to an eighth of the memory", async () => {
  const source = sourceOf([images(31), "train"], [images(20, 31), "test"]);
  // Row groups of 2 rows of 6 bytes: 3 of them in 36 bytes, and none across files.
  const starts = await compare(source, { inflate, memory: 8 * 36 });
  assert.equal(starts, [0, 6, 12, 18, 24, 30, 31, 37, 43, 49, 51]);
});

test("tables: large row groups are cut; a limit is shared as without shards", async () => {
  const source = sourceOf([table(50, 20), "train"], [table(30, 30, 50), "test"]);
  const memory = 8 * 8 * 7;
  const starts = await compare(source, { memory });
  assert.ok(starts.every((begin, s) => s === 0 || begin - starts[s - 1] <= 7));
  assert.ok(starts.includes(20) && starts.includes(50), "borders of groups and files");
  assert.is((await compare(source, { memory, limit: 71 })).at(-1), 71);
  const { shards, names } = await readSource(source, { memory });
  assert.ok(shards);
  assert.equal(names, Array.from({ length: 80 }, (_, i) => `r${i}`));
});

test("lists of numbers, and classes that are named", async () => {
  const lists = Array.from({ length: 40 }, (_, i) => [i, -i, i / 2]);
  const file = parquetFile([{ name: "e", data: lists }], { schema: LIST_SCHEMA, rowGroupSize: 9 });
  await compare(sourceOf([file, "train"]), { memory: 12 * 8 * 2 });
});

test("what fits is read whole", async () => {
  const source = sourceOf([table(50, 20), "train"]);
  const { shards, data } = await readSource(source, { memory: 50 * 8 });
  assert.is(shards, undefined);
  assert.is(data.length, 100);
});

test("refuses too little memory, and rows that are damaged when they are reached", async () => {
  await rejects(
    () => readSource(sourceOf([table(50, 20), "train"]), { memory: 60 }),
    /^a row of parts has 8 bytes, of which 60 bytes of memory hold too few: allow at least 64$/,
  );
  const png = (width: number) => encodeGrayPng(new Uint8Array(width * 2), width, 2, deflate);
  const read = async (bad: Uint8Array) => {
    const images = Array.from({ length: 20 }, (_, i) => i < 16 ? png(3) : bad);
    const file = imageFile(images, images.map(() => 0));
    const { shards } = await readSource(sourceOf([file, "train"]), { inflate, memory: 100 });
    await shards!.read(0);
    await shards!.read(shards!.starts.length - 2);
  };
  await rejects(() => read(png(3).slice(0, 40)), /^0.parquet, row 18 .* does not decode/);
  await rejects(() => read(png(4)), /^0.parquet, row 18 .* are 2 x 4 x 1, but the first .* 2 x 3/);
});

test.run();
