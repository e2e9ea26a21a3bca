/** Measures the columns of a table: what is missing, how wide they are, which names there are. */

import { DataError } from "../../errors.ts";
import { orderedNames } from "../csv_matrix.ts";
import type { Frame, FrameColumn, ListColumn, Roles } from "../frame.ts";
import { selectRows } from "../select_rows.ts";
import { numbersIn, wordsIn } from "./columns.ts";
import {
  type CategoricalInput,
  type Input,
  type ListInput,
  MISSING,
  namesOf,
  type NumericInput,
  type TablePreprocessing,
  type TableSettings,
} from "./preprocessing.ts";
import { measure, median, mostFrequent } from "./statistics.ts";

/** Columns of a table that are measured, with what a person should know of it. */
export interface Fitted {
  readonly preprocessing: TablePreprocessing;
  /** The rows that are left, all but those with missing values if they are dropped. */
  readonly rows: Int32Array;
  /** Missing values by column, as far as there are some, and what stands for them. */
  readonly missing: readonly { readonly column: string; readonly count: number }[];
}

/** Categories with a number of their own. */
const ONE_HOT = 20;

/**
 * Measures the columns that have a role in float64, each in the order of its rows: the same bits
 * everywhere.
 *
 * @throws {DataError} if no row is left, or the rows of a list column differ in length
 */
export function fitTable(frame: Frame, roles: Roles, settings: TableSettings = {}): Fitted {
  const find = (name: string) => frame.columns.find((column) => column.name === name)!;
  const used = frame.columns.filter(({ name }) =>
    [roles.numeric, roles.categorical, roles.dates].some((names) => names.includes(name))
  );
  const isCategory = (name: string) => roles.categorical.includes(name);
  const counts = used.map((column) => countMissing(column, isCategory(column.name)));
  const missing = used.flatMap(({ name }, j) =>
    counts[j].count > 0 ? [{ column: name, count: counts[j].count }] : []
  );
  const drop = settings.missing === "drop";
  const rows = Int32Array.from({ length: frame.n }, (_, i) => i)
    .filter((i) => !drop || counts.every(({ is }) => !is(i)));
  if (rows.length === 0) {
    const worst = missing.reduce((a, b) => b.count > a.count ? b : a);
    throw new DataError(
      `${frame.name} has no row without a missing value (${worst.count} in column ` +
        `"${worst.column}"): leave such columns out with --drop, or fill them with --missing mean`,
    );
  }
  const inputs = used.map(({ name }): Input => {
    const column = rows.length < frame.n ? selectRows(find(name), rows) : find(name);
    if (isCategory(name)) return fitCategory(column, settings);
    return column.type === "list"
      ? fitList(frame.name, column, settings)
      : fitNumbers(column, settings);
  });
  const decimalCommas = [...frame.styles?.values() ?? []].some((style) => style !== "1,234.5");
  const preprocessing = {
    ...{ kind: "table" as const, names: inputs.flatMap(namesOf), inputs },
    ...decimalCommas && { decimalCommas },
  };
  return { preprocessing, rows, missing };
}

function countMissing(column: FrameColumn, category: boolean) {
  if (column.type === "list") {
    return { count: 0, is: () => false };
  }
  const words = category ? wordsIn(column) : undefined;
  const numbers = words ? undefined : numbersIn(column);
  const is = (i: number) => words ? words[i] === null : Number.isNaN(numbers![i]);
  let count = 0;
  for (let i = 0; i < column.values.length; i++) if (is(i)) count++;
  return { count, is };
}

function fitNumbers(column: FrameColumn, { missing = "mean", scale }: TableSettings): NumericInput {
  const values = numbersIn(column);
  const full = values.filter((value) => !Number.isNaN(value));
  const fills = {
    mean: () => measure(full, "standard").offset,
    median: () => median(full),
    "most-frequent": () => mostFrequent(full),
    drop: () => null,
  };
  if (!Object.hasOwn(fills, missing)) {
    throw new RangeError(`missing must be one of ${MISSING.join(", ")}, got ${missing}`);
  }
  const fill = fills[missing]();
  const filled = fill === null ? full : values.map((value) => Number.isNaN(value) ? fill : value);
  const { offset, factor } = measure(filled, scale);
  return { column: column.name, as: column.type as "number", fill, offset, factor };
}

function fitCategory(
  column: FrameColumn,
  { missing, oneHot = ONE_HOT }: TableSettings,
): CategoricalInput {
  const counts = new Map<string, number>();
  for (const word of wordsIn(column)) {
    if (word !== null) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const ranked = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const values = orderedNames(ranked.slice(0, oneHot).map(([word]) => word));
  return {
    ...{ column: column.name, as: "category", values },
    other: ranked.length > oneHot,
    fill: missing === "drop" ? null : ranked[0][0],
  };
}

function fitList(file: string, column: ListColumn, { scale }: TableSettings): ListInput {
  const { name, values } = column;
  const length = values[0]?.length ?? 0;
  const odd = values.findIndex((list) => list?.length !== length);
  if (length === 0 || odd >= 0) {
    const row = length === 0 ? 0 : odd;
    throw new DataError(
      `${file}, row ${row} (counting from 0), column "${name}": the row has ` +
        `${values[row]?.length ?? 0} numbers, but every row needs as many as the first, ` +
        `${length || "which has none"}: leave the row out or make them alike`,
    );
  }
  const one = new Float64Array(values.length);
  const scales = Array.from({ length }, (_, j) => {
    values.forEach((list, i) => one[i] = list![j]);
    return measure(one, scale);
  });
  return {
    ...{ column: name, as: "list" as const },
    offset: scales.map(({ offset }) => offset),
    factor: scales.map(({ factor }) => factor),
  };
}
