/** Small valid files of every format that is read, and what must hold of what is read of them. */

import { Buffer } from "node:buffer";
import { brotliCompressSync, crc32, gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { parquetSchema } from "hyparquet";
import jpeg from "jpeg-js";
import * as assert from "uvu/assert";
import { readCsvMatrix } from "../../shell/data/csv_matrix.ts";
import type { Dataset, ReadOptions } from "../../shell/data/dataset.ts";
import { decodeModel, encodeModel } from "../../shell/data/model_file.ts";
import { decodeNpy, encodeNpy } from "../../shell/data/npy.ts";
import { readNpyLabels, readNpyMatrix } from "../../shell/data/npy_matrix.ts";
import { readDataset, readFooter } from "../../shell/data/parquet.ts";
import { readSource } from "../../shell/data/read_source.ts";
import { encodeGrayPng } from "../../shell/data/png.ts";
import { decodeSafetensors } from "../../shell/data/safetensors.ts";
import { deflate, inflate } from "../../shell/data/zlib.ts";
import { DataError } from "../../shell/errors.ts";
import {
  type Columns,
  fromBase64,
  imageFile,
  LIST_SCHEMA,
  memoryBuffer,
  memoryFile,
  parquetFile,
  type WriteOptions,
} from "../data/fixtures.ts";
import npy from "../data/golden/npy.json" with { type: "json" };
import others from "../data/golden/others.json" with { type: "json" };

/** A format: its seeds, and a reader that checks what it gives. */
export interface Format {
  readonly name: string;
  readonly seeds: readonly Uint8Array[];
  /** Where the part of a seed ends that is damaged alone half of the time. */
  bodyOf?(seed: Uint8Array): number;
  /** Makes the checksums of a damaged file right. */
  repair?(bytes: Uint8Array): void;
  /** Reads a file of that name; throws an AssertionError if what it gives cannot be right. */
  read(bytes: Uint8Array, file: string): Promise<void>;
}

function checkDataset({ n, shape, data, texts, labels, labelNames, ids, splits }: Dataset) {
  assert.ok(n > 0, "no rows");
  if (texts) return assert.is(texts.length, n, "texts");
  assert.is(data.length, shape.reduce((a, b) => a * b, n), "numbers");
  assert.ok(data.every(Number.isFinite), "not finite");
  assert.is(ids.length, n, "ids");
  assert.is(splits.at(-1)!.end, n, "splits");
  if (labels) {
    assert.is(labels.length, n, "labels");
    assert.ok(labels.every((label) => label >= -1 && label < labelNames!.length), "classes");
  }
}

async function readParquet(bytes: Uint8Array, file: string) {
  const source = { name: file, files: [memoryFile(bytes, file)] };
  const metadata = await readFooter(memoryBuffer(bytes), file);
  const names = parquetSchema(metadata).children.map(({ element }) => element.name).slice(0, 20);
  const read = (options: ReadOptions) => async () =>
    checkDataset(await readDataset(source, { inflate, ...options }));
  await someOf(
    read({}),
    ...names.map((name) => read({ columns: [name], label: names.at(-1) })),
    () => readTable(bytes, file),
  );
}

/** Where the footer of a whole file begins. */
function footerOf(seed: Uint8Array): number {
  const view = new DataView(seed.buffer, seed.byteOffset, seed.length);
  return seed.length - 8 - view.getUint32(seed.length - 8, true);
}

/** Images come in a column of a Parquet file, or each in a file of its own. */
async function readImage(bytes: Uint8Array, file: string) {
  const column = { name: file, files: [memoryFile(imageFile([bytes], [0]), file)] };
  const single = { name: file, files: [{ ...memoryFile(bytes, file), format: "image" }] };
  const images = { size: [8, 8], fit: "crop", colour: "gray" } as const;
  await someOf(
    async () => checkDataset(await readDataset(column, { inflate, workers: 0 })),
    async () => checkDataset(await readDataset(column, { workers: 0, images })),
    async () => checkDataset(await readSource(single, { inflate, workers: 0 })),
  );
}

/** Writes the checksum of each chunk anew. */
function repairPng(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > bytes.length) return;
    view.setUint32(end, crc32(bytes.subarray(at + 4, end)));
    at = end + 4;
  }
}

