/** Any file of numbers, or a built-in data set, as a matrix. */

import { stat } from "node:fs/promises";
import { DataError } from "../errors.ts";
import { readCsvMatrix, type Table } from "./csv_matrix.ts";
import type { Dataset, Source } from "./dataset.ts";
import { fileBuffer } from "./files.ts";
import { formatByName, READABLE } from "./formats.ts";
import { readFrameMatrix } from "./frame_matrix.ts";
import { IMAGE, readImageFiles } from "./images/files.ts";
import { readNpyMatrix } from "./npy_matrix.ts";
import { readDataset, readFooter } from "./parquet.ts";
import { openSource } from "./source.ts";
import { textClassesOf } from "./text_classes.ts";
import { inflate } from "./zlib.ts";

/** What of a file is read. */
export interface MatrixOptions {
  /** Columns to use; by default those of numbers that are no label and no `id`. */
  readonly columns?: readonly string[];
  /**
   * The column with the classes, or false for none. By default, for every kind of file: the column
   * that the file declares to be classes, else one called `label` with whole numbers or words, else
   * the only column of words if those repeat (see {@link textClasses}).
   */
  readonly label?: string | false;
  /** At most this many rows. */
  readonly limit?: number;
  /** Where built-in data sets are kept. */
  readonly cache?: string;
  /** Stops the work: `Cancelled` is thrown. */
  readonly signal?: AbortSignal;
  /** How much of how much is read, in no unit. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Rows of numbers, all finite, with the classes that the file has. */
export interface Matrix extends Table {
  /** Path of the file, for messages. */
  readonly name: string;
  /** Row numbers in the file, from 0. */
  readonly ids: Int32Array;
}

/**
 * Reads a matrix `[n, width]`. Images become rows of numbers from 0 to 1; a Parquet column with
 * lists of floats, such as `embedding`, becomes one column for each of its numbers.
 *
 * @param path a .npy file (two axes, any real type), a .csv, .tsv, .jsonl, .json, .npz, IDX or .parquet
 *   file, a folder of the last or of images, or the name of a built-in data set
 * @throws {DataError} if there is no such file, or it is not what it should be: the message names
 *   the file, and the row and column where there is one
 * @throws {Cancelled} if the signal is set
 */
export async function loadMatrix(path: string, options: MatrixOptions = {}): Promise<Matrix> {
  if (/\.npy$/i.test(path)) return await fromNpy(path, options);
  if (/\.[ct]sv$/i.test(path)) {
    return whole(path, await readCsvMatrix(await fileBuffer(path), path, options));
  }
  const info = await stat(path).catch(() => undefined);
  const named = formatByName(path);
  if (info?.isFile() && named === undefined) {
    throw new DataError(`${path} is of no kind that can be read: give a ${READABLE} file`);
  }
  const { columns, limit, cache, signal } = options;
  const source = await openSource(path, { cache, limit, signal });
  if (info?.isFile() && named !== "parquet") {
    const found = await readFrameMatrix(source, options);
    return "width" in found ? { name: path, ...found } : matrixOf(found);
  }
  const files = source.files[0].format === IMAGE;
  const label = options.label ?? (info && !files ? await wordsIn(source) : undefined);
  return matrixOf(
    await (files ? readImageFiles : readDataset)(source, {
      ...{ columns: columns && [...columns], label, limit, signal, inflate },
      onProgress: (stage, done, total) => {
        if (stage === "prepare" || stage === "read") options.onProgress?.(done, total);
      },
    }),
  );
}

function matrixOf(dataset: Dataset): Matrix {
  const { name, n, shape, ids, label: found, labels, labelNames } = dataset;
  const width = shape.reduce((a, b) => a * b, 1);
  const images = dataset.data instanceof Uint8Array;
  return {
    ...{ name, n, width, ids, label: found, labels, labelNames },
    data: images ? Float32Array.from(dataset.data, (byte) => byte / 255) : dataset.data,
    columns: images ? Array.from({ length: width }, (_, j) => `pixel${j}`) : dataset.columns,
  } as Matrix;
}

/** The column of words that are classes, in the first Parquet file. */
async function wordsIn({ files: [{ open, name }] }: Source): Promise<string | undefined> {
  const buffer = await open();
  return await textClassesOf(buffer, await readFooter(buffer, name));
}

async function fromNpy(path: string, options: MatrixOptions): Promise<Matrix> {
  if (options.columns || options.label) {
    throw new DataError(
      `${path} has no names of columns: leave out ${options.columns ? "--columns" : "--label"}`,
    );
  }
  const grid = await readNpyMatrix(await fileBuffer(path), path, options);
  const columns = Array.from({ length: grid.width }, (_, j) => `${j}`);
  return whole(path, { ...grid, columns });
}

function whole(path: string, table: Table): Matrix {
  return { name: path, ...table, ids: Int32Array.from({ length: table.n }, (_, i) => i) };
}
