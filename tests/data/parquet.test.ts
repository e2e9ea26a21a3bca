import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readDataset } from "../../shell/data/parquet.ts";
import { encodeGrayPng } from "../../shell/data/png.ts";
import { deflate, inflate } from "../../shell/data/zlib.ts";
import { Cancelled } from "../../shell/errors.ts";
import {
  fromBase64,
  imageFile,
  memoryFile,
  memorySource,
  parquetFile,
  rejects,
} from "./fixtures.ts";
import golden from "./golden/others.json" with { type: "json" };

const test = suite("parquet");

/** A gray image of 2 x 3 pixels. */
const png = (value: number) => encodeGrayPng(new Uint8Array(6).fill(value), 3, 2, deflate);
const numbers = (...values: number[]) =>
  parquetFile([{ name: "x", data: Float64Array.from(values), type: "DOUBLE" }]);

test("reads images and class labels of the Hugging Face schema", async () => {
  const file = imageFile([1, 2, 3, 4, 5].map(png), [0, 2, null, -1, 1]);
  for (const options of [{ inflate }, {}]) {
    assert.equal(await readDataset(memorySource(file), options), {
      name: "memory",
      kind: "images",
      n: 5,
      shape: [2, 3, 1],
      data: Uint8Array.from({ length: 30 }, (_, i) => 1 + Math.floor(i / 6)),
      columns: ["image"],
      label: "label",
      labels: Int32Array.of(0, 2, -1, -1, 1),
      labelNames: ["ape", "cat", "dog"],
      splits: [{ name: "train", begin: 0, end: 5 }],
      ids: Int32Array.of(0, 1, 2, 3, 4),
      images: { fit: "resize", colour: "auto", background: "white" },
    });
  }
});

test("reads every number type, in every compression, that pyarrow writes", async () => {
  const columns = ["f64", "f16", "i64", "u8", "bool", "money"];
  for (const [codec, file] of Object.entries(golden.parquet)) {
    const dataset = await readDataset(memorySource(fromBase64(file)), { columns });
    assert.is(dataset.kind, "table");
    assert.equal(dataset.shape, [6]);
    assert.equal(dataset.columns, columns);
    assert.equal(
      dataset.data,
      Float32Array.of(
        ...[0.5, 1, 10, 255, 1, 1.25],
        ...[1.5, 2, 20, 0, 0, 2.5],
        ...[2.5, 3, 30, 1, 1, 3.75],
        ...[3.5, 4, 40, 2, 0, 5],
        ...[4.5, 5, -(2 ** 40), 3, 1, -6.25],
      ),
      codec,
    );
    assert.equal(dataset.labels, Int32Array.of(1, 2, -1, 1, 0));
    assert.equal(dataset.labelNames, ["ape", "cat", "dog"]);
  }
});

test("takes all numbers but the label and pandas' index by default", async () => {
  const file = parquetFile([
    { name: "a", data: [1, 2], type: "INT32" },
    { name: "label", data: [30, -1], type: "INT32" },
    { name: "text", data: ["x", "y"], type: "STRING" },
    { name: "b", data: [0.5, 1.5], type: "FLOAT" },
    { name: "__index_level_0__", data: [0n, 1n], type: "INT64" },
  ]);
  const dataset = await readDataset(memorySource(file));
  assert.equal(dataset.columns, ["a", "b"]);
  assert.equal(dataset.data, Float32Array.of(1, 0.5, 2, 1.5));
  assert.equal(dataset.labels, Int32Array.of(1, 0));
  assert.equal(dataset.labelNames, ["-1", "30"]);
});

test("takes columns and labels by name, or no label", async () => {
  const file = parquetFile([
    { name: "a", data: [1, 2, 3], type: "INT32" },
    { name: "b", data: [true, null, false], type: "BOOLEAN" },
  ]);
  const chosen = await readDataset(memorySource(file), { label: "b" });
  assert.equal(chosen.columns, ["a"]);
  assert.equal(chosen.labels, Int32Array.of(1, -1, 0));
  assert.equal(chosen.labelNames, ["false", "true"]);
  const both = await readDataset(memorySource(file), { columns: ["a", "a"], label: "a" });
  assert.equal(both.data, Float32Array.of(1, 2, 3));
  assert.equal(both.labelNames, ["1", "2", "3"]);
  const none = await readDataset(memorySource(file), { columns: ["a"], label: false });
  assert.is(none.labels, undefined);
  assert.is(none.labelNames, undefined);
});

const SHARDS = {
  name: "shards",
  files: [
    memoryFile(numbers(0, 1, 2, 3), "train-0.parquet", "train"),
    memoryFile(numbers(4, 5), "train-1.parquet", "train"),
    memoryFile(numbers(6, 7, 8), "test-0.parquet", "test"),
  ],
};

test("joins files and keeps the bounds of splits", async () => {
  const { data, splits, ids, n } = await readDataset(SHARDS);
  assert.is(n, 9);
  assert.equal(Array.from(data), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assert.equal(Array.from(ids), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assert.equal(splits, [{ name: "train", begin: 0, end: 6 }, { name: "test", begin: 6, end: 9 }]);
});

test("shares a limit among splits, and ids stay those of the whole", async () => {
  const { data, splits, ids } = await readDataset(SHARDS, { limit: 6 });
  assert.equal(Array.from(data), [0, 1, 2, 3, 6, 7]);
  assert.equal(Array.from(ids), [0, 1, 2, 3, 6, 7]);
  assert.equal(splits, [{ name: "train", begin: 0, end: 4 }, { name: "test", begin: 4, end: 6 }]);
  for (let limit = 1; limit < 12; limit++) {
    const dataset = await readDataset(SHARDS, { limit });
    assert.is(dataset.n, Math.min(limit, 9));
    assert.equal(Array.from(dataset.data), Array.from(dataset.ids));
    assert.is(dataset.splits.at(-1)?.end, dataset.n);
  }
});

test("reads a limit that ends inside a row group", async () => {
  const file = imageFile([1, 2, 3, 4, 5].map(png), [0, 1, 2, 0, 1]);
  const { data, labels } = await readDataset(memorySource(file), { limit: 3, inflate });
  assert.is(data.length, 18);
  assert.is(data[17], 3);
  assert.equal(labels, Int32Array.of(0, 1, 2));
});

test("refuses a limit that is no positive integer", async () => {
  for (const limit of [0, -1, 1.5, NaN, Infinity]) {
    let error: unknown;
    await readDataset(SHARDS, { limit }).catch((caught) => error = caught);
    assert.instance(error, RangeError);
  }
});

test("tells its progress and stops when asked", async () => {
  const calls: unknown[] = [];
  await readDataset(SHARDS, { onProgress: (...call) => calls.push(call) });
  assert.equal(calls, [["read", 4, 9], ["read", 6, 9], ["read", 9, 9]]);
  let error: unknown;
  await readDataset(SHARDS, { signal: AbortSignal.abort() }).catch((caught) => error = caught);
  assert.instance(error, Cancelled);
});

test("reads files whose later ones have columns in another order", async () => {
  const a = { name: "a", data: [1], type: "INT32" as const };
  const b = { name: "b", data: [2], type: "INT32" as const };
  const files = [memoryFile(parquetFile([a, b])), memoryFile(parquetFile([b, a]), "b.parquet")];
  const { data } = await readDataset({ name: "two", files });
  assert.equal(data, Float32Array.of(1, 2, 1, 2));
  const other = memoryFile(parquetFile([a]), "b.parquet");
  await rejects(
    () => readDataset({ name: "two", files: [files[0], other] }),
    /^b.parquet has no column "b"/,
  );
});

test.run();
