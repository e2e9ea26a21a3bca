/** JSON Lines, and JSON arrays of objects, as columns of a frame. */

import type { AsyncBuffer } from "hyparquet";
import { DataError } from "../errors.ts";
import { JSON_CELLS } from "./cells.ts";
import { BLANK, MARK } from "./csv.ts";
import type { PartOptions } from "./csv_frame.ts";
import { type Part, TableBuilder } from "./table_builder.ts";
import { readText } from "./text_pieces.ts";

type Row = Record<string, unknown>;

/** Characters of one line, at most. */
const LONGEST = 1 << 26;

/**
 * Reads the columns of a file with one JSON object on each line, or of one array of objects. A
 * column begins with the first object that has it, and is empty in those that do not.
 *
 * @see https://jsonlines.org/
 * @throws {DataError} if a line is no object, or a value is of another kind than its column
 */
export async function readJsonPart(
  buffer: AsyncBuffer,
  file: string,
  options: PartOptions = {},
): Promise<Part> {
  const { limit = Infinity, signal, onProgress } = options;
  // Columns that are asked for are there, even if no row has them.
  const builder = new TableBuilder<unknown>(file, options.only ?? [], JSON_CELLS, options);
  let line = 0, rest = "", array: boolean | undefined;
  for await (const { text, done, last } of readText(buffer, file, () => line, signal)) {
    rest += text;
    onProgress?.(done, buffer.byteLength);
    array ??= rest.trim() === "" ? undefined : rest.trimStart().startsWith("[");
    if (array && !last) continue;
    if (array) {
      pushAll(builder, rest, file, limit);
      break;
    }
    const lines = rest.split("\n");
    rest = last ? "" : lines.pop()!;
    if (rest.length > LONGEST) {
      throw new DataError(`${file}, line ${line + lines.length + 1} is too long for a row`);
    }
    for (const one of lines) {
      line++;
      if (BLANK.test(one)) continue;
      if (builder.seen >= limit) break;
      pushLine(builder, one, builder.where(options.firstRow === undefined ? line : undefined));
    }
    if (builder.seen >= limit) break;
  }
  return builder.finish();
}

/**
 * Where lines that are not empty begin, in bytes; nothing if the file is one array.
 *
 * @throws {DataError} if a line is too long for a row
 * @throws {Cancelled} if the signal is set
 */
export async function* findLines(
  buffer: AsyncBuffer,
  file: string,
  signal?: AbortSignal,
): AsyncGenerator<{ readonly starts: number[]; readonly done: number }> {
  let rest = "", before: number | undefined, array: boolean | undefined;
  for await (const { text, done, last } of readText(buffer, file, () => 0, signal, "latin1")) {
    const mark = before === undefined && text.startsWith(MARK) ? MARK.length : 0;
    const all = rest + text.slice(mark), starts: number[] = [];
    before ??= mark;
    array ??= BLANK.test(all) ? undefined : /^\s*\[/.test(all);
    if (array) return;
    let begin = 0;
    for (let end = all.indexOf("\n"); end >= 0; end = all.indexOf("\n", begin)) {
      if (!BLANK.test(all.slice(begin, end))) starts.push(before + begin);
      begin = end + 1;
    }
    rest = all.slice(begin);
    if (rest.length > LONGEST) throw new DataError(`${file} has a line that is too long for a row`);
    if (last && !BLANK.test(rest)) starts.push(before + begin);
    before += begin;
    yield { starts, done };
  }
}

function pushLine(builder: TableBuilder<unknown>, text: string, where: string) {
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch {
    // Told below.
  }
  push(builder, row, where, "write one object on each line");
}

function pushAll(builder: TableBuilder<unknown>, text: string, file: string, limit: number) {
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch {
    throw new DataError(
      `${file} is no valid JSON: it must be an array of objects, or have one object on each line`,
    );
  }
  for (const row of (rows as unknown[]).slice(0, limit)) {
    push(builder, row, builder.where(), "give an array of objects");
  }
}

function push(builder: TableBuilder<unknown>, row: unknown, where: string, advice: string) {
  if (typeof row !== "object" || row === null || Array.isArray(row)) {
    return builder.bad(`${builder.file}, ${where} is no JSON object: ${advice}`);
  }
  for (const name of Object.keys(row)) builder.addColumn(name);
  const cells = builder.names.map((name) =>
    Object.hasOwn(row, name) ? (row as Row)[name] : undefined
  );
  builder.push(cells, where);
}
