/** The columns of Parquet files as a frame: everything but images and nested values. */

import { parquetSchema, type SchemaTree } from "hyparquet";
import { Cancelled, DataError } from "../errors.ts";
import { allocate } from "./columns.ts";
import type { Source } from "./dataset.ts";
import type { Dropped, Frame, FrameColumn } from "./frame.ts";
import { type OpenFile, openFiles, readColumns, shareLimit } from "./parquet.ts";
import {
  classNamesOf,
  describe,
  elementOf,
  type Feature,
  isImage,
  isNumeric,
  readFeatures,
} from "./schema.ts";
import { AS_TOLD } from "./roles.ts";
import { selectFrame } from "./select_rows.ts";
import type { FrameOptions } from "./read_frame.ts";

type Type = FrameColumn["type"];

/** A column that is read, and where its values go. */
interface Target {
  readonly name: string;
  readonly type: Type;
  readonly numbers: Float64Array;
  readonly others: (string | Float32Array | null)[];
  readonly classNames?: readonly string[];
}

/**
 * Reads the columns of Parquet files, each file with the same ones. Decimals are numbers, times
 * are milliseconds since 1970.
 *
 * @throws {DataError} if a file is damaged or lacks a column that others have, or a number is not
 *   finite
 */
export async function readParquetFrame(source: Source, options: FrameOptions): Promise<Frame> {
  const files = await openFiles(source);
  const total = files.reduce((sum, { rows }) => sum + rows, 0);
  if (!total) throw new DataError(`${source.name} has no rows: give a data set that has some`);
  const splits = shareLimit(files, total, options.limit);
  const n = splits[splits.length - 1].end;
  const { targets, skipped } = targetsOf(files, options, n);
  if (targets.length === 0) {
    const found = skipped.map(({ name, reason }) => `${name} (${reason})`).join(", ");
    throw new DataError(`${source.name} has no column that can be used: ${found || "it has none"}`);
  }
  const names = targets.map(({ name }) => name);
  const ids = allocate(Int32Array, n, [1]);
  const bad = new BadPlaces(options.skipBadRows);
  let done = 0;
  for (const open of files) {
    for await (const { column, values, row } of readColumns(open, names)) {
      const target = targets[names.indexOf(column)];
      fill(target, done, values, (i, problem) => {
        const where = `${open.file.name}, row ${row + i} (counting from 0), column "${column}"`;
        bad.note(done + i, `${where}: ${problem}`);
      });
      if (column !== names[names.length - 1]) continue;
      for (let i = 0; i < values.length; i++) ids[done++] = open.first - open.from + row + i;
      options.onProgress?.("read", done, n);
      if (options.signal?.aborted) throw new Cancelled(`reading ${source.name} was stopped`);
    }
  }
  return bad.without({
    ...{ name: source.name, n, columns: targets.map(finish), splits, ids, skipped },
  });
}

/** Rows that cannot be used. */
class BadPlaces {
  readonly #places = new Set<number>();
  #first = "";

  constructor(readonly skip = false) {}

  /** @throws {DataError} unless such rows are left out */
  note(place: number, message: string) {
    if (!this.skip) {
      throw new DataError(`${message}, or leave such rows out with --skip-bad-rows`);
    }
    this.#first ||= message;
    this.#places.add(place);
  }

  /** @throws {DataError} if no row is left */
  without(frame: Frame): Frame {
    const count = this.#places.size;
    if (count === 0) return frame;
    const rows = Int32Array.from({ length: frame.n }, (_, i) => i)
      .filter((i) => !this.#places.has(i));
    if (rows.length > 0) {
      return { ...selectFrame(frame, rows), badRows: { count, first: this.#first } };
    }
    throw new DataError(`${frame.name} has no row that can be used: ${this.#first}`);
  }
}

/** What is read, by the first file's schema. @throws {DataError} if another file lacks a column */
function targetsOf(files: OpenFile[], { without = [], only }: FrameOptions, n: number) {
  const targets: Target[] = [], skipped: Dropped[] = [];
  const [first, ...others] = files;
  const features = readFeatures(first.metadata);
  for (const node of parquetSchema(first.metadata).children) {
    const { name } = node.element;
    const type = typeOf(node, features[name]);
    const told = without.includes(name) || !(only?.includes(name) ?? true);
    if (told || type === undefined) {
      skipped.push({ name, reason: told ? AS_TOLD : `it is ${reasonOf(node, features[name])}` });
      continue;
    }
    const classNames = type === "number" ? classNamesOf(features[name]) : undefined;
    const numbers = allocate(Float64Array, holdsNumbers(type) ? n : 0, [1]);
    targets.push({ name, type, numbers, others: [], classNames });
  }
  for (const { metadata, file } of others) {
    const nodes = parquetSchema(metadata).children;
    for (const { name, type } of targets) {
      const node = nodes.find(({ element }) => element.name === name);
      if (node && typeOf(node, undefined) === type) continue;
      const what = node ? `${describe(node)} in column "${name}"` : `no column "${name}"`;
      throw new DataError(
        `${file.name} has ${what}, unlike ${first.file.name}: read them apart, or leave the ` +
          "column out with --drop",
      );
    }
  }
  return { targets, skipped };
}

function reasonOf(node: SchemaTree, feature: Feature | undefined): string {
  return isImage(node, feature) ? "an image" : `${describe(node)}, which cannot be read`;
}

/** What a column of a file becomes; undefined for what no column of a frame can hold. */
function typeOf(node: SchemaTree, feature: Feature | undefined): Type | undefined {
  const { type, converted_type, logical_type, repetition_type } = node.element;
  if (isImage(node, feature) || repetition_type === "REPEATED") return undefined;
  if (node.children.length) return elementOf(node) ? "list" : undefined;
  const names = [converted_type, logical_type?.type];
  if (names.some((name) => ["UTF8", "STRING", "ENUM", "UUID"].includes(name ?? ""))) {
    return "string";
  }
  if (type === "INT96" || names.some((name) => /^(DATE|TIMESTAMP)/.test(name ?? ""))) return "date";
  if (type === "BOOLEAN") return "boolean";
  return isNumeric(node) ? "number" : undefined;
}

const holdsNumbers = (type: Type) => type !== "string" && type !== "list";

function fill(
  target: Target,
  done: number,
  values: ArrayLike<unknown>,
  bad: (i: number, problem: string) => void,
) {
  const { type, numbers, others } = target;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? null;
    if (!holdsNumbers(type)) {
      others.push(type === "list" ? list(value) : value === null ? null : text(value));
      continue;
    }
    const number = value === null ? NaN : Number(value);
    if (Math.abs(number) === Infinity) {
      bad(i, `the value is ${value}, but every value must be finite: correct it`);
    }
    numbers[done + i] = number;
  }
}

const decoder = new TextDecoder();
const text = (value: unknown) =>
  (value instanceof Uint8Array ? decoder.decode(value) : String(value)).trim();
const list = (value: unknown) =>
  value === null || !(value as ArrayLike<unknown>).length
    ? null
    : Float32Array.from(value as ArrayLike<number>, (one) => one === null ? NaN : Number(one));
function finish({ name, type, numbers, others, classNames }: Target): FrameColumn {
  if (!holdsNumbers(type)) return { name, type, values: others } as FrameColumn;
  return { name, type, values: numbers, ...classNames && { classNames } } as FrameColumn;
}
