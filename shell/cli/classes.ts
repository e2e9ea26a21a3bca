/** What is said of the classes of a data set, before anything is learned. */

import type { Dataset } from "../data/index.ts";
import { DataError } from "../errors.ts";

/** What the classes are: what a person did not name is found by rule. */
export function classesOf({ label, labelNames }: Dataset): string {
  if (label !== undefined && labelNames?.length === 1) {
    return `classes: ${label}, 1 of them for all rows, so scores by it tell nothing`;
  }
  return label !== undefined
    ? `classes: ${label}, ${labelNames?.length} of them`
    : "classes: none (a column of classes is found by the name label, or named by --label)";
}

/**
 * Looks whether the classes are those of groups of rows.
 *
 * @returns notes
 * @throws DataError if three rows or more have a class each, which nothing can be learned from
 */
export function doubtfulClasses({ name, label, labels }: Dataset): string[] {
  if (!labels) return [];
  const known = labels.filter((one) => one >= 0);
  const classes = new Set(known).size;
  if (known.length > 2 && classes === known.length) {
    throw new DataError(
      `the column ${JSON.stringify(label)} of ${name} has another class for each of ` +
        `${known.length} rows: name one with groups of rows by --label, or leave it out with ` +
        `--drop ${label}`,
    );
  }
  if (2 * classes <= known.length) return [];
  return [
    `the column ${JSON.stringify(label)} has ${classes} classes for ${known.length} rows: ` +
    "scores by such classes tell little",
  ];
}
