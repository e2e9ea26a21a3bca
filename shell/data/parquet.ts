/**
 * Reads data sets from Parquet files, local or remote: anything that hyparquet can take slices of.
 *
 * @see https://parquet.apache.org/docs/file-format/
 */

import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
} from "hyparquet";
import { Cancelled, DataError } from "../errors.ts";
import { allocate, LabelRows, TableRows, VectorRows } from "./columns.ts";
import type { DataFile, Dataset, ReadOptions, Skipped, Source, Split } from "./dataset.ts";
import type { FeatureRows } from "./images/features.ts";
import type { BadImage } from "./images/place.ts";
import { imageRows, imageSettings } from "./images/image_rows.ts";
import type { ImageRows } from "./images/rows.ts";
import { describeSkipped, withoutRows } from "./images/skip.ts";
import { checkedFile } from "./parquet_pages.ts";
import { type Choice, chooseColumns } from "./schema.ts";

/** The place of a file in the whole source. */
export interface Share {
  readonly file: { readonly split: string };
  /** Rows of the file that count. */
  rows: number;
  /** Rows before it in the source, and how many of its first rows are read. */
  first: number;
  take: number;
}

/** An opened file. */
export interface OpenFile extends Share {
  file: DataFile;
  buffer: AsyncBuffer;
  metadata: FileMetaData;
  /** The first row of the file that counts. */
  from: number;
}

/**
 * Reads a source into memory: images to u8, numbers to f32, labels to class indices.
 *
 * @throws {DataError} if a file is missing, damaged or no Parquet file, a column is missing or of
 *   an unsupported type, a value is not finite, an image does not decode or differs in size
 * @throws {RangeError} if the limit is no positive integer
 * @throws {Cancelled} if the signal is set
 */
export async function readDataset(source: Source, options: ReadOptions = {}): Promise<Dataset> {
  const files = await openFiles(source);
  const total = files.reduce((sum, { rows }) => sum + rows, 0);
  if (!total) throw new DataError(`${source.name} has no rows: give a data set that has some`);
  const splits = shareLimit(files, total, options.limit);
  const n = splits[splits.length - 1].end;

  const choice = chooseAlike(files, options);
  const { kind, columns, label } = choice;
  const name = source.name;
  const target = targetOf(choice, n, options);
  try {
    await gather(name, files, choice, target, options);
    const { labels, ids } = target;
    const classes = labels && { label, ...labels.finish() };
    if (target.images) {
      const { data, shape, n, bad } = await target.images.finish();
      const left = withoutRows({ ids, splits, ...classes }, bad.map(({ at }) => at));
      const about = { name, kind: "images" as const, n, shape, data, columns, ...classes, ...left };
      const skipped = bad.map(skippedRow);
      const lines = describeSkipped(skipped);
      const told = bad.length ? { skipped, notes: lines, lost: lines } : {};
      return { ...about, images: imageSettings(options), ...told };
    }
    const { data, shape } = target.table ?? target.vectors!;
    const names = kind === "vectors"
      ? Array.from({ length: shape[0] }, (_, j) => `${columns[0]}[${j}]`)
      : columns;
    return { name, kind: "table", n, shape, data, columns: names, ...classes, splits, ids };
  } finally {
    await target.images?.close();
  }
}

/** Where the rows go. */
interface Target {
  readonly images?: ImageRows | FeatureRows;
  readonly vectors?: VectorRows;
  readonly table?: TableRows;
  readonly labels?: LabelRows;
  readonly ids: Int32Array;
}

const skippedRow = ({ place: { file, row }, reason }: BadImage): Skipped => ({
  name: `row ${row} of ${file}`,
  reason,
});

function targetOf(choice: Choice, n: number, options: ReadOptions): Target {
  const { kind, columns, label, classNames } = choice;
  return {
    images: kind === "images" ? imageRows(n, options) : undefined,
    vectors: kind === "vectors" ? new VectorRows(n) : undefined,
    table: kind === "table" ? new TableRows(n, columns.length) : undefined,
    labels: label === undefined ? undefined : new LabelRows(classNames),
    ids: allocate(Int32Array, n, [1]),
  };
}

/** Reads the files one after another; images may still be under way at the end. */
async function gather(
  name: string,
  files: OpenFile[],
  { columns, label }: Choice,
  { images, vectors, table, labels, ids }: Target,
  { onProgress, signal }: ReadOptions,
): Promise<void> {
  let done = 0;
  for (const open of files) {
    for await (const { column, values, row } of readColumns(open, columns, label)) {
      const place = { file: open.file.name, column, row };
      if (column === columns[0]) {
        vectors?.push(values, place);
        await images?.push(values, (i) => ({ ...place, row: row + i }));
      }
      if (table && columns.includes(column)) {
        table.push(values, place, columns.indexOf(column), done);
      }
      if (column === label) labels?.push(values, place);
      if (column !== columns[columns.length - 1]) continue;
      for (let i = 0; i < values.length; i++) ids[done++] = open.first - open.from + row + i;
      onProgress?.("read", done, ids.length);
      if (signal?.aborted) throw new Cancelled(`reading ${name} was stopped`);
    }
  }
}

