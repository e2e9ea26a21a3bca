/** Text tables that are read from the middle: every so many rows their place in the file is noted. */

import type { AsyncBuffer } from "hyparquet";
import { isGzip, runOf } from "../bytes.ts";
import { findRecords } from "../csv.ts";
import { readHead } from "../csv_frame.ts";
import type { DataFile } from "../dataset.ts";
import { findLines } from "../json_frame.ts";
import type { Cuts } from "./cuts.ts";

/** Rows from one noted place to the next. */
const EVERY = 1024;

/** How counting is followed and stopped. */
export interface Follow {
  readonly signal?: AbortSignal;
  /** Is told of bytes. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Counts the rows of a file by reading it once; undefined if it has to be read whole, because it is
 * compressed or one JSON array.
 *
 * @throws {DataError} if a quote is not closed, or a CSV file has no line
 * @throws {Cancelled} if the signal is set
 */
export async function cutText(
  file: DataFile,
  format: "csv" | "tsv" | "json",
  { signal, onProgress }: Follow,
): Promise<Cuts | undefined> {
  const buffer = await file.open();
  if (await isGzip(buffer)) return undefined;
  const told = format === "tsv" ? "\t" : undefined;
  const head = format === "json" ? undefined : await readHead(buffer, file.name, told);
  const find = (run: AsyncBuffer) =>
    head ? findRecords(run, file.name, signal, head.delimiter) : findLines(run, file.name, signal);
  const marks: number[] = [];
  let rows = head?.named ? -1 : 0;
  for await (const { starts, done } of find(buffer)) {
    for (const start of starts) if (rows++ >= 0 && (rows - 1) % EVERY === 0) marks.push(start);
    onProgress?.(done, buffer.byteLength);
  }
  if (rows <= 0) return undefined;
  marks.push(buffer.byteLength);
  /** Where a row begins, or the file ends. */
  const placeOf = async (row: number) => {
    const mark = Math.floor(row / EVERY), left = row % EVERY;
    if (row === rows) return buffer.byteLength;
    if (left === 0) return marks[mark];
    const starts: number[] = [];
    for await (const found of find(runOf(buffer, marks[mark], marks[mark + 1]))) {
      starts.push(...found.starts);
    }
    return marks[mark] + starts[left];
  };
  const cut = (begin: number, end: number): DataFile => ({
    ...{ ...file, format, head, rows: { begin, end } },
    open: async () => runOf(buffer, await placeOf(begin), await placeOf(end)),
  });
  const groups = Array.from(
    { length: Math.ceil(rows / EVERY) },
    (_, i) => Math.min(EVERY, rows - i * EVERY),
  );
  return { rows, groups, cut };
}
