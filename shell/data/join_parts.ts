/** The columns of several files as one frame. */

import { DataError } from "../errors.ts";
import { type Frame, type FrameColumn, isEmpty, type NumberColumn } from "./frame.ts";
import { shareLimit } from "./parquet.ts";
import { nounOf } from "./column_words.ts";
import type { Part } from "./table_builder.ts";

/** What was read of one file. */
export interface NamedPart extends Part {
  readonly file: string;
  readonly split: string;
}

/** How parts are joined. */
export interface JoinOptions {
  /** Rows in all, at most: each split gives its share, the first ones. */
  readonly limit?: number;
  /** Whether a file may lack columns that others have, as objects may. */
  readonly ragged?: boolean;
}

/**
 * Puts the rows of files one below the other; those of one split lie together.
 *
 * @throws {DataError} if a file has other columns than the first, or other values in one
 */
export function joinParts(
  name: string,
  parts: readonly NamedPart[],
  { limit, ragged = false }: JoinOptions = {},
): Frame {
  const [first, ...others] = parts;
  if (!ragged) others.forEach((part) => checkNames(first, part));
  let before = 0;
  const shares = parts.map(({ split, n: rows }) => {
    const share = { file: { split }, rows, first: before, take: rows };
    before += rows;
    return share;
  });
  const splits = before > 0 ? shareLimit(shares, before, limit) : [];
  const takes = shares.map(({ take }) => take);
  const ids = new Int32Array(splits.at(-1)?.end ?? 0);
  let at = 0, offset = 0;
  parts.forEach(({ rows, total }, p) => {
    for (let i = 0; i < takes[p]; i++) ids[at++] = offset + (rows?.[i] ?? i);
    offset += total;
  });
  const names = new Set(parts.flatMap(({ columns }) => columns.map((column) => column.name)));
  const bad = parts.flatMap(({ badRows }) => badRows ?? []);
  const styles = new Map(parts.flatMap(({ styles = [] }) => [...styles]));
  return {
    ...{ name, n: ids.length, splits, ids },
    columns: [...names].map((column) => joined(column, parts, takes)),
    skipped: skippedIn(parts, names),
    ...styles.size > 0 && { styles },
    ...bad.length > 0 && {
      badRows: { count: bad.reduce((sum, { count }) => sum + count, 0), first: bad[0].first },
    },
  };
}

function skippedIn(parts: readonly Part[], names: ReadonlySet<string>) {
  const all = parts.flatMap(({ skipped = [] }) => skipped);
  return all.filter(({ name }, i) =>
    !names.has(name) && all.findIndex((one) => one.name === name) === i
  );
}

function checkNames(first: NamedPart, { file, columns }: NamedPart) {
  const names = (all: readonly FrameColumn[]) => all.map(({ name }) => name);
  const [expected, found] = [names(first.columns), names(columns)];
  const missing = expected.find((name) => !found.includes(name));
  const extra = found.find((name) => !expected.includes(name));
  if (missing === undefined && extra === undefined) return;
  throw new DataError(
    `${file} has ${missing !== undefined ? `no column "${missing}"` : `a column "${extra}"`}, ` +
      `unlike ${first.file}: read them apart, or make their columns alike`,
  );
}

/** One column of all parts. A part without any value in it has one of any type. */
function joined(name: string, parts: readonly NamedPart[], takes: readonly number[]): FrameColumn {
  const columns = parts.map((part) => part.columns.find((column) => column.name === name));
  const isFull = (column?: FrameColumn) => column !== undefined && !isEmpty(column);
  const at = Math.max(0, columns.findIndex(isFull));
  const leader = columns[at] ?? columns.find((column) => column !== undefined)!;
  const { type } = leader;
  const other = columns.findIndex((column) => isFull(column) && column!.type !== type);
  if (other >= 0) {
    throw new DataError(
      `${parts[other].file} has ${nounOf(columns[other]!.type)} in column "${name}", where ` +
        `${parts[at].file} has ${nounOf(type)}: make them alike, or take the column for words ` +
        `with --categorical ${name}`,
    );
  }
  if (parts.length === 1 && leader.values.length === takes[0]) return leader;
  if (type === "string" || type === "list") {
    const values = columns.flatMap((column, p) =>
      Array.from({ length: takes[p] }, (_, i) => isFull(column) ? column!.values[i] : null)
    );
    return { ...leader, values } as FrameColumn;
  }
  const values = new Float64Array(takes.reduce((a, b) => a + b, 0)).fill(NaN);
  let done = 0;
  columns.forEach((column, p) => {
    if (isFull(column)) values.set((column as NumberColumn).values.subarray(0, takes[p]), done);
    done += takes[p];
  });
  return { ...leader, values } as FrameColumn;
}
