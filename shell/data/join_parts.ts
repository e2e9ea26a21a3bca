/** The columns of several files as one frame. */

import { DataError } from "../errors.ts";
import type { Frame, FrameColumn, NumberColumn } from "./frame.ts";
import { shareLimit } from "./parquet.ts";
import type { Part } from "./table_builder.ts";

/** What was read of one file. */
export interface NamedPart extends Part {
  readonly file: string;
  readonly split: string;
}

/**
 * Puts the rows of files one below the other; those of one split lie together.
 *
 * @param limit rows in all, at most: each split gives its share, the first ones
 * @throws {DataError} if a file has other columns than the first
 */
export function joinParts(name: string, parts: readonly NamedPart[], limit?: number): Frame {
  const [first, ...others] = parts;
  others.forEach((part) => checkAlike(first, part));
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
  const bad = parts.flatMap(({ badRows }) => badRows ?? []);
  return {
    name,
    n: ids.length,
    columns: first.columns.map(({ name }) =>
      joined(parts.map((part) => columnOf(part, name)), takes)
    ),
    splits,
    ids,
    skipped: first.skipped ?? [],
    ...bad.length > 0 && {
      badRows: { count: bad.reduce((sum, { count }) => sum + count, 0), first: bad[0].first },
    },
  };
}

function checkAlike(first: NamedPart, { file, columns }: NamedPart) {
  const names = (all: readonly FrameColumn[]) => all.map(({ name }) => name);
  const [expected, found] = [names(first.columns), names(columns)];
  const missing = expected.find((name) => !found.includes(name));
  const extra = found.find((name) => !expected.includes(name));
  if (missing !== undefined || extra !== undefined) {
    throw new DataError(
      `${file} has ${missing !== undefined ? `no column "${missing}"` : `a column "${extra}"`}, ` +
        `unlike ${first.file}: read them apart, or make their columns alike`,
    );
  }
  first.columns.forEach(({ name, type }) => {
    const other = columns.find((column) => column.name === name)!;
    if (other.type === type) return;
    throw new DataError(
      `${file} has ${other.type}s in column "${name}" where ${first.file} has ${type}s: make them ` +
        `alike, or take the column for words with --categorical ${name}`,
    );
  });
}

const columnOf = ({ columns }: Part, name: string) => columns.find((one) => one.name === name)!;

function joined(columns: readonly FrameColumn[], takes: readonly number[]): FrameColumn {
  const [first] = columns;
  if (columns.length === 1 && first.values.length === takes[0]) return first;
  if (first.type === "string" || first.type === "list") {
    const values = columns.flatMap(({ values }, p) => [...values].slice(0, takes[p]));
    return { ...first, values } as FrameColumn;
  }
  const values = new Float64Array(takes.reduce((a, b) => a + b, 0));
  let at = 0;
  columns.forEach((column, p) => {
    values.set((column as NumberColumn).values.subarray(0, takes[p]), at);
    at += takes[p];
  });
  return { ...first, values };
}
