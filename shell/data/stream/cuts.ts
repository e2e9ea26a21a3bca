/** Files whose rows are counted, and can be read from the middle. */

import type { AsyncBuffer } from "hyparquet";
import { DataError } from "../../errors.ts";
import { allocate } from "../columns.ts";
import type { DataFile, Dataset, ReadOptions, Source } from "../dataset.ts";
import { type Format, formatOf } from "../formats.ts";
import { openFiles, type Share, shareLimit } from "../parquet.ts";
import { cutArray } from "./array_cuts.ts";
import { cutText } from "./text_cuts.ts";

/** The rows of a file. */
export interface Cuts {
  readonly rows: number;
  /** Rows of the pieces that the file has by itself, in order. */
  readonly groups: readonly number[];
  /** Whether a piece of a group costs as much to read as the group. */
  readonly whole?: boolean;
  /** Rows `begin` (included) to `end` (excluded) as a file of their own. */
  cut(begin: number, end: number): DataFile;
}

/** A file of a source; it gives its rows from `from` on. */
export interface CountedFile extends Share, Pick<Cuts, "groups" | "whole" | "cut"> {
  readonly file: DataFile;
  readonly from: number;
}

/** Rows of one file, `begin` (included) to `end` (excluded). */
export interface Part {
  readonly file: CountedFile;
  readonly begin: number;
  readonly end: number;
}

/** A source whose rows are counted and not read. */
export interface Counted {
  readonly source: Source;
  readonly files: readonly CountedFile[];
  readonly n: number;
  readonly splits: Dataset["splits"];
  readonly ids: Int32Array;
}

/** Bytes of numbers that a byte of text gives at most, but for columns of very many categories. */
const GROWTH = 50;

/**
 * Counts the rows of a source that a limit leaves; undefined if one of its files cannot be read from
 * the middle, or if all together are too small to be more than the memory.
 *
 * @throws {DataError} if a file is damaged, or there are no rows
 * @throws {Cancelled} if the signal is set
 */
export async function countRows(
  { name, files }: Source,
  options: ReadOptions,
): Promise<Counted | undefined> {
  const source = { name, files: files.map(openedOnce) };
  const [format, ...others] = new Set(await Promise.all(source.files.map(formatOf)));
  if (others.length > 0 || format === "npz") return undefined;
  const found = format === "parquet"
    ? await countParquet(source)
    : await countOthers(source, format, options);
  if (!found) return undefined;
  const total = found.reduce((sum, { rows }) => sum + rows, 0);
  if (!total) throw new DataError(`${name} has no rows: give a data set that has some`);
  const splits = shareLimit(found, total, options.limit);
  const n = splits[splits.length - 1].end;
  const ids = allocate(Int32Array, n, [1]);
  let done = 0;
  for (const { first, take } of found) for (let i = 0; i < take; i++) ids[done++] = first + i;
  return { source, files: found, n, splits, ids };
}

async function countParquet(source: Source): Promise<CountedFile[]> {
  return (await openFiles(source)).map(({ metadata, ...open }) => ({
    ...open,
    groups: metadata.row_groups.map(({ num_rows }) => Number(num_rows)),
    whole: true,
    cut: (begin, end) => ({ ...open.file, rows: { begin, end } }),
  }));
}

async function countOthers(
  { files }: Source,
  format: Exclude<Format, "parquet" | "npz">,
  { memory = Infinity, signal, onProgress }: ReadOptions,
): Promise<CountedFile[] | undefined> {
  const sizes = await Promise.all(files.map(async (file) => (await file.open()).byteLength));
  const bytes = sizes.reduce((a, b) => a + b, 0);
  if (bytes * GROWTH <= memory) return undefined;
  const found: CountedFile[] = [];
  let first = 0, before = 0;
  for (const [i, file] of files.entries()) {
    const done = before;
    const cuts = format === "npy" || format === "idx"
      ? await cutArray(file, format)
      : await cutText(file, format, {
        signal,
        onProgress: (now) => onProgress?.("read", done + now, bytes),
      });
    if (!cuts) return undefined;
    found.push({ ...cuts, file, first, take: cuts.rows, from: 0 });
    first += cuts.rows;
    before += sizes[i];
  }
  return found;
}

/** A file that is opened once, whoever asks. */
function openedOnce(file: DataFile): DataFile {
  let buffer: Promise<AsyncBuffer> | undefined;
  return { ...file, open: () => buffer ??= file.open() };
}

/** The rows of parts as a source of their own. */
export function sourceOf({ source: { name } }: Counted, parts: readonly Part[]): Source {
  return { name, files: parts.map(({ file, begin, end }) => file.cut(begin, end)) };
}

/** The first rows, at most `most`, of the first file that has some. */
export function firstRows({ files }: Counted, most: number): Part {
  const file = files.find(({ take }) => take > 0)!;
  return { file, begin: file.from, end: file.from + Math.min(file.take, most) };
}
