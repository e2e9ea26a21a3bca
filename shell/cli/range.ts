/** Numbers that are finite and of no use: sums of their squares do not fit into 32-bit floats. */

import type { Matrix } from "../data/index.ts";
import type { Input } from "./matrix_job.ts";
import { DataError } from "../errors.ts";

/** The largest number, and the smallest range of columns, that distances may be made of. */
const MOST = 1e15, LEAST = 1e-15;

/**
 * @param values rows as they will be used
 * @param from what they were read from
 * @throws DataError naming the first number that is too large, or saying that all columns range
 *   over too little
 */
export function requireRange(
  values: Float32Array,
  { name, columns, lines }: Pick<Matrix, "name" | "columns" | "lines">,
): void {
  const width = columns.length;
  const low = values.slice(0, width), high = values.slice(0, width);
  for (let at = 0; at < values.length; at++) {
    const value = values[at], j = at % width;
    if (value < low[j]) low[j] = value;
    else if (value > high[j]) high[j] = value;
    if (value <= MOST && value >= -MOST) continue;
    const row = Math.floor(at / width), line = lines ? `; line ${lines[row]}` : "";
    throw new DataError(
      `${name}, row ${row} (counting from 0${line}), column "${columns[j]}": the value is ` +
        `${+value.toPrecision(7)}, but distances of 32-bit floats need numbers from -1e15 to ` +
        "1e15: divide the column by some number, or give --standardise",
    );
  }
  const range = high.reduce((most, value, j) => Math.max(most, value - low[j]), 0);
  if (range === 0 || range >= LEAST) return;
  throw new DataError(
    `${name}: no column has two values that differ by more than ${range.toPrecision(2)}, but ` +
      "distances need differences of 1e-15 or more: multiply the columns by some number, or give " +
      "--standardise",
  );
}

/**
 * Looks whether all rows have what a metric needs.
 * @throws DataError naming the first row that is all zeros, which cosine distances cannot take
 */
export function requireMetric(
  metric: unknown,
  { values, matrix }: Pick<Input, "values" | "matrix">,
) {
  const { name, columns, lines } = matrix;
  const row = metric === "cosine" ? zeroRow(values, columns.length) : -1;
  if (row < 0) return;
  throw new DataError(
    `${name}, row ${row} (counting from 0${lines ? `; line ${lines[row]}` : ""}): all numbers ` +
      `are 0, ${NO_DIRECTION}`,
  );
}

/** Why a row of zeros is refused, as the end of a sentence. */
export const NO_DIRECTION = "but cosine distances need a direction: leave the row out, or take " +
  "--metric euclidean";

/** The first row that is all zeros, -1 for none. */
export function zeroRow(values: Float32Array, width: number): number {
  for (let first = 0; first < values.length; first += width) {
    let at = first;
    while (at < first + width && values[at] === 0) at++;
    if (at === first + width) return first / width;
  }
  return -1;
}
