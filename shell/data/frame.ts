/** A table as it was read: columns of values, before anybody decided what they mean. */

import type { NumberStyle } from "./number_styles.ts";
import type { Split } from "./dataset.ts";

/** Numbers, or dates as milliseconds since 1970: NaN where a cell is empty. */
export interface NumberColumn {
  /** Name of the column. */
  readonly name: string;
  /** What the numbers are: booleans are 0 and 1, dates milliseconds. */
  readonly type: "number" | "boolean" | "date";
  /** One for each row; NaN where a cell is empty. */
  readonly values: Float64Array;
  /** Names of the numbers 0, 1, ... where the file states classes. */
  readonly classNames?: readonly string[];
}

/** Texts: null where a cell is empty. */
export interface StringColumn {
  /** Name of the column. */
  readonly name: string;
  /** Tells the columns apart. */
  readonly type: "string";
  /** One for each row; null where a cell is empty. */
  readonly values: readonly (string | null)[];
}

/** Lists of numbers, such as embeddings: null where a cell is empty. */
export interface ListColumn {
  /** Name of the column. */
  readonly name: string;
  /** Tells the columns apart. */
  readonly type: "list";
  /** One for each row; null where a cell is empty. */
  readonly values: readonly (Float32Array | null)[];
}

/** One column of a table. */
export type FrameColumn = NumberColumn | StringColumn | ListColumn;

/** Whether a column has no value at all, and so no type of its own. */
export function isEmpty({ type, values }: FrameColumn): boolean {
  return type === "string" && values.every((value) => value === null);
}

/** A column that is no input, and why. */
export interface Dropped {
  /** Name of the column. */
  readonly name: string;
  /** Why, in words for people. */
  readonly reason: string;
}

/** Rows that could not be read and were left out: how many, and what is wrong with the first. */
export interface BadRows {
  /** How many rows. */
  readonly count: number;
  /** A sentence on the first. */
  readonly first: string;
}

/** All rows of a table in the order of its splits. Every column has `n` values. */
export interface Frame {
  /** Of the source, for messages. */
  readonly name: string;
  /** Rows. */
  readonly n: number;
  /** In the order of the files. */
  readonly columns: readonly FrameColumn[];
  /** Which rows belong to which split. */
  readonly splits: readonly Split[];
  /** Row numbers in the whole source, from 0. */
  readonly ids: Int32Array;
  /** Columns of the files that no column here can hold. */
  readonly skipped?: readonly Dropped[];
  /** Rows that were left out, if some were. */
  readonly badRows?: BadRows;
  /** How columns write their numbers, if not as 1234.5. */
  readonly styles?: ReadonlyMap<string, NumberStyle>;
}

/**
 * What each column is for. Found by looking, overridden by name; each column has one role at most,
 * and the same roles are found in the same data again.
 */
export interface Roles {
  /** The column of images; the others are ignored then. */
  readonly image?: string;
  /** Free text, encoded as one text per row. */
  readonly text: readonly string[];
  /** Numbers and booleans; or one column of lists, whose numbers are a column each. */
  readonly numeric: readonly string[];
  /** Few values that are names: one-hot. */
  readonly categorical: readonly string[];
  /** Dates, which become numbers. */
  readonly dates: readonly string[];
  /** The classes: never an input. */
  readonly label?: string;
  /** Names the rows: never an input. */
  readonly id?: string;
  /** Columns that are no input, and why. */
  readonly dropped: readonly Dropped[];
}
