/** Rows that are left out of a data set, and what is told of them. */

import type { Dataset, Skipped, Split } from "../dataset.ts";

/** What a data set says of its rows. */
type About = Pick<Dataset, "labels" | "ids" | "splits">;

/**
 * Leaves rows out of what goes with the data.
 *
 * @param gone their positions, rising
 */
export function withoutRows({ labels, ids, splits }: About, gone: readonly number[]): About {
  if (!gone.length) return { labels, ids, splits };
  const set = new Set(gone);
  const left = <T extends Int32Array>(array: T) => array.filter((_, i) => !set.has(i));
  const before = (row: number) => row - gone.filter((one) => one < row).length;
  const shrunk: Split[] = splits.map(({ name, begin, end }) => ({
    name,
    begin: before(begin),
    end: before(end),
  }));
  return { labels: labels && left(labels), ids: left(ids), splits: shrunk };
}

/** Names that are told of each reason. */
const NAMED = 5;

/**
 * What was left out, one line for each reason, the most frequent first: `3 left out, it is empty:
 * a.png, b.png, c.png`.
 */
export function describeSkipped(skipped: readonly Skipped[]): string[] {
  const names = new Map<string, string[]>();
  for (const { name, reason } of skipped) {
    const list = names.get(reason) ?? [];
    if (!list.length) names.set(reason, list);
    list.push(name);
  }
  return [...names].sort(([, a], [, b]) => b.length - a.length).map(([reason, list]) => {
    const more = list.length > NAMED ? ` and ${list.length - NAMED} more` : "";
    return `${list.length} left out, ${reason}: ${list.slice(0, NAMED).join(", ")}${more}`;
  });
}
