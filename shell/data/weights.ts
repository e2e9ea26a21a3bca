/** How much each row counts, from a column of a matrix or from a file of its own. */

import { DataError } from "../errors.ts";
import { fileBuffer } from "./files.ts";
import type { LabelledRows } from "./labels.ts";
import { loadMatrix, type MatrixOptions } from "./matrix.ts";
import { readNpyMatrix } from "./npy_matrix.ts";

/** Weights of rows. */
export interface Weights {
  /** Path of the file that they are from. */
  readonly file: string;
  /** Column of the file, if one was named. */
  readonly column?: string;
  /** 0 or more, and not all 0. */
  readonly values: Float32Array;
}

/** A file, and what stands behind the colon. */
const REFERENCE = /^(.+\.(?:npy|parquet|csv|tsv))(?::(.+))?$/i;

/**
 * Reads weights.
 *
 * @param reference a .npy file (numbers, one axis), or a .parquet, .csv or .tsv file with `:COLUMN`
 *   behind it, which may be left out if there is only one column of numbers; anything else is a
 *   column of `input`
 * @param input the file of the matrix
 * @param rows the rows that want weights
 * @throws {DataError} if the file or the column cannot be read, has another number of rows, or a
 *   weight is missing, not finite or below 0, or all are 0
 */
export async function loadWeights(
  reference: string,
  input: string,
  rows: LabelledRows,
  options: Pick<MatrixOptions, "cache" | "signal"> = {},
): Promise<Weights> {
  const [, file, column] = REFERENCE.exec(reference) ?? [reference, input, reference];
  const name = column === undefined ? file : `${file}:${column}`;
  const values = valuesOf(await readColumn(file, column, options), name, rows);
  const bad = values.findIndex((weight) => weight < 0);
  if (bad >= 0) {
    throw new DataError(
      `${name}, row ${rows.ids[bad]} (counting from 0): the weight is ${values[bad]}, but a ` +
        "weight must be 0 or more: correct it, or leave the row out",
    );
  }
  if (values.every((weight) => weight === 0)) {
    throw new DataError(`${name}: every weight is 0, but some row must count: correct them`);
  }
  return { file, column, values };
}

async function readColumn(
  file: string,
  column: string | undefined,
  options: Pick<MatrixOptions, "cache" | "signal">,
): Promise<Float32Array> {
  const columns = column === undefined ? undefined : [column];
  if (/\.npy$/i.test(file)) {
    if (column !== undefined) {
      throw new DataError(
        `${file} has no names of columns: name a file with the weights, not ${column}`,
      );
    }
    const { width, data } = await readNpyMatrix(await fileBuffer(file), file, { vector: true });
    if (width === 1) return data;
    throw new DataError(`${file} has ${width} columns: weights must be one number for each row`);
  }
  const { width, data, columns: names } = await loadMatrix(file, {
    ...options,
    ...{ columns, label: false },
  });
  if (width === 1) return data;
  throw new DataError(
    columns
      ? `${file}:${column} has lists of ${width} numbers: weights must be one number for each row`
      : `${file} has several columns of numbers: name one of ${names.join(", ")} as ${file}:COLUMN`,
  );
}

function valuesOf(all: Float32Array, name: string, rows: LabelledRows): Float32Array {
  const { ids, of, limited } = rows;
  const last = ids.reduce((max, id) => Math.max(max, id), -1);
  if (all.length === ids.length) return all;
  if (limited && all.length > last) return Float32Array.from(ids, (id) => all[id]);
  throw new DataError(
    `${name} has ${all.length} weights for the ${ids.length} rows of ${of}: give one weight for ` +
      "each row",
  );
}
