/** What turns the columns of a table into the numbers of its rows: plain JSON, kept with a model. */

import type { FeatureSettings } from "../images/features.ts";

/** How numbers are brought to one scale. */
export const SCALES = ["standard", "minmax", "robust", "none"] as const;
/** What becomes of values that are missing. */
export const MISSING = ["mean", "median", "most-frequent", "drop"] as const;

/** How a table is prepared. */
export interface TableSettings {
  /**
   * Of numbers and dates: `standard` to mean 0 and standard deviation 1, `minmax` to 0..1, `robust`
   * to median 0 and an interquartile range of 1, `none` leaves them; by default `standard`. A
   * category's numbers are 0 and 1.
   */
  scale?: typeof SCALES[number];
  /**
   * What stands for a missing number: the mean, the median or the most frequent value of its
   * column; a missing category is the most frequent one, but with `drop` such rows are left out. By
   * default `mean`.
   */
  missing?: typeof MISSING[number];
  /** Categories of a column that get a number of their own, the most frequent ones; by default 20. */
  oneHot?: number;
}

/** A column of numbers, truth values (0 and 1) or dates (days since 1970). */
export interface NumericInput {
  readonly column: string;
  readonly as: "number" | "boolean" | "date";
  /** What a missing value is; null if there must be none. */
  readonly fill: number | null;
  /** The number of a row is `(value - offset) * factor`. */
  readonly offset: number;
  readonly factor: number;
}

/** A column of names: one number for each, 1 where a row has it and else 0. */
export interface CategoricalInput {
  readonly column: string;
  readonly as: "category";
  readonly values: readonly string[];
  /** Whether one more number stands for all other names. */
  readonly other: boolean;
  readonly fill: string | null;
}

/** A column of lists of numbers, all of one length. */
export interface ListInput {
  readonly column: string;
  readonly as: "list";
  readonly offset: readonly number[];
  readonly factor: readonly number[];
}

/** One column of a table. */
export type Input = NumericInput | CategoricalInput | ListInput;

/** A fitted table. */
export interface TablePreprocessing {
  /** Tells the kinds of preprocessing apart. */
  readonly kind: "table";
  /** What each number of a row is, in order. */
  readonly names: readonly string[];
  /** Columns of the table that are used, in the order of the numbers made of them. */
  readonly inputs: readonly Input[];
  /** The column that names the rows: never an input. */
  readonly id?: string;
  /** How the only input, a list, was found in images. */
  readonly features?: FeatureSettings;
  /** Whether numbers had decimal commas: new rows of which `1.234` alone tells nothing are so too. */
  readonly decimalCommas?: boolean;
}

/** The names of an input's numbers. */
export function namesOf(input: Input): string[] {
  const { column } = input;
  if (input.as === "list") return input.offset.map((_, j) => `${column}[${j}]`);
  if (input.as !== "category") return [column];
  return [...input.values, ...input.other ? ["other"] : []].map((value) => `${column}=${value}`);
}
