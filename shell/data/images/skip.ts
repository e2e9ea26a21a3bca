/** Rows that are left out of a data set, and what is told of them. */

import type { Dataset, Skipped, Split } from "../dataset.ts";

/** What a data set says of its rows. */
type About = Pick<Dataset, "label" | "labels" | "labelNames" | "ids" | "splits" | "names">;

/**
 * Leaves rows out of what goes with the data.
 *
 * @param gone their positions, rising
 */
export function withoutRows(about: About, gone: readonly number[]): About {
  if (!gone.length) return about;
  const { labels, ids, splits, names } = about;
  const set = new Set(gone);
  const left = <T extends Int32Array>(array: T) => array.filter((_, i) => !set.has(i));
  const before = (row: number) => row - gone.filter((one) => one < row).length;
  const shrunk: Split[] = splits.map(({ name, begin, end }) => ({
    name,
    begin: before(begin),
    end: before(end),
  }));
  const classes = labels ? { labels: left(labels) } : {};
  const called = names ? { names: names.filter((_, i) => !set.has(i)) } : {};
  return { ...about, ...classes, ...called, ids: left(ids), splits: shrunk };
}

/** Names that are told of each reason. */
const NAMED = 8;

/**
 * What was left out, one line for each reason, the most frequent first: `skipped: 3 (it is empty):
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
    const count = list.length.toLocaleString("en");
    return `skipped: ${count} (${reason}): ${list.slice(0, NAMED).map(shown).join(", ")}${more}`;
  });
}

/** A name without what would move a terminal's cursor. */
// deno-lint-ignore no-control-regex
const shown = (name: string) => name.replaceAll(/[\x00-\x1f\x7f-\x9f]/g, "?");
