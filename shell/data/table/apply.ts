/** The rows of a table as the numbers that a model was trained on. */

import { DataError } from "../../errors.ts";
import { allocate } from "../columns.ts";
import { type Frame, type FrameColumn, isEmpty, type ListColumn } from "../frame.ts";
import { noColumn, nounOf } from "../column_words.ts";
import { numbersIn, wordsIn } from "./columns.ts";
import {
  type CategoricalInput,
  type ListInput,
  namesOf,
  type NumericInput,
  type TablePreprocessing,
} from "./preprocessing.ts";

/** Rows of numbers. */
export interface Numbers {
  /** Rows that are left. */
  readonly n: number;
  /** Numbers of a row. */
  readonly width: number;
  /** `[n, width]`, row-major, all finite. */
  readonly data: Float32Array;
}

/**
 * Makes the rows of a frame into numbers, as a fitted table says.
 *
 * @param rows those that are wanted, in order; by default all
 * @throws {DataError} if the frame lacks a column, or has something else in it than the table did:
 *   words for numbers, a name that is not known, lists of another length, a missing value where
 *   there was none
 */
export function applyPreprocessing(
  frame: Frame,
  preprocessing: TablePreprocessing,
  rows: ArrayLike<number> = Int32Array.from({ length: frame.n }, (_, i) => i),
): Numbers {
  const { inputs, names } = preprocessing;
  const n = rows.length, width = names.length;
  const data = allocate(Float32Array, n, [width]);
  let place = 0;
  for (const input of inputs) {
    const writer = new Writer(frame, rows, data, width, place);
    if (input.as === "list") writer.list(input);
    else if (input.as === "category") writer.category(input);
    else writer.numbers(input);
    place += namesOf(input).length;
  }
  return { n, width, data };
}

const SKIP = "or leave such rows out with --skip-bad-rows";

/** What is said of a name that was not there in training. */
export function unknownCategory(word: string, values: readonly string[]): string {
  const some = values.slice(0, 12).join(", ");
  return `${
    JSON.stringify(word)
  } is none of the categories that were seen in training (${some}): ` +
    "correct it";
}

/** What is said of a list of another length. */
export function wrongLength(length: number, wanted: number): string {
  return `the row has ${length} numbers, but every row needs ${wanted}: make them alike`;
}

/** Writes the numbers of one input. */
class Writer {
  constructor(
    readonly frame: Frame,
    readonly rows: ArrayLike<number>,
    readonly data: Float32Array,
    readonly width: number,
    readonly place: number,
  ) {}

  numbers({ column: name, as, fill, offset, factor }: NumericInput) {
    const column = this.#find(name);
    const isDate = (type: string) => type === "date";
    const fits = column.type !== "string" && column.type !== "list" &&
      isDate(column.type) === isDate(as);
    if (!fits && !isEmpty(column)) throw this.#other(column, nounOf(as));
    const values = numbersIn(column);
    for (let r = 0; r < this.rows.length; r++) {
      const value = values[this.rows[r]];
      const number = Number.isNaN(value) ? fill : value;
      if (number === null) throw this.#missing(name, r);
      this.#write(name, r, 0, (number - offset) * factor);
    }
  }

  category({ column: name, values, other, fill }: CategoricalInput) {
    const column = this.#find(name);
    if (column.type === "list") throw this.#other(column, "words");
    const words = wordsIn(column);
    const places = new Map(values.map((word, j) => [word, j]));
    for (let r = 0; r < this.rows.length; r++) {
      const word = words[this.rows[r]] ?? fill;
      if (word === null) throw this.#missing(name, r);
      const place = places.get(word) ?? (other ? values.length : undefined);
      if (place === undefined) {
        throw new DataError(`${this.#where(name, r)}: ${unknownCategory(word, values)}, ${SKIP}`);
      }
      this.data[r * this.width + this.place + place] = 1;
    }
  }

  list({ column: name, offset, factor }: ListInput) {
    const column = this.#find(name);
    if (column.type !== "list") throw this.#other(column, "lists of numbers");
    const { values } = column as ListColumn;
    for (let r = 0; r < this.rows.length; r++) {
      const list = values[this.rows[r]];
      if (list?.length !== offset.length) {
        const problem = wrongLength(list?.length ?? 0, offset.length);
        throw new DataError(`${this.#where(name, r)}: ${problem}, ${SKIP}`);
      }
      for (let j = 0; j < list.length; j++) {
        this.#write(`${name}[${j}]`, r, j, (list[j] - offset[j]) * factor[j]);
      }
    }
  }

  #find(name: string): FrameColumn {
    const { frame } = this;
    const column = frame.columns.find((one) => one.name === name);
    if (column) return column;
    throw noColumn(frame.name, name, frame.columns.map((one) => one.name));
  }

  #write(name: string, r: number, j: number, value: number) {
    const at = r * this.width + this.place + j;
    this.data[at] = value;
    if (Number.isFinite(this.data[at])) return;
    throw new DataError(
      `${
        this.#where(name, r)
      }: the value is no finite 32-bit float after scaling: correct it, or ` +
        "leave the row or the column out",
    );
  }

  #where(name: string, r: number): string {
    const { frame, rows } = this;
    return `${frame.name}, row ${frame.ids[rows[r]]} (counting from 0), column "${name}"`;
  }

  #missing(name: string, r: number): DataError {
    return new DataError(
      `${this.#where(name, r)}: the value is missing, and the model was trained without such ` +
        "rows: fill it in, or leave the row out",
    );
  }

  #other({ name, type }: FrameColumn, wanted: string): DataError {
    return new DataError(
      `${this.frame.name}: column "${name}" has ${nounOf(type)}, where the model was trained on ` +
        `${wanted}: give the columns that it was trained on`,
    );
  }
}