const COLUMNS: Columns = [
  { name: "x", data: Float64Array.from({ length: 40 }, (_, i) => i / 3), type: "DOUBLE" },
  { name: "y", data: Array.from({ length: 40 }, (_, i) => i % 4), type: "INT32" },
  { name: "z", data: Array.from({ length: 40 }, (_, i) => i % 3 === 0), type: "BOOLEAN" },
  {
    name: "d",
    data: Int32Array.from({ length: 40 }, (_, i) => i * i),
    type: "INT32",
    encoding: "DELTA_BINARY_PACKED",
  },
  {
    name: "b",
    data: Array.from({ length: 40 }, (_, i) => BigInt(i * 3)),
    type: "INT64",
    encoding: "DELTA_BINARY_PACKED",
  },
  {
    name: "s",
    data: Float32Array.from({ length: 40 }, (_, i) => i / 7),
    type: "FLOAT",
    encoding: "BYTE_STREAM_SPLIT",
  },
  { name: "label", data: Array.from({ length: 40 }, (_, i) => "abc"[i % 3]), type: "STRING" },
];

const png = (side: number) =>
  encodeGrayPng(Uint8Array.from({ length: side * side }, (_, i) => i * 7), side, side, deflate);
const embedding = () => Array.from({ length: 6 }, (_, i) => [i, i / 2, -i]);

const PARQUET: readonly Uint8Array[] = [
  ...(["UNCOMPRESSED", "SNAPPY", "GZIP", "BROTLI"] as const).map((codec) =>
    parquetFile(COLUMNS, {
      codec,
      compressors: { GZIP: gzipSync, BROTLI: brotliCompressSync },
      rowGroupSize: 25,
      pageSize: 100,
    } as WriteOptions)
  ),
  ...Object.values(others.parquet).filter((file) => typeof file === "string").map(fromBase64),
  imageFile([png(3), png(3), png(3)], [0, 1, null]),
  parquetFile([{ name: "e", data: embedding() }], { schema: LIST_SCHEMA, codec: "UNCOMPRESSED" }),
];

const PNG = [png(5), png(12), ...Object.values(others.png).map(({ file }) => fromBase64(file))];

const JPEG = [1, 3].map((step) => {
  const data = Uint8Array.from({ length: 4 * 16 * 16 }, (_, i) => i * step);
  return new Uint8Array(jpeg.encode({ width: 16, height: 16, data: Buffer.from(data) }, 80).data);
});

const NPY = [
  encodeNpy(Float32Array.from({ length: 12 }, (_, i) => i), [4, 3]),
  ...Object.values(npy.matrices).map(({ file }) => fromBase64(file)),
  ...Object.values(npy.labels).map(fromBase64),
];

async function readNpy(bytes: Uint8Array, file: string) {
  await someOf(
    () => readTable(bytes, file),
    async () => {
      const { n, width, data } = await readNpyMatrix(memoryBuffer(bytes), file);
      assert.is(data.length, n * width);
      assert.ok(data.every(Number.isFinite), "not finite");
    },
    async () => assert.ok((await readNpyLabels(memoryBuffer(bytes), file)).length >= 0),
    () => {
      const { shape, data } = decodeNpy(bytes, file);
      assert.is(data.length, shape.reduce((a, b) => a * b, 1));
      return Promise.resolve();
    },
  );
}

/** Reads in several ways, of which one must work and the others may refuse. */
async function someOf(...reads: (() => Promise<void>)[]) {
  const errors = [];
  for (const read of reads) {
    try {
      await read();
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      errors.push(error);
    }
  }
  if (errors.length === reads.length) throw errors[0];
}

