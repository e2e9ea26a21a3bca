/** Which parts data sets that are more than memory are read in. */

import { DataError } from "../../errors.ts";
import type { ReadOptions, Shards, Source } from "../dataset.ts";
import type { Counted, CountedFile, Part } from "./cuts.ts";

/**
 * Bytes of a shard at most, and shards that the memory holds: many small ones, since training mixes
 * the rows of half of them, and rows often lie in an order that has to do with their classes.
 */
const SHARD = 1 << 23;
const HELD = 128;
/** The same where a piece of a group costs as much to read as the group. */
const LARGE = 1 << 24;
const HELD_LARGE = 8;

/** Rows `begin` (included) to `end` (excluded). */
interface Run {
  readonly begin: number;
  readonly end: number;
}

/** How many rows are put together, and how many are cut. */
export interface Sizes {
  /** Groups become one part up to so many rows. */
  readonly join: number;
  /** A group of more rows is cut. */
  readonly cut: number;
}

/**
 * Rows of a part: as many as fit into a 128th of the memory, and into 8 MB; where groups are best
 * read whole, such of up to an eighth, and 16 MB, are left so. From 1 GB on the parts depend on the
 * files alone.
 *
 * @param name what messages call the source
 * @param bytes of one row
 * @param whole whether groups are best read whole
 * @throws {DataError} if not even a few rows fit
 */
export function sizesOf(name: string, bytes: number, memory: number, whole = false): Sizes {
  if (HELD_LARGE * bytes > memory) {
    throw new DataError(
      `a row of ${name} has ${bytes} bytes, of which ${memory} bytes of memory hold too few: ` +
        `allow at least ${HELD_LARGE * bytes}`,
    );
  }
  const join = Math.max(1, Math.floor(Math.min(SHARD, memory / HELD) / bytes));
  const cut = whole ? Math.floor(Math.min(LARGE, memory / HELD_LARGE) / bytes) : join;
  return { join, cut: Math.max(join, cut) };
}

/** Cuts the files of a source into parts. @throws as {@link sizesOf} does */
export function partsOf({ source, files }: Counted, bytes: number, memory: number): Part[] {
  return files.flatMap((file) =>
    runsOf(file, sizesOf(source.name, bytes, memory, file.whole)).map((run) => ({ file, ...run }))
  );
}

/**
 * Rows `from` to `from + take` in runs: groups are put together where they are smaller, and cut where
 * they are larger.
 */
export function runsOf(
  { groups, from, take }: Pick<CountedFile, "groups" | "from" | "take">,
  { join, cut }: Sizes,
): Run[] {
  const runs: { begin: number; end: number }[] = [];
  let at = 0;
  for (const rows of groups) {
    const [begin, end] = [at, at + rows].map((row) => Math.min(Math.max(row, from), from + take));
    at += rows;
    const last = runs[runs.length - 1];
    if (last && end - last.begin <= join) last.end = end;
    else {
      const pieces = Math.ceil((end - begin) / cut);
      const place = (i: number) => begin + Math.floor((end - begin) * i / pieces);
      for (let i = 0; i < pieces; i++) runs.push({ begin: place(i), end: place(i + 1) });
    }
  }
  return runs;
}

/** Shards that read one part each. */
export function shardsOf<P extends Run>(
  parts: readonly P[],
  width: number,
  type: Shards["type"],
  read: (part: P, first: number) => ReturnType<Shards["read"]>,
): Shards {
  const starts = startsOf(parts);
  return { width, type, starts, read: (shard) => read(parts[shard], starts[shard]) };
}

/** First row of each part, from 0, and the number of rows at the end. */
export function startsOf(parts: readonly Run[]): number[] {
  const starts = [0];
  for (const { begin, end } of parts) starts.push(starts[starts.length - 1] + end - begin);
  return starts;
}

/** @throws {DataError} if the images of a part, or of its first file, are not as the first of all */
export function checkShape(
  where: string,
  shape: readonly number[],
  first: readonly number[],
): void {
  if (`${shape}` === `${first}`) return;
  throw new DataError(
    `${where}: the images from here on are ${shape.join(" x ")}, but the first one is ` +
      `${first.join(" x ")}: bring all images to one size`,
  );
}

/** @throws {DataError} if rows were to be left out, which only reading all of them can tell */
export function refuseSkipping({ name }: Source, options: ReadOptions): void {
  const option = options.skipBadRows
    ? "--skip-bad-rows"
    : options.missing === "drop"
    ? "--missing drop"
    : undefined;
  if (option === undefined) return;
  throw new DataError(
    `${name} is more than the memory allowed for it, and ${option} needs all rows at once: ` +
      "leave it out, allow more by --memory, or take fewer rows by --limit",
  );
}
