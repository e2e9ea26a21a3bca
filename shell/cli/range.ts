/** Numbers that are finite and of no use: sums of their squares do not fit into 32-bit floats. */

import type { Matrix } from "../data/index.ts";
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
