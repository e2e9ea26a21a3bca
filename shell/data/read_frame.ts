/** Any source of rows as a frame. */

import type { AsyncBuffer } from "hyparquet";
import { DataError } from "../errors.ts";
import { type Head, type PartOptions, readCsvPart } from "./csv_frame.ts";
import type { Progress, Source } from "./dataset.ts";
import { type Format, formatOf, openPlain } from "./formats.ts";
import type { Frame } from "./frame.ts";
import { readJsonPart } from "./json_frame.ts";
import type { FilePart } from "./array_images.ts";
import type { ArrayChoice } from "./array_choice.ts";
import { hasArrays, readArrays } from "./array_files.ts";
import { areImages, columnsOf } from "./array_part.ts";
import { bySplit } from "./split_names.ts";
import { type JoinOptions, joinParts, type NamedPart } from "./join_parts.ts";
import { readParquetFrame } from "./parquet_frame.ts";
import type { BuilderOptions, Part } from "./table_builder.ts";

/** How a frame is read. */
export interface FrameOptions extends BuilderOptions, ArrayChoice {
  /** At most this many rows in all, the first ones of each split in proportion to its size. */
  readonly limit?: number;
  /** Told how much of how much is done, now and then. */
  readonly onProgress?: Progress;
  /** Stops the work: `Cancelled` is thrown. */
  readonly signal?: AbortSignal;
}

/** Readers of one file by its format; Parquet files are read together. */
const READERS: Record<
  "csv" | "tsv" | "json",
  (buffer: AsyncBuffer, file: string, options: PartOptions & { head?: Head }) => Promise<Part>
> = {
  csv: readCsvPart,
  tsv: (buffer, file, options) => readCsvPart(buffer, file, { ...options, delimiter: "\t" }),
  json: readJsonPart,
};

/**
 * Reads all rows of a source.
 *
 * @throws {DataError} if a file is missing, damaged or of another kind than the first, or a row
 *   does not fit: the message names file, row and column
 * @throws {RangeError} if the limit is no positive integer
 * @throws {Cancelled} if the signal is set
 */
export async function readFrame(source: Source, options: FrameOptions = {}): Promise<Frame> {
  const { limit } = options;
  if (limit !== undefined && (!Number.isInteger(limit) || limit < 1)) {
    throw new RangeError(`limit must be a positive integer, got ${limit}`);
  }
  const [first, ...others] = source.files;
  if (!first) throw new DataError(`${source.name} has no rows: give a data set that has some`);
  const format = await formatOf(first);
  for (const other of others) {
    if (await formatOf(other) === format) continue;
    throw new DataError(
      `${source.name} has files of several kinds (${first.name}, ${other.name}): name those of one`,
    );
  }
  if (format === "parquet") return await readParquetFrame(source, options);
  if (hasArrays(format)) {
    return frameOfArrays(source.name, await readArrayParts(source, format, options), limit);
  }
  const parts = await readParts(source, format as "csv", {
    ...options,
    limit: firstOf(source, limit),
    onProgress: (done, total) => options.onProgress?.("read", done, total),
  });
  return joined(source.name, parts, { limit, ragged: format === "json" });
}

/** Rows that are read of each file at most: of several splits each one's share is known later. */
function firstOf({ files }: Source, limit?: number): number | undefined {
  return new Set(files.map(({ split }) => split)).size > 1 ? undefined : limit;
}

function joined(name: string, parts: NamedPart[], options: JoinOptions): Frame {
  const frame = joinParts(name, parts, options);
  if (frame.n > 0) return frame;
  throw new DataError(`${name} has no rows: give a data set that has some`);
}

/**
 * A frame of arrays: a column of lists, and one of classes if there are some.
 *
 * @throws {DataError} if they are images, or differ
 */
export function frameOfArrays(name: string, parts: readonly FilePart[], limit?: number): Frame {
  const image = parts.find(({ x }) => areImages(x));
  if (image) throw new DataError(`${image.file} has images, where a table is wanted: give one`);
  return joined(name, parts.map((part) => ({ ...columnsOf(part), ...part })), { limit });
}

async function readParts(
  source: Source,
  format: keyof typeof READERS,
  options: PartOptions,
): Promise<NamedPart[]> {
  const parts: NamedPart[] = [];
  for (const file of source.files) {
    const read = READERS[format];
    const { rows, head } = file, at = { firstRow: rows?.begin, head };
    const part = await read(await openPlain(file), file.name, { ...options, ...at });
    parts.push({ ...part, file: file.name, split: file.split });
  }
  return parts;
}

/** Reads the arrays of all files, those of one split together. */
export async function readArrayParts(
  source: Source,
  format: Format,
  { signal, columns, asTrained, limit, skipBadRows }: FrameOptions,
): Promise<FilePart[]> {
  const parts: FilePart[] = [];
  // An archive has splits of its own, an IDX file may have labels beside it.
  const first = format === "npy" ? firstOf(source, limit) : undefined;
  for (const file of source.files) {
    const labels = file.labels &&
      { name: file.labels.name, buffer: await openPlain(file.labels) };
    const range = { firstRow: file.rows?.begin, limit: first };
    const how = { signal, columns, asTrained, skipBadRows, ...range };
    const found = await readArrays(format, await openPlain(file), file.name, how, labels);
    // A model knows its rows by the name of their column, whatever arrays are called.
    const known = asTrained && columns?.length === 1 ? columns[0] : undefined;
    found.forEach((part) =>
      parts.push({ split: file.split, ...part, name: part.name ?? known, file: file.name })
    );
  }
  return parts.sort((a, b) => bySplit(a.split, b.split));
}
