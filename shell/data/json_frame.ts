/** JSON Lines, and JSON arrays of objects, as columns of a frame. */

import type { AsyncBuffer } from "hyparquet";
import { DataError } from "../errors.ts";
import { JSON_CELLS } from "./cells.ts";
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
  const builder = new TableBuilder<unknown>(file, [], JSON_CELLS, options);
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
      if (one.trim() === "") continue;
      if (builder.seen >= limit) break;
      pushLine(builder, one, `row ${builder.seen} (counting from 0; line ${line})`);
    }
    if (builder.seen >= limit) break;
  }
  return builder.finish();
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
    push(builder, row, `row ${builder.seen} (counting from 0)`, "give an array of objects");
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
