/** Any source of rows as a frame. */

import { DataError } from "../errors.ts";
import { type PartOptions, readCsvPart } from "./csv_frame.ts";
import type { DataFile, Progress, Source } from "./dataset.ts";
import { type Format, formatOf } from "./formats.ts";
import type { Frame, FrameColumn } from "./frame.ts";
import { readJsonPart } from "./json_frame.ts";
import { joinParts, type NamedPart } from "./join_parts.ts";
import { readParquetFrame } from "./parquet_frame.ts";
import type { BuilderOptions, Part } from "./table_builder.ts";

/** How a frame is read. */
export interface FrameOptions extends BuilderOptions {
  /** At most this many rows in all, the first ones of each split in proportion to its size. */
  readonly limit?: number;
  readonly onProgress?: Progress;
  readonly signal?: AbortSignal;
}

/** Readers of one file by its format; Parquet files are read together. */
const READERS: Record<
  Exclude<Format, "parquet">,
  (file: DataFile, options: PartOptions) => Promise<Part>
> = {
  csv: async (file, options) => readCsvPart(await file.open(), file.name, options),
  json: async (file, options) => readJsonPart(await file.open(), file.name, options),
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
  const format = formatOf(first);
  const other = others.find((file) => formatOf(file) !== format);
  if (other) {
    throw new DataError(
      `${source.name} has files of several kinds (${first.name}, ${other.name}): name those of one`,
    );
  }
  if (format === "parquet") return await readParquetFrame(source, options);
  const parts: NamedPart[] = [];
  const several = new Set(source.files.map(({ split }) => split)).size > 1;
  for (const file of source.files) {
    const part = await READERS[format](file, {
      ...options,
      // With several splits, each one's share is known only when all are read.
      limit: several ? undefined : limit,
      onProgress: (done, total) => options.onProgress?.("read", done, total),
    });
    parts.push({ ...part, file: file.name, split: file.split });
  }
  const frame = joinParts(source.name, parts, limit);
  if (frame.n === 0) {
    throw new DataError(`${source.name} has no rows: give a data set that has some`);
  }
  return frame;
}

/** Some rows of a column. */
export function selectRows(column: FrameColumn, rows: ArrayLike<number>): FrameColumn {
  if (column.type === "string" || column.type === "list") {
    return { ...column, values: Array.from(rows, (i) => column.values[i]) } as FrameColumn;
  }
  return { ...column, values: Float64Array.from(rows, (i) => column.values[i]) };
}
