/** The shapes of what the data edge hands over: sources of rows, and the data set made of them. */

import type { AsyncBuffer } from "hyparquet";
import type { Head } from "./csv_frame.ts";
import type { TextPreprocessing } from "./encoders/preprocessing.ts";
import type { ImageEncoder } from "./images/features.ts";
import type { ImageSettings } from "./images/settings.ts";
import type { Overrides } from "./roles.ts";
import type { TablePreprocessing, TableSettings } from "./table/preprocessing.ts";

/** A named run of rows, `begin` (included) to `end` (excluded), of a data set. */
export interface Split {
  /** train, validation, test, ... */
  name: string;
  /** Its first row. */
  begin: number;
  /** The row behind its last. */
  end: number;
}

/**
 * All rows of a data set, decoded, in the order of its splits (train, validation, test).
 *
 * Images keep their bytes (u8, 0..255) and a row has the shape `[height, width, channels]`; a table
 * is f32 and a row has the shape `[columns]`. Every number in `data` is finite.
 */
export interface Dataset {
  /** Of the source, for messages. */
  name: string;
  /** What its rows are. */
  kind: "images" | "table" | "text";
  /** Number of rows. */
  n: number;
  /** Shape of one row: `[height, width, channels]` or `[columns]`. */
  shape: number[];
  /** Row-major, `n` times the product of `shape` elements; empty if the rows are in `shards`. */
  data: Uint8Array | Float32Array;
  /** Rows that are more than the memory that was allowed for them. */
  shards?: Shards;
  /** What `data` was made from: the image column, or the table's in order; `name[0]` of a list. */
  columns: string[];
  /** The column with the classes, if there is one. */
  label?: string;
  /** The class of each row as an index into `labelNames`; -1 where the source has none. */
  labels?: Int32Array;
  /** Names of the classes, by number. */
  labelNames?: string[];
  /** The text of each row, if `kind` is text: `data` is empty until they are encoded. */
  texts?: string[];
  /** Texts that are more than the memory that was allowed for them, instead of `texts`. */
  textShards?: TextShards;
  /** In the order of the rows. */
  splits: Split[];
  /**
   * Row numbers in the whole source, from 0: they differ from positions only under a `limit`, or
   * where rows were left out.
   */
  ids: Int32Array;
  /** The column that names the rows, if there is one. */
  id?: string;
  /** The name of each row: its value in column `id`, or an image's path in its folder. */
  names?: readonly (string | null)[];
  /** How columns or texts became numbers: plain JSON, all that new rows need. */
  preprocessing?: TablePreprocessing | TextPreprocessing;
  /** What was found, line by line, for a person to read before the work begins. */
  notes?: readonly string[];
  /** Those of `notes` that tell of rows which were left out: nobody should miss them. */
  lost?: readonly string[];
  /** How images were made into rows. */
  images?: ImageSettings;
  /** Rows and files that were left out, in order. */
  skipped?: Skipped[];
  /** The commit of the Hub that the rows are of: `revision` of a later reading. */
  commit?: string;
}

/** Rows that are read from their files in parts, again each time. */
export interface Shards {
  /** Numbers in a row. */
  readonly width: number;
  /** Bytes, which stand for 0 to 1, or floats. */
  readonly type: "u8" | "f32";
  /** First row of each shard, from 0, and the number of rows at the end. */
  readonly starts: readonly number[];
  /** Reads the rows of a shard. @throws {DataError} as reading all of them does */
  read(shard: number): Promise<Uint8Array | Float32Array>;
}

/** Texts that are read from their files in parts, again each time. */
export interface TextShards {
  /** First row of each shard, from 0, and the number of rows at the end. */
  readonly starts: readonly number[];
  /** Reads the texts of a shard. @throws {DataError} as reading all of them does */
  read(shard: number): Promise<readonly string[]>;
}

/** A row or a file that was left out. */
export interface Skipped {
  /** `row 7 of a.parquet`, or the file's path in its folder. */
  name: string;
  /** What is wrong with "it". */
  reason: string;
}

/** One file of a source, local or remote. */
export interface DataFile {
  /** What messages call it: a path or an address. */
  name: string;
  /** The split its rows belong to. */
  split: string;
  /** What is in it, such as "csv", where its name does not tell; "image" if it is one. */
  format?: string;
  /** The file with the classes, if it is an IDX file. */
  labels?: DataFile;
  /** The class of an image. */
  className?: string;
  /** Rows that are read of it, `begin` (included) to `end` (excluded); by default all. */
  rows?: { readonly begin: number; readonly end: number };
  /** What the first line of the whole tells, if this is a part of a text table from behind it. */
  head?: Head;
  /** Opens it for random access. */
  open(): Promise<AsyncBuffer>;
}

/** Where a data set comes from: its files in reading order, those of one split together. */
export interface Source {
  /** Of the source, for messages. */
  name: string;
  /** In the order in which their rows count. */
  files: DataFile[];
  /** The commit of the Hub that they are of, which gets the same files at any later time. */
  commit?: string;
  /** Files beside them that are of no use. */
  skipped?: Skipped[];
}

/** Inflates a zlib stream whose content is `size` bytes long. */
export type Inflate = (stream: Uint8Array, size: number) => Uint8Array;

/**
 * What is going on, and how much of how much is done: rows that are prepared or read, bytes of a
 * `download`, seconds of a `wait` for the Hub of as many as it may take at most.
 */
export type Progress = (
  stage: "prepare" | "wait" | "download" | "read",
  done: number,
  total: number,
) => void;

/** How a source is read. */
export interface ReadOptions extends Overrides, TableSettings {
  /** At most this many rows in all, the first ones of each split in proportion to its size. */
  limit?: number;
  /** Bytes of rows that may be in memory; of more than that come {@link Shards}. By default any. */
  memory?: number;
  /** A fast zlib, where the runtime has one: see zlib.ts. Without it fflate is used. */
  inflate?: Inflate;
  /** Leave rows out that cannot be read, and count them, instead of stopping at the first. */
  skipBadRows?: boolean;
  /** How images become rows; by default as they are, transparent ones on white. */
  images?: Partial<ImageSettings>;
  /** Whether those settings are of a model that was trained: messages advise no others. */
  asTrained?: boolean;
  /** Finds features in images, which then are the rows: see encoders/image_encoder.ts. */
  features?: ImageEncoder;
  /** Threads that decode images, 0 for none but the calling one; by default one per core. */
  workers?: number;
  /** Told how much of how much is done. */
  onProgress?: Progress;
  /** Stops the reading with {@link Cancelled}. */
  signal?: AbortSignal;
}
