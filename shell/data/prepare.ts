/** A frame whose columns have roles as a data set. */

import { LabelRows } from "./columns.ts";
import type { Dataset } from "./dataset.ts";
import type { Frame, FrameColumn, Roles } from "./frame.ts";
import { describeTable, describeText } from "./notes.ts";
import { selectRows } from "./read_frame.ts";
import { applyPreprocessing } from "./table/apply.ts";
import { wordsIn } from "./table/columns.ts";
import { fitTable } from "./table/fit.ts";
import type { TableSettings } from "./table/preprocessing.ts";

/**
 * Makes a data set: a table whose numbers are scaled and complete, or texts, if some column has
 * them.
 *
 * @throws {DataError} if no row is left, or a value cannot be used: the message names it
 */
export function prepareFrame(frame: Frame, roles: Roles, settings: TableSettings = {}): Dataset {
  if (roles.text.length > 0) return prepareText(frame, roles);
  const { preprocessing, rows, missing } = fitTable(frame, roles, settings);
  const { n, width, data } = applyPreprocessing(frame, preprocessing, rows);
  const notes = describeTable(frame, roles, { preprocessing, missing, left: n, settings });
  return {
    name: frame.name,
    kind: "table",
    ...{ n, shape: [width], data, columns: [...preprocessing.names] },
    ...classesOf(frame, roles, rows),
    ...placesOf(frame, rows),
    ...{ preprocessing, notes },
  };
}

/** The texts of each row, those of several columns with a line break between. */
export function textsOf(frame: Frame, columns: readonly string[]): string[] {
  const words = columns.map((name) => wordsIn(find(frame, name)));
  return Array.from(
    { length: frame.n },
    (_, i) => words.map((column) => column[i] ?? "").filter((text) => text !== "").join("\n"),
  );
}

function prepareText(frame: Frame, roles: Roles): Dataset {
  const texts = textsOf(frame, roles.text);
  const rows = Int32Array.from(frame.ids, (_, i) => i);
  return {
    name: frame.name,
    kind: "text",
    ...{ n: frame.n, shape: [0], data: new Float32Array(0), columns: [...roles.text], texts },
    ...classesOf(frame, roles, rows),
    ...placesOf(frame, rows),
    notes: describeText(frame, roles, texts),
  };
}

/** Splits and row numbers of the rows that are left. */
export function placesOf({ splits, ids }: Frame, rows: Int32Array) {
  const before = (end: number) => {
    const at = rows.findIndex((row) => row >= end);
    return at < 0 ? rows.length : at;
  };
  return {
    splits: splits.map(({ name, begin, end }) => ({
      ...{ name, begin: before(begin), end: before(end) },
    })),
    ids: rows.map((row) => ids[row]),
  };
}

/** The classes of rows, by default all, if there is a column with classes. */
export function classesOf(frame: Frame, { label }: Pick<Roles, "label">, rows?: Int32Array) {
  if (label === undefined) return {};
  const all = find(frame, label), column = rows ? selectRows(all, rows) : all;
  const named = column.type !== "string" && column.type !== "list" ? column.classNames : undefined;
  const classes = new LabelRows(named && [...named]);
  classes.push(labelValues(column), { file: frame.name, column: label, row: 0 });
  return { label, ...classes.finish() };
}

function labelValues(column: FrameColumn): readonly unknown[] {
  if (column.type === "string" || column.type === "list") return column.values;
  const isBoolean = column.type === "boolean";
  return Array.from(
    column.values,
    (value) => Number.isNaN(value) ? null : isBoolean ? value === 1 : value,
  );
}

function find(frame: Frame, name: string): FrameColumn {
  return frame.columns.find((column) => column.name === name)!;
}
