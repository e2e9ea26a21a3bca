/** Sources, folders and files for the tests of the data edge. */

import { Buffer } from "node:buffer";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AsyncBuffer } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import * as assert from "uvu/assert";
import type { DataFile, Source } from "../../shell/data/dataset.ts";
import { DataError } from "../../shell/errors.ts";

export type Columns = Parameters<typeof parquetWriteBuffer>[0]["columnData"];
export type WriteOptions = Partial<Parameters<typeof parquetWriteBuffer>[0]>;

export function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64"));
}

/** A Parquet file in memory. */
export function parquetFile(columnData: Columns, options: WriteOptions = {}): Uint8Array {
  return new Uint8Array(parquetWriteBuffer({ columnData, ...options }));
}

export function memoryBuffer(bytes: Uint8Array): AsyncBuffer {
  return {
    byteLength: bytes.length,
    slice: (begin, end) => Promise.resolve(bytes.slice(begin, end).buffer as ArrayBuffer),
  };
}

export function memoryFile(bytes: Uint8Array, name = "a.parquet", split = "train"): DataFile {
  return { name, split, open: () => Promise.resolve(memoryBuffer(bytes)) };
}

/** A source of one file called `a.parquet`. */
export function memorySource(bytes: Uint8Array): Source {
  return { name: "memory", files: [memoryFile(bytes)] };
}

/** The schema of one column `e` with a list of floats in each row, as Arrow writes it. */
export const LIST_SCHEMA: WriteOptions["schema"] = [
  { name: "schema", num_children: 1 },
  { name: "e", num_children: 1, repetition_type: "OPTIONAL", converted_type: "LIST" },
  { name: "list", num_children: 1, repetition_type: "REPEATED" },
  { name: "element", type: "FLOAT", repetition_type: "OPTIONAL" },
];

/** The schema and metadata of a Hugging Face image data set with 3 classes. */
export const IMAGE_OPTIONS: WriteOptions = {
  schema: [
    { name: "schema", num_children: 2 },
    { name: "image", num_children: 2, repetition_type: "OPTIONAL" },
    { name: "bytes", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" },
    { name: "path", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
    { name: "label", type: "INT64", repetition_type: "OPTIONAL" },
  ],
  kvMetadata: [{
    key: "huggingface",
    value: JSON.stringify({
      info: {
        features: {
          image: { _type: "Image" },
          label: { names: ["ape", "cat", "dog"], _type: "ClassLabel" },
        },
      },
    }),
  }],
};

/** An image data set in memory. */
export function imageFile(images: (Uint8Array | null)[], labels: (number | null)[]): Uint8Array {
  return parquetFile([
    { name: "image", data: images.map((bytes, i) => ({ bytes, path: `${i}.png` })) },
    { name: "label", data: labels.map((label) => label === null ? null : BigInt(label)) },
  ], { ...IMAGE_OPTIONS, rowGroupSize: 2 });
}

/** Runs with a new folder, which is removed afterwards. */
export async function withFolder(run: (dir: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "asterism-test-"));
  try {
    await run(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Expects a {@link DataError} of one sentence that matches. */
export async function rejects(run: () => unknown, expected: RegExp): Promise<void> {
  let error: unknown;
  try {
    await run();
  } catch (caught) {
    error = caught;
  }
  assert.instance(error, DataError, `no DataError but ${error}`);
  const { message } = error as DataError;
  assert.match(message, expected);
  assert.not.match(message, /\n|\. [A-Z]/, "more than one sentence");
}
