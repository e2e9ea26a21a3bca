/** Files that are read as a frame (JSON Lines, archives of arrays) as a matrix. */

import { DataError } from "../errors.ts";
import { arrayImages } from "./array_images.ts";
import { hasArrays } from "./array_files.ts";
import { areImages } from "./array_part.ts";
import { allocate } from "./columns.ts";
import { fractionError, hasFractions, orderedNames, type Table } from "./csv_matrix.ts";
import type { Dataset, Source } from "./dataset.ts";
import { formatOf } from "./formats.ts";
import type { Frame, FrameColumn } from "./frame.ts";
import type { MatrixOptions } from "./matrix.ts";
import { frameOfArrays, readArrayParts, readFrame } from "./read_frame.ts";
import { textClasses } from "./text_classes.ts";

/** Names of columns that number the rows. */
const ROW_NAMES = ["", "id"];

/**
 * Reads such a file: a data set of images, or a table.
 *
 * @throws {DataError} if a value is missing or not finite in f32, a column is not there or has words,
 *   or there is no column of numbers
 */
export async function readFrameMatrix(
  source: Source,
  options: MatrixOptions,
): Promise<Dataset | Table & { readonly ids: Int32Array }> {
  const { columns, limit, signal, onProgress } = options;
  const format = await formatOf(source.files[0]);
  if (hasArrays(format)) {
    const parts = await readArrayParts(source, format, { columns, signal });
    if (parts.some(({ x }) => areImages(x))) {
      const label = options.label === false ? { label: false as const } : {};
      return arrayImages(source.name, parts, { limit, signal, ...label });
    }
    // The one column is the array, whose numbers are columns here.
    return tableOf(frameOfArrays(source.name, parts, limit), { ...options, columns: undefined });
  }
  const frame = await readFrame(source, {
    ...{ limit, signal },
    onProgress: (_stage, done, total) => onProgress?.(done, total),
  });
  return tableOf(frame, options);
}

function tableOf(frame: Frame, options: MatrixOptions): Table & { readonly ids: Int32Array } {
  const label = labelOf(frame, options);
  const chosen = options.columns?.map((name) => find(frame, name)) ??
    frame.columns.filter(({ name, type }) =>
      name !== label?.name && !ROW_NAMES.includes(name) && type !== "string" && type !== "date"
    );
  if (chosen.length === 0) {
    throw new DataError(`${frame.name} has no column of numbers: its columns are ${list(frame)}`);
  }
  const parts = chosen.map((column) => numbersOf(column, frame));
  const width = parts.reduce((sum, part) => sum + part.names.length, 0);
  const data = allocate(Float32Array, frame.n, [width]);
  let from = 0;
  for (const { names, at, name } of parts) {
    for (let row = 0; row < frame.n; row++) {
      for (let j = 0; j < names.length; j++) {
        const value = data[row * width + from + j] = at(row, j);
        if (!Number.isFinite(value)) throw notFinite(frame, name, row, at(row, j));
      }
    }
    from += names.length;
  }
  return {
    ...{ n: frame.n, width, data, ids: frame.ids, columns: parts.flatMap(({ names }) => names) },
    ...label && classesOf(label, frame),
  };
}

/** The numbers of a column; those of lists are columns. */
function numbersOf(column: FrameColumn, frame: Frame) {
  const { name } = column;
  if (column.type === "string") {
    throw new DataError(`${frame.name}, column "${name}" has words: name columns of numbers`);
  }
  if (column.type !== "list") {
    return { name, names: [name], at: (row: number, _j: number) => column.values[row] };
  }
  const length = column.values.find((one) => one !== null)?.length ?? 0;
  const odd = column.values.findIndex((one) => one !== null && one.length !== length);
  if (odd >= 0) {
    throw new DataError(
      `${frame.name}, row ${frame.ids[odd]} (counting from 0), column "${name}": the list has ` +
        `${
          column.values[odd]!.length
        } numbers, those before it have ${length}: make all equally long`,
    );
  }
  return {
    name,
    names: Array.from({ length }, (_, j) => `${name}[${j}]`),
    at: (row: number, j: number) => column.values[row]?.[j] ?? NaN,
  };
}

/** The column with the classes, by the rule for every kind of file. */
function labelOf(frame: Frame, { label: name, columns }: MatrixOptions): FrameColumn | undefined {
  if (name === false) return undefined;
  if (name !== undefined) return find(frame, name);
  const free = frame.columns.filter((column) => !columns?.includes(column.name));
  const declared = free.find((column) => column.type !== "list" && "classNames" in column);
  const usual = free.find((column) =>
    column.name === "label" && column.type !== "list" && !hasFractions(wordsOf(column))
  );
  const texts = free.filter(({ type }) => type === "string")
    .map((column) => ({ name: column.name, sample: wordsOf(column) }));
  const found = textClasses(texts);
  return declared ?? usual ?? free.find((column) => column.name === found);
}

/** The values of a column as words; null where there is none. */
function wordsOf(column: FrameColumn): (string | null)[] {
  if (column.type === "list") return [];
  if (column.type === "string") return column.values.map((value) => value?.trim() || null);
  return Array.from(column.values, (value) => Number.isNaN(value) ? null : String(value));
}

function classesOf(column: FrameColumn, frame: Frame) {
  const words = wordsOf(column), { name } = column;
  if (column.type === "list") {
    throw new DataError(
      `${frame.name}, column "${name}" has lists: labels are words or whole numbers`,
    );
  }
  if (column.type === "number" && hasFractions(words)) {
    const row = words.findIndex((word) => word !== null && !Number.isInteger(Number(word)));
    throw fractionError(`${frame.name}, row ${frame.ids[row]}`, name, words[row]!);
  }
  const stated = column.type === "string" ? undefined : column.classNames;
  const known = words.filter((word) => word !== null);
  const labelNames = stated ? [...stated] : orderedNames(new Set(known));
  const at = new Map(labelNames.map((one, i) => [one, i]));
  const labels = Int32Array.from(
    words,
    (word) => word === null ? -1 : stated ? Number(word) : at.get(word)!,
  );
  return { label: name, labels, labelNames };
}

function find(frame: Frame, name: string): FrameColumn {
  const found = frame.columns.find((column) => column.name === name);
  if (found) return found;
  throw new DataError(`${frame.name} has no column "${name}": its columns are ${list(frame)}`);
}

const list = ({ columns }: Frame) => columns.map(({ name }) => name).join(", ");

function notFinite(frame: Frame, name: string, row: number, value: number): DataError {
  return new DataError(
    `${frame.name}, row ${frame.ids[row]} (counting from 0), column "${name}": the value is ` +
      `${
        Number.isNaN(value) ? "missing" : value
      }, but every value must be a finite 32-bit float: ` +
      "fill or leave out the row or the column",
  );
}
