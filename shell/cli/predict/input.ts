/** New rows, read as the model's own were. */

import { type Dataset, loadDataset, type ReadOptions, settingsLike } from "../../data/index.ts";
import { DataError, UsageError } from "../../errors.ts";
import type { Preprocessing } from "../../methods/prepare.ts";

/** What of the input is read, and how the reading is followed. */
export interface InputOptions extends ReadOptions {
  readonly cache?: string;
}

/**
 * Reads rows for a model, and proves that they are such as it was trained on.
 *
 * @param preprocessing what the model file says of its rows
 * @throws DataError if they are of another kind, shape or columns
 * @throws UsageError if columns are named for a model that has names for its own
 */
export async function readInput(
  input: string,
  preprocessing: Preprocessing,
  { columns, ...options }: InputOptions,
): Promise<Dataset> {
  if (preprocessing.kind === "images") {
    const images = settingsLike(preprocessing);
    const dataset = await loadDataset(input, { ...options, columns, images });
    requireImages(dataset, preprocessing.shape);
    return dataset;
  }
  if (columns !== undefined) {
    throw new UsageError(
      "--columns is for images: the model names its own columns, so leave it out",
    );
  }
  const { names } = preprocessing;
  const dataset = await loadDataset(input, { ...options, columns: sourcesOf(names) });
  if (dataset.columns.join("\n") === names.join("\n")) return dataset;
  throw new DataError(
    `${dataset.name} has ${dataset.shape.join(" x ")} numbers in a row where the model takes ` +
      `${names.length}: give rows like those it was trained on`,
  );
}

function requireImages({ kind, shape, name }: Dataset, wanted: readonly number[]): void {
  if (kind !== "images") {
    throw new DataError(
      `the model takes images of ${wanted.join(" x ")}, and ${name} has no column of images`,
    );
  }
  if (shape.join() === wanted.join()) return;
  throw new DataError(
    `${name} has images of ${shape.join(" x ")}, and the model takes images of ` +
      `${wanted.join(" x ")} (height, width, channels)`,
  );
}

/** The columns of a file that numbers come from: of `name[0]`, `name[1]`, ... it is `name`. */
function sourcesOf(names: readonly string[]): string[] {
  const list = /^(.*)\[0\]$/s.exec(names[0] ?? "")?.[1];
  return list !== undefined && names.every((name, i) => name === `${list}[${i}]`)
    ? [list]
    : [...names];
}
