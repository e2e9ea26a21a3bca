/** Data sets that are more than memory: which parts they are read in. */

import type { AsyncBuffer } from "hyparquet";
import { DataError } from "../errors.ts";
import { allocate } from "./columns.ts";
import type { DataFile, Dataset, ReadOptions, Shards, Source } from "./dataset.ts";
import { formatOf } from "./formats.ts";
import { type OpenFile, openFiles, shareLimit } from "./parquet.ts";

/** Bytes of a shard at most, and the share of the memory. */
const SHARD = 1 << 24;
const SHARE = 8;

/** Whether all files are Parquet: only those can be read from the middle. */
export async function isParquet({ files }: Source): Promise<boolean> {
  const formats = await Promise.all(files.map(formatOf));
  return formats.length > 0 && formats.every((format) => format === "parquet");
}

/** Rows of one file, `begin` (included) to `end` (excluded). */
export interface Part {
  readonly file: DataFile;
  readonly begin: number;
  readonly end: number;
}

/** A source of Parquet files whose rows are counted and not read. */
export interface Counted {
  readonly source: Source;
  readonly files: readonly OpenFile[];
  readonly n: number;
  readonly splits: Dataset["splits"];
  readonly ids: Int32Array;
}

/** Opens the files of a source and counts the rows that a limit leaves. */
export async function countRows({ name, files }: Source, limit?: number): Promise<Counted> {
  const source = { name, files: files.map(openedOnce) };
  const opened = await openFiles(source);
  const total = opened.reduce((sum, { rows }) => sum + rows, 0);
  if (!total) throw new DataError(`${name} has no rows: give a data set that has some`);
  const splits = shareLimit(opened, total, limit);
  const n = splits[splits.length - 1].end;
  const ids = allocate(Int32Array, n, [1]);
  let done = 0;
  for (const { first, take } of opened) for (let i = 0; i < take; i++) ids[done++] = first + i;
  return { source, files: opened, n, splits, ids };
}

/** A file that is opened once, whoever asks. */
function openedOnce(file: DataFile): DataFile {
  let buffer: Promise<AsyncBuffer> | undefined;
  return { ...file, open: () => buffer ??= file.open() };
}

/** The rows of parts as a source of their own. */
export function sourceOf({ source: { name } }: Counted, parts: readonly Part[]): Source {
  return { name, files: parts.map(({ file, begin, end }) => ({ ...file, rows: { begin, end } })) };
}

/** The first rows, at most `most`, of the first file that has some. */
export function firstRows({ files }: Counted, most: number): Part {
  const { file, from, take } = files.find(({ take }) => take > 0)!;
  return { file, begin: from, end: from + Math.min(take, most) };
}

/**
 * Cuts a source into parts of at most an eighth of the memory, and 16 MB: row groups are put
 * together where they are smaller, and cut where they are larger. From 128 MB on the parts depend on
 * the files alone.
 *
 * @param bytes of one row
 * @throws {DataError} if not even a few rows fit
 */
export function partsOf({ source, files }: Counted, bytes: number, memory: number): Part[] {
  if (SHARE * bytes > memory) {
    throw new DataError(
      `a row of ${source.name} has ${bytes} bytes, of which ${memory} bytes of memory hold too ` +
        `few: allow at least ${SHARE * bytes}`,
    );
  }
  const most = Math.floor(Math.min(SHARD, memory / SHARE) / bytes);
  return files.flatMap((file) => partsOfFile(file, most));
}

function partsOfFile({ file, metadata, from, take }: OpenFile, most: number): Part[] {
  const parts: { file: DataFile; begin: number; end: number }[] = [];
  let at = 0;
  for (const { num_rows } of metadata.row_groups) {
    const [begin, end] = [at, at + Number(num_rows)].map((row) =>
      Math.min(Math.max(row, from), from + take)
    );
    at += Number(num_rows);
    const last = parts[parts.length - 1];
    if (last && end - last.begin <= most) last.end = end;
    else {
      const pieces = Math.ceil((end - begin) / most);
      const cut = (i: number) => begin + Math.floor((end - begin) * i / pieces);
      for (let i = 0; i < pieces; i++) parts.push({ file, begin: cut(i), end: cut(i + 1) });
    }
  }
  return parts;
}

/** Shards that read one part each. */
export function shardsOf(
  parts: readonly Part[],
  width: number,
  type: Shards["type"],
  read: (part: Part, first: number) => ReturnType<Shards["read"]>,
): Shards {
  const starts = [0];
  for (const { begin, end } of parts) starts.push(starts[starts.length - 1] + end - begin);
  return { width, type, starts, read: (shard) => read(parts[shard], starts[shard]) };
}

/** @throws {DataError} if rows were to be left out, which only reading all of them can tell */
export function refuseSkipping({ source }: Counted, options: ReadOptions): void {
  const option = options.skipBadRows
    ? "--skip-bad-rows"
    : options.missing === "drop"
    ? "--missing drop"
    : undefined;
  if (option === undefined) return;
  throw new DataError(
    `${source.name} is more than the memory allowed for it, and ${option} needs all rows at once: ` +
      "leave it out, allow more by --memory, or take fewer rows by --limit",
  );
}
