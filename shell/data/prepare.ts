/** A frame whose columns have roles as a data set. */

import { LabelRows } from "./columns.ts";
import type { Dataset } from "./dataset.ts";
import type { Frame, FrameColumn, Roles } from "./frame.ts";
import { describeBadRows, describeTable, describeText } from "./notes.ts";
import { selectFrame } from "./select_rows.ts";
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
  const { id } = roles;
  const notes = describeTable(frame, roles, { preprocessing, missing, left: n, settings });
  return {
    name: frame.name,
    kind: "table",
    ...{ n, shape: [width], data, columns: [...preprocessing.names] },
    ...rowsOf(selectFrame(frame, rows), roles),
    lost: describeBadRows(frame),
    ...{ preprocessing: id === undefined ? preprocessing : { ...preprocessing, id }, notes },
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
  return {
    name: frame.name,
    kind: "text",
    ...{ n: frame.n, shape: [0], data: new Float32Array(0), columns: [...roles.text], texts },
    ...rowsOf(frame, roles),
    lost: describeBadRows(frame),
    notes: describeText(frame, roles, texts),
  };
}

/** Splits, row numbers, and names and classes if there are columns with some. */
export function rowsOf(frame: Frame, roles: Pick<Roles, "label" | "id">) {
  const { splits, ids } = frame;
  return {
    ...{ splits: splits.map((split) => ({ ...split })), ids },
    ...namesOf(frame, roles),
    ...classesOf(frame, roles),
  };
}

/** The names of rows, if there is a column with names. */
export function namesOf(frame: Frame, { id }: Pick<Roles, "id">) {
  return id === undefined ? {} : { id, names: wordsIn(find(frame, id)) };
}

/** The classes of rows, if there is a column with classes. */
export function classesOf(frame: Frame, { label }: Pick<Roles, "label">) {
  if (label === undefined) return {};
  const column = find(frame, label);
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
