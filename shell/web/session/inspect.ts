import { loadDataset } from "../../data/browser.ts";
import type { Dataset } from "../../data/dataset.ts";
import { encodePng } from "../../data/png.ts";
import { base64 } from "../../report/gallery.ts";
import type { Bar } from "../../run/bar.ts";
import { unscaled } from "../../run/explain_run.ts";
import { harmless } from "../../text/harmless.ts";
import type { FoundColumn, Inspection, InspectRequest } from "./types.ts";

/** Rows that are shown, letters of a cell, and columns. */
const SHOWN = 8, LETTERS = 120, COLUMNS = 12;

/** Reads a data set as a request says. @throws DataError, RangeError or Cancelled as `loadDataset` does */
export async function readRequest(
  { data, overrides = {}, ...source }: InspectRequest,
  signal: AbortSignal,
  bar: Bar,
): Promise<Dataset> {
  const { limit, config, split, token, endpoint } = source;
  return await loadDataset(data, {
    ...{ ...overrides, limit, config, split, token, endpoint, signal },
    onProgress: (stage, done, total) => bar.update(total > 0 ? done / total : 0, stage),
  });
}

/** What a data set is, for people. */
export function inspectionOf(dataset: Dataset): Inspection {
  const { name, kind, n, shape, labelNames = [], notes = [] } = dataset;
  return {
    ...{ name, kind, n, shape, labelNames, notes },
    columns: columnsOf(dataset),
    head: headOf(dataset),
    sample: Array.from({ length: Math.min(n, SHOWN) }, (_, row) => ({
      cells: cellsOf(dataset, row),
      ...kind === "images" && { image: imageOf(dataset, row) },
      ...dataset.labels &&
        {
          label: dataset.labels[row] < 0 ? "" : harmless(labelNames[dataset.labels[row]], LETTERS),
        },
    })),
  };
}

function columnsOf({ kind, columns, preprocessing, label, id }: Dataset): FoundColumn[] {
  const used = preprocessing?.kind === "table"
    ? preprocessing.inputs.map(({ column, as }) => ({ name: column, role: as }))
    : columns.map((name) => ({ name, role: kind === "images" ? "image" : kind }));
  return [
    ...used.map(({ name, role }) => ({ name, role: role === "list" ? "numbers" : role })),
    ...label === undefined ? [] : [{ name: label, role: "label" }],
    ...id === undefined ? [] : [{ name: id, role: "id" }],
  ];
}

/** The names of the cells: a row's own name, its class, its columns. */
function headOf({ kind, names, labels, columns, preprocessing, id, label }: Dataset): string[] {
  const numbers = preprocessing?.kind === "table" ? preprocessing.names : columns;
  return [
    ...kind === "images" ? ["image"] : [],
    ...labels ? [label ?? "label"] : [],
    ...names ? [id ?? "name"] : [],
    ...kind === "images" ? [] : kind === "text" ? ["text"] : numbers.slice(0, COLUMNS),
  ];
}

function cellsOf(dataset: Dataset, row: number): string[] {
  const { kind, texts, data, shape: [width], names, preprocessing } = dataset;
  const name = names ? [harmless(names[row] ?? "", LETTERS)] : [];
  if (kind === "text") return [...name, harmless(texts![row], LETTERS)];
  if (kind === "images") return name;
  const original = preprocessing?.kind === "table"
    ? unscaled(preprocessing)
    : (_j: number, v: number) => v;
  const numbers = Array.from(data.subarray(row * width, row * width + Math.min(width, COLUMNS)));
  return [...name, ...numbers.map((v, j) => String(Number(original(j, v).toPrecision(5))))];
}

function imageOf({ data, shape: [height, width, channels] }: Dataset, row: number): string {
  const size = height * width * channels;
  const pixels = Uint8Array.from(data.subarray(row * size, (row + 1) * size));
  return `data:image/png;base64,${base64(encodePng({ width, height, channels, data: pixels }))}`;
}
