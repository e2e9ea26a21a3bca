/** What is said of predicted clusters: their sizes, and how well they meet known classes. */

import type { Dataset } from "../../data/index.ts";
import { agreement, rowsWithClass } from "../../run/scores.ts";

/** Rows of each cluster that has some, by its number. */
export function sizesOf(labels: Uint32Array): Map<number, number> {
  const sizes = new Map<number, number>();
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  return new Map([...sizes].sort(([a], [b]) => a - b));
}

/**
 * Scores of the rows whose class is known, if there are some: of clusters their agreement with the
 * classes, of classes the share that is right by name.
 */
export function scoresOf(
  { labels, labelNames }: Pick<Dataset, "labels" | "labelNames">,
  found: Uint32Array,
  classNames?: readonly string[],
): Record<string, number> {
  if (!labels || !labelNames) return {};
  if (!classNames) return agreement(labels, found);
  const known = rowsWithClass(labels);
  const right = known.filter((i) => classNames[found[i]] === labelNames[labels[i]]).length;
  return known.length === 0 ? {} : { accuracy: right / known.length };
}
