/** Arrays of numbers as rows: images if they are bytes of that shape, else a column of lists. */

import { DataError } from "../errors.ts";
import type { FrameColumn } from "./frame.ts";
import type { Part } from "./table_builder.ts";

/** An array whose first axis counts rows. */
export interface ArrayRows {
  readonly shape: readonly number[];
  /** Row-major; finite, but in rows that are bad. */
  readonly data: Uint8Array | Float32Array;
}

/** The class of each row. */
export type ArrayLabels = readonly (number | string | boolean | null)[];

/** Rows of one file, or of one split of it. */
export interface ArrayPart {
  readonly x: ArrayRows;
  readonly labels?: ArrayLabels;
  /** Where the file itself tells the split. */
  readonly split?: string;
  /** What the column of the rows is called; by default `x`. */
  readonly name?: string;
  /** Arrays beside them that are of no use. */
  readonly others?: readonly string[];
  /** Rows that are to be left out, and what is wrong with each. */
  readonly bad?: ReadonlyMap<number, string>;
}

/** Names of the columns of a frame that is made of arrays. */
export const ARRAY_COLUMN = "x", LABEL_COLUMN = "label";

/** Whether rows are images: bytes of `[height, width]` or `[height, width, 1 or 3]`. */
export function areImages({ shape, data }: ArrayRows): boolean {
  if (!(data instanceof Uint8Array)) return false;
  return shape.length === 3 || shape.length === 4 && (shape[3] === 1 || shape[3] === 3);
}

/** @throws {DataError} if there are more or fewer labels than rows, or no rows */
export function checkArrays({ x: { shape }, labels }: ArrayPart, file: string): void {
  const [n] = shape;
  if (shape.slice(1).includes(0)) {
    throw new DataError(`${file} has shape (${shape.join(", ")}): its rows have no numbers`);
  }
  if (labels && labels.length !== n) {
    throw new DataError(
      `${file} has ${labels.length} labels for ${n} rows: give one label for each row`,
    );
  }
}

/** The columns of a frame. */
export function columnsOf(part: ArrayPart): Part {
  const { x, labels, others = [], name = ARRAY_COLUMN, bad } = part;
  if (bad?.size) return withoutBad(part, bad);
  const { shape: [n, ...rest], data } = x;
  const width = rest.reduce((a, b) => a * b, 1);
  // Views: a copy of each row would take as much again.
  const floats = data instanceof Float32Array || rest.length === 0 ? data : Float32Array.from(data);
  const columns: FrameColumn[] = [
    rest.length === 0 ? { name, type: "number", values: Float64Array.from(data) } : {
      name,
      type: "list",
      values: Array.from(
        { length: n },
        (_, i) => floats.subarray(i * width, (i + 1) * width) as Float32Array,
      ),
    },
    ...labels ? [labelColumn(labels)] : [],
  ];
  const skipped = others.map((one) => ({ name: one, reason: `another array than ${name}` }));
  return { n, total: n, columns, skipped };
}

/** The columns of the rows that are not bad. */
function withoutBad(part: ArrayPart, bad: ReadonlyMap<number, string>): Part {
  const { x: { shape: [n, ...rest], data }, labels } = part;
  const width = rest.reduce((a, b) => a * b, 1);
  const rows = Int32Array.from({ length: n }, (_, i) => i).filter((i) => !bad.has(i));
  const kept = new Float32Array(rows.length * width);
  rows.forEach((row, i) => kept.set(data.subarray(row * width, (row + 1) * width), i * width));
  const good = columnsOf({
    ...{ ...part, bad: undefined, x: { shape: [rows.length, ...rest], data: kept } },
    ...labels && { labels: Array.from(rows, (row) => labels[row]) },
  });
  const first = bad.get([...bad.keys()].reduce((a, b) => Math.min(a, b)))!;
  return { ...good, total: n, rows, badRows: { count: bad.size, first } };
}

function labelColumn(labels: ArrayLabels): FrameColumn {
  const name = LABEL_COLUMN;
  if (labels.some((label) => typeof label === "string")) {
    return { name, type: "string", values: labels.map((one) => one === null ? null : `${one}`) };
  }
  const type = labels.every((label) => typeof label === "boolean") ? "boolean" : "number";
  return {
    name,
    type,
    values: Float64Array.from(labels, (one) => one === null ? NaN : Number(one)),
  };
}
