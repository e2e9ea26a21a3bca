/** Where the values of columns are gathered, checked and converted while files are read. */

import { DataError } from "../errors.ts";

/** Where values come from: `row` is the first one's number in the file, from 0. */
export interface Place {
  file: string;
  column: string;
  row: number;
}

type Values = ArrayLike<unknown>;

function dataError({ file, row, column }: Place, offset: number, what: string): DataError {
  const where = `${file}, row ${row + offset} (counting from 0), column "${column}"`;
  return new DataError(`${where}: ${what}`);
}

/** Numbers, `[n, columns]` of f32, all finite. */
export class TableRows {
  readonly shape: number[];
  readonly data: Float32Array;

  constructor(readonly n: number, columns: number) {
    this.shape = [columns];
    this.data = allocate(Float32Array, n, this.shape);
  }

  /**
   * Stores one column's values.
   *
   * @param column its position in a row
   * @param done rows before the first value
   * @throws {DataError} if a value is missing, NaN, infinite or too large for f32
   */
  push(values: Values, place: Place, column: number, done: number) {
    const [width] = this.shape;
    for (let i = 0, at = done * width + column; i < values.length; i++, at += width) {
      this.data[at] = numeric(values[i]);
      if (!Number.isFinite(this.data[at])) throw notFinite(place, i, values[i]);
    }
  }
}

/** Rows of a list column, `[n, length]` of f32, all finite and as long as the first one. */
export class VectorRows {
  shape: number[] = [];
  data = new Float32Array(0);
  #done = 0;

  constructor(readonly n: number) {}

  /** @throws {DataError} if a row is missing, of another length, or a number in it not finite */
  push(values: Values, place: Place) {
    for (let i = 0; i < values.length; i++) {
      const row = values[i] as ArrayLike<unknown> | null | undefined;
      const length = row?.length ?? 0;
      if (!this.#done) {
        this.shape = [length];
        this.data = allocate(Float32Array, this.n, this.shape);
      }
      if (!length || length !== this.shape[0]) {
        throw dataError(
          place,
          i,
          `the row has ${length} numbers, but every row needs as many as the first, ` +
            `${this.shape[0] || "which has none"}: leave the row out or make them alike`,
        );
      }
      const at = this.#done++ * length;
      for (let j = 0; j < length; j++) {
        this.data[at + j] = numeric(row![j]);
        if (!Number.isFinite(this.data[at + j])) {
          throw notFinite({ ...place, column: `${place.column}[${j}]` }, i, row![j]);
        }
      }
    }
  }
}

/** A value as a number; NaN for none. */
const numeric = (value: unknown) => value === null || value === undefined ? NaN : Number(value);

function notFinite(place: Place, offset: number, value: unknown): DataError {
  const what = value === null || value === undefined ? "missing" : `${value}`;
  return dataError(
    place,
    offset,
    `the value is ${what}, but every value must be a finite 32-bit float: fill or leave out the ` +
      "row or the column",
  );
}

/** Labels as indices into class names, -1 for none. */
export class LabelRows {
  #values: (string | number | null)[] = [];

  /**
   * @param names the classes, if the file states them: values then are indices into them, and -1
   *   means none
   */
  constructor(readonly names?: string[]) {}

  /** @throws {DataError} if a value is no index into the stated names */
  push(values: Values, place: Place) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i] ?? null;
      const label = typeof value === "bigint"
        ? Number(value)
        : typeof value === "boolean"
        ? String(value)
        : value as string | number | null;
      this.#values.push(label);
      if (!this.names || label === null || label === -1) continue;
      if (!Number.isInteger(label) || this.names[label as number] === undefined) {
        throw dataError(
          place,
          i,
          `the label is ${value}, but the file names ${this.names.length} classes: correct the ` +
            `label or the names`,
        );
      }
    }
  }

  /** Labels and names. Without stated names the distinct values are the classes, in order. */
  finish(): { labels: Int32Array; labelNames: string[] } {
    if (this.names) {
      const labels = Int32Array.from(this.#values, (label) => label === null ? -1 : Number(label));
      return { labels, labelNames: this.names };
    }
    const distinct = [...new Set(this.#values)].filter((label) => label !== null);
    distinct.sort((a, b) => a < b ? -1 : 1);
    const index = new Map(distinct.map((label, i) => [label, i]));
    const labels = Int32Array.from(this.#values, (label) => index.get(label!) ?? -1);
    return { labels, labelNames: distinct.map(String) };
  }
}

/**
 * An array for `n` rows of a shape.
 *
 * @throws {DataError} if the memory is not there, or the runtime has no arrays of that length
 */
export function allocate<T>(Type: new (length: number) => T, n: number, shape: number[]): T {
  const length = shape.reduce((a, b) => a * b, n);
  try {
    return new Type(length);
  } catch (cause) {
    throw new DataError(
      `${n} rows of ${shape.join(" x ")} values do not fit into memory: read fewer with a limit`,
      { cause },
    );
  }
}
