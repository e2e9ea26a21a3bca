/** New rows that a fitted table has no numbers for. */

import { DataError } from "../errors.ts";
import type { BadRows, Frame } from "./frame.ts";
import { selectFrame } from "./select_rows.ts";
import { unknownCategory, wrongLength } from "./table/apply.ts";
import { wordsIn } from "./table/columns.ts";
import type { Input, TablePreprocessing } from "./table/preprocessing.ts";

/**
 * A frame without the rows that have a category which was not seen in training, or a list of another
 * length; they are counted among its bad rows.
 *
 * @throws {DataError} if no row is left
 */
export function withoutUnfit(frame: Frame, { inputs }: TablePreprocessing): Frame {
  const problems = new Map<number, string>();
  for (const input of inputs) {
    const problem = problemOf(frame, input);
    for (let i = 0; problem && i < frame.n; i++) {
      const found = problems.has(i) ? undefined : problem(i);
      if (found === undefined) continue;
      const where = `row ${frame.ids[i]} (counting from 0), column "${input.column}"`;
      problems.set(i, `${frame.name}, ${where}: ${found}`);
    }
  }
  if (problems.size === 0) return frame;
  const first = problems.get([...problems.keys()].reduce((a, b) => Math.min(a, b)))!;
  const rows = Int32Array.from({ length: frame.n }, (_, i) => i).filter((i) => !problems.has(i));
  if (rows.length === 0) {
    throw new DataError(`${frame.name} has no row that can be used: ${first}`);
  }
  const badRows: BadRows = {
    count: problems.size + (frame.badRows?.count ?? 0),
    first: frame.badRows?.first ?? first,
  };
  return { ...selectFrame(frame, rows), badRows };
}

/** What is wrong with the cell of a row, if it is of the kind that the input takes. */
function problemOf(frame: Frame, input: Input): ((row: number) => string | undefined) | undefined {
  const column = frame.columns.find(({ name }) => name === input.column);
  if (!column) return undefined;
  if (input.as === "list") {
    const { length } = input.offset;
    if (column.type !== "list") return undefined;
    const lengthOf = (i: number) => column.values[i]?.length ?? 0;
    return (i) => lengthOf(i) === length ? undefined : wrongLength(lengthOf(i), length);
  }
  if (input.as !== "category" || input.other || column.type === "list") return undefined;
  const words = wordsIn(column), known = new Set(input.values);
  return (i) => {
    const word = words[i];
    return word === null || known.has(word) ? undefined : unknownCategory(word, input.values);
  };
}