const CSV = [
  "a,b,label\n1,2,x\n3,4,y\n5,6.5,x\n-1e3,0,y\n",
  'a;"b ""quoted""";c\n1;"2";3\n4;5;"6"\n',
  "1\t2\t3\n4\t5\t6\n7\t8\t9\n",
  '\ufeffname,x0,x1\r\npiñata,1,2\r\n"two\nlines",3,4\r\n',
].map((text) => new TextEncoder().encode(text));

async function readCsv(bytes: Uint8Array, file: string) {
  await someOf(() => readMatrix(bytes, file), () => readTable(bytes, file));
}

async function readMatrix(bytes: Uint8Array, file: string) {
  const table = await readCsvMatrix(memoryBuffer(bytes), file);
  assert.is(table.data.length, table.n * table.width);
  assert.ok(table.data.every(Number.isFinite), "not finite");
  assert.is(table.columns.length, table.width);
  if (table.labels) assert.is(table.labels.length, table.n);
}

const JSONL = [
  '{"a": 1, "w": "x", "day": "2024-01-01", "e": [1, 2]}\n{"a": 2.5, "w": "y", "e": [3, 4]}\n',
  '[{"a": 1, "deep": {"b": [1, null]}, "on": true}, {"a": -3e2, "on": false}, {"late": "z"}]',
].map((text) => new TextEncoder().encode(text.repeat(text[0] === "{" ? 4 : 1)));

const NPZ = [
  zipSync({ "x.npy": NPY[0], "y.npy": encodeNpy(Float32Array.of(1, 0, 1, 0), [4]) }),
  zipSync({ "x_train.npy": NPY[0], "x_test.npy": NPY[0] }, { level: 0 }),
];

const IDX = [
  Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4),
  Uint8Array.of(0, 0, 11, 2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 1, 255, 255, 1, 0, 0, 3),
];

/** Reads a table as `train` does, also without the rows that do not fit. */
async function readTable(bytes: Uint8Array, file: string) {
  const source = { name: file, files: [memoryFile(bytes, file)] };
  await someOf(...[false, true].map((skipBadRows) => async () => {
    const dataset = await readSource(source, { inflate, skipBadRows, workers: 0 });
    if (dataset.kind !== "text") checkDataset(dataset);
    else assert.is(dataset.texts!.length, dataset.n);
  }));
}

const SAFETENSORS = [
  fromBase64(others.safetensors),
  encodeModel({
    method: "autoencoder",
    options: { seed: 1, encoder: [] },
    tensors: {
      w: { shape: [2, 3], data: new Float32Array(6) },
      b: { shape: [3], data: new Float32Array(3) },
    },
  }),
];

async function readTensors(bytes: Uint8Array, file: string) {
  await someOf(
    () => {
      for (const { shape, data } of Object.values(decodeSafetensors(bytes, file).tensors)) {
        assert.is(data.length, shape.reduce((a, b) => a * b, 1));
      }
      return Promise.resolve();
    },
    () => Promise.resolve(void decodeModel(bytes, file)),
  );
}

/** All formats; Parquet, which has the most that can go wrong, has a quarter of the files. */
export const FORMATS: readonly Format[] = [
  { name: "parquet", seeds: PARQUET, bodyOf: footerOf, read: readParquet },
  { name: "png", seeds: PNG, repair: repairPng, read: readImage },
  { name: "npy", seeds: NPY, read: readNpy },
  { name: "parquet", seeds: PARQUET, bodyOf: footerOf, read: readParquet },
  { name: "jpg", seeds: JPEG, read: readImage },
  { name: "csv", seeds: CSV, read: readCsv },
  { name: "parquet", seeds: PARQUET, bodyOf: footerOf, read: readParquet },
  { name: "png", seeds: PNG, repair: repairPng, read: readImage },
  { name: "safetensors", seeds: SAFETENSORS, read: readTensors },
  { name: "jsonl", seeds: JSONL, read: readTable },
  { name: "npz", seeds: NPZ, read: readTable },
  { name: "idx", seeds: IDX, read: readTable },
  { name: "csv.gz", seeds: CSV.map((text) => new Uint8Array(gzipSync(text))), read: readTable },
];
