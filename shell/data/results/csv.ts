/** Tables as text: CSV, and the two files that TensorBoard's Embedding Projector reads. */

import { csvFormatRow } from "d3-dsv";
import type { ResultColumn } from "./columns.ts";
import { loaded, type Parts } from "./parts.ts";

/** Rows that are made into text at a time. */
const ROWS = 4096;

/**
 * The parts of a CSV file with a header: lists take a column for each of their numbers, called
 * `name[0]` and so on; an empty cell is nothing, a truth value is `true` or `false`. Numbers are
 * written with as many digits as a float32 needs to be read back the same.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export function* csvParts(columns: readonly ResultColumn[], n: number): Parts {
  yield* textParts(n, [csvFormatRow(namesOf(columns))], columns, (begin, end) => {
    const cells = cellsOf(columns, begin, end);
    return lines(end - begin, (i) => csvFormatRow(cells(i)));
  });
}

/** The vectors of a projector, a row each, without a header. */
export function* vectorParts(
  { data, width }: { readonly data: Float32Array; readonly width: number },
  n: number,
): Parts {
  yield* textParts(n, [], [], (begin, end) =>
    lines(end - begin, (i) => {
      const row = data.subarray((begin + i) * width, (begin + i + 1) * width);
      return Array.from(row, shortest).join("\t");
    }));
}

/**
 * What a projector shows of each vector. A header only if there is more than one column: of one the
 * projector takes the first line for a row. Tabs, line breaks and other control characters of a text
 * become spaces.
 */
export function* metadataParts(columns: readonly ResultColumn[], n: number): Parts {
  const names = namesOf(columns);
  const header = names.length > 1 ? [names.map(harmless).join("\t")] : [];
  // An empty line would be skipped, and the next row would stand beside its vector.
  const cell = (text: string) => harmless(text) || (names.length > 1 ? "" : "-");
  yield* textParts(n, header, columns, (begin, end) => {
    const cells = cellsOf(columns, begin, end);
    return lines(end - begin, (i) => cells(i).map(cell).join("\t"));
  });
}

// deno-lint-ignore no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

function harmless(text: string): string {
  return text.replace(CONTROL, " ").trim();
}

/** Names of the columns, one for each number of a list. */
function namesOf(columns: readonly ResultColumn[]): string[] {
  return columns.flatMap(({ name, type, width }) =>
    type === "LIST" ? Array.from({ length: width! }, (_, j) => `${name}[${j}]`) : [name]
  );
}

/** The cells of some rows as text: those of row `begin + i`. */
function cellsOf(columns: readonly ResultColumn[], begin: number, end: number) {
  const some = columns.map(({ type, slice }) => {
    const values = slice(begin, end);
    if (type === "LIST") return (i: number) => (values[i] as number[]).map(shortest);
    const text = type === "FLOAT" ? shortest : String;
    return (i: number) => values[i] === null ? "" : text(values[i] as number);
  });
  return (i: number): string[] => some.flatMap((column) => column(i));
}

/** As few digits as are needed to read the same float32 back: 9 always are enough. */
function shortest(value: number): string {
  if (Number.isInteger(value)) return `${value}`;
  const near = Number(value.toPrecision(8));
  return `${Math.fround(near) === value ? near : Number(value.toPrecision(9))}`;
}

function lines(n: number, line: (i: number) => string): string {
  let text = "";
  for (let i = 0; i < n; i++) text += `${line(i)}\n`;
  return text;
}

function* textParts(
  n: number,
  header: readonly string[],
  columns: readonly ResultColumn[],
  block: (begin: number, end: number) => string,
): Parts {
  const encoder = new TextEncoder();
  if (header.length > 0) yield encoder.encode(`${header[0]}\n`);
  for (let begin = 0; begin < n; begin += ROWS) {
    const end = Math.min(n, begin + ROWS);
    yield* loaded(columns, begin, end);
    yield encoder.encode(block(begin, end));
  }
}
