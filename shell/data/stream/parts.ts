/** Which parts data sets that are more than memory are read in. */

import { DataError } from "../../errors.ts";
import type { ReadOptions, Shards, Source } from "../dataset.ts";
import type { Counted, CountedFile, Part } from "./cuts.ts";

/** Bytes of a shard at most, and the share of the memory. */
const SHARD = 1 << 24;
const SHARE = 8;

/** Rows `begin` (included) to `end` (excluded). */
interface Run {
  readonly begin: number;
  readonly end: number;
}

/**
 * Rows of a part at most: those of an eighth of the memory, and of 16 MB. From 128 MB on the parts
 * depend on the files alone.
 *
 * @param name what messages call the source
 * @param bytes of one row
 * @throws {DataError} if not even a few rows fit
 */
export function mostRows(name: string, bytes: number, memory: number): number {
  if (SHARE * bytes <= memory) return Math.floor(Math.min(SHARD, memory / SHARE) / bytes);
  throw new DataError(
    `a row of ${name} has ${bytes} bytes, of which ${memory} bytes of memory hold too few: allow ` +
      `at least ${SHARE * bytes}`,
  );
}

/** Cuts the files of a source into parts. @throws as {@link mostRows} does */
export function partsOf({ source, files }: Counted, bytes: number, memory: number): Part[] {
  const most = mostRows(source.name, bytes, memory);
  return files.flatMap((file) => runsOf(file, most).map((run) => ({ file, ...run })));
}

/**
 * Rows `from` to `from + take` in runs of at most so many: groups are put together where they are
 * smaller, and cut where they are larger.
 */
export function runsOf(
  { groups, from, take }: Pick<CountedFile, "groups" | "from" | "take">,
  most: number,
): Run[] {
  const runs: { begin: number; end: number }[] = [];
  let at = 0;
  for (const rows of groups) {
    const [begin, end] = [at, at + rows].map((row) => Math.min(Math.max(row, from), from + take));
    at += rows;
    const last = runs[runs.length - 1];
    if (last && end - last.begin <= most) last.end = end;
    else {
      const pieces = Math.ceil((end - begin) / most);
      const cut = (i: number) => begin + Math.floor((end - begin) * i / pieces);
      for (let i = 0; i < pieces; i++) runs.push({ begin: cut(i), end: cut(i + 1) });
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
  const starts = [0];
  for (const { begin, end } of parts) starts.push(starts[starts.length - 1] + end - begin);
  return { width, type, starts, read: (shard) => read(parts[shard], starts[shard]) };
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
