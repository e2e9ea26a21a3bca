/** The columns of a frame as numbers or as names. */

import type { FrameColumn } from "../frame.ts";

const DAY = 86_400_000;

/**
 * The numbers of a column, NaN where one is missing: truth values are 0 and 1, dates are days since
 * 1970. A column of words has none.
 */
export function numbersIn(column: FrameColumn): Float64Array {
  if (column.type === "date") return column.values.map((time) => time / DAY);
  if (column.type === "number" || column.type === "boolean") return column.values;
  return new Float64Array(column.values.length).fill(NaN);
}

/** The names in a column, null where one is missing; lists have none. */
export function wordsIn(column: FrameColumn): readonly (string | null)[] {
  if (column.type === "string") return column.values;
  if (column.type === "list") return column.values.map(() => null);
  const { type, classNames } = column;
  return Array.from(column.values, (value) => {
    if (Number.isNaN(value)) return null;
    if (type === "boolean") return value ? "true" : "false";
    if (type === "date") return new Date(value).toISOString();
    // What is no class is -1 in data sets of the Hub.
    if (classNames && value === -1) return null;
    return classNames?.[value] ?? `${value}`;
  });
}