/** Opens every file and reads its footer. */
export async function openFiles(source: Source): Promise<OpenFile[]> {
  const files: OpenFile[] = [];
  let first = 0;
  for (const file of source.files) {
    const buffer = await file.open();
    const metadata = await readFooter(buffer, file.name);
    const all = Number(metadata.num_rows);
    const grouped = metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
    if (all !== grouped) throw damaged(new Error(`${grouped} of ${all} rows`), file.name);
    const { begin: from, end } = file.rows ?? { begin: 0, end: all };
    const rows = end - from;
    files.push({ file, buffer, metadata, from, rows, first, take: rows });
    first += rows;
  }
  return files;
}

/** Footers of opened files, which are looked at again for each of their parts. */
const footers = new WeakMap<AsyncBuffer, FileMetaData>();

/**
 * Reads the footer of a Parquet file.
 *
 * @param name what messages call it
 * @throws {DataError} if the file is empty, cut short or no Parquet file
 */
export async function readFooter(buffer: AsyncBuffer, name: string): Promise<FileMetaData> {
  const known = footers.get(buffer);
  if (known) return known;
  const size = buffer.byteLength;
  if (!size) throw new DataError(`${name} is empty: fetch or make it again`);
  const magic = async (at: number) =>
    String.fromCharCode(...new Uint8Array(await buffer.slice(at, at + 4)));
  if (size < 12 || await magic(size - 4) !== "PAR1") {
    throw new DataError(
      size >= 4 && await magic(0) === "PAR1"
        ? `${name} is cut short (a Parquet file without its end): fetch or make it again`
        : `${name} is not a Parquet file: give one, or a folder of them`,
    );
  }
  try {
    const metadata = await parquetMetadataAsync(buffer);
    // Throws if the schema is no tree.
    parquetSchema(metadata);
    footers.set(buffer, metadata);
    return metadata;
  } catch (error) {
    throw damaged(error, name);
  }
}

export function damaged(error: unknown, name: string): Error {
  if (error instanceof DataError || error instanceof Cancelled) return error;
  const { message } = error as Error;
  return new DataError(`${name} is damaged (${message}): fetch or make it again`, { cause: error });
}

/** Gives each split its share of the limit, each file that of its split; returns the splits. */
export function shareLimit(files: Share[], total: number, limit = total): Split[] {
  if (!Number.isInteger(limit) || limit < 1) {
    throw new RangeError(`limit must be a positive integer, got ${limit}`);
  }
  const share = Math.min(limit, total) / total;
  const splits: Split[] = [];
  for (const { file: { split }, rows, first } of files) {
    const last = splits[splits.length - 1];
    // Both ends are rounded in the same way, so the shares add up to the limit.
    const end = Math.round(share * (first + rows));
    if (last?.name === split) last.end = end;
    else splits.push({ name: split, begin: last?.end ?? 0, end });
  }
  for (const { name, begin, end } of splits) {
    let left = end - begin;
    for (const open of files.filter(({ file }) => file.split === name)) {
      open.take = Math.min(open.rows, left);
      left -= open.take;
    }
  }
  return splits;
}

/** Chooses columns by the first file with rows and makes sure that every other one has them. */
export function chooseAlike(files: OpenFile[], options: ReadOptions) {
  const [first, ...others] = files;
  const choice = chooseColumns(first.metadata, first.file.name, options);
  const { columns, label = false } = choice;
  for (const { metadata, file } of others) {
    const other = chooseColumns(metadata, file.name, { columns, label });
    const names = other.classNames;
    if (names && names.join("\n") !== (choice.classNames ?? []).join("\n")) {
      throw new DataError(
        `${file.name} names other classes in column "${label}" than ${first.file.name}: read ` +
          `them apart`,
      );
    }
  }
  return choice;
}

/** Reads the columns of one file row group by row group, the label first, each column in turn. */
export async function* readColumns(open: OpenFile, columns: string[], label?: string) {
  const { file, buffer, metadata, from, take } = open;
  const all = label === undefined || columns.includes(label) ? columns : [label, ...columns];
  if (!take) return;
  try {
    const scan = await parquetScan({
      ...checkedFile(buffer, metadata),
      metadata,
      columns: all,
      rowStart: from,
      rowEnd: from + take,
      useOffsetIndex: false,
      // Else bytes without an annotation, such as PNGs, would be decoded to text.
      utf8: false,
    });
    for (const { rowStart, rowEnd } of scan.ranges) {
      for (const column of all) {
        const values = await scan.readColumn({ column, rowStart, rowEnd });
        if (values.length !== rowEnd - rowStart) {
          throw new Error(`column ${column} has ${values.length} values, not ${rowEnd - rowStart}`);
        }
        yield { column, values, row: rowStart };
      }
    }
  } catch (error) {
    throw damaged(error, file.name);
  }
}
