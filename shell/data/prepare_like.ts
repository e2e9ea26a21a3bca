/** New rows as those of a model were: the columns, sizes and scales that it was trained with. */

import { DataError } from "../errors.ts";
import type { Dataset, ReadOptions, Source } from "./dataset.ts";
import { openImageEncoder } from "./encoders/image_encoder.ts";
import { checkTextPreprocessing, type TextPreprocessing } from "./encoders/preprocessing.ts";
import type { Frame } from "./frame.ts";
import { type FeatureSettings, frameOfFeatures, type ImageEncoder } from "./images/features.ts";
import { IMAGE, readImageFiles } from "./images/files.ts";
import { type ImageSettings, settingsLike } from "./images/settings.ts";
import { describeBadRows, describeStyles } from "./notes.ts";
import { noteMemory } from "./stream/over_memory.ts";
import { readDataset } from "./parquet.ts";
import { prepareFrame, rowsOf } from "./prepare.ts";
import { readFrame } from "./read_frame.ts";
import { findRoles } from "./roles.ts";
import { idLike, rolesLike } from "./roles_like.ts";
import { selectFrame } from "./select_rows.ts";
import { shardLike, shardTextsLike } from "./stream/table.ts";
import { loadDataset, openSource, type SourceOptions } from "./source.ts";
import { applyPreprocessing } from "./table/apply.ts";
import { checkTable } from "./table/check.ts";
import { numbersIn, wordsIn } from "./table/columns.ts";
import type { TablePreprocessing } from "./table/preprocessing.ts";
import { withoutUnfit } from "./unfit_rows.ts";
import { inflate } from "./zlib.ts";

/** How new rows are read. */
export type LikeOptions =
  & SourceOptions
  & Pick<ReadOptions, "memory">
  & Pick<ReadOptions, "columns" | "label" | "limit" | "skipBadRows" | "workers">
  & {
    /** Opens the pre-trained model of features, where the model has such; by default as it says. */
    readonly openEncoder?: (settings: FeatureSettings) => Promise<ImageEncoder>;
  };

/**
 * Reads rows that a model has not seen, and prepares them as its own were.
 *
 * Texts are left to be encoded; the shape says how many numbers that gives.
 *
 * @param name what `loadDataset` takes
 * @param preprocessing what the model file says of its rows; nothing in it is trusted
 * @param options `columns` is the one with images; a table has names for its own
 * @throws {DataError} if they are of another kind, shape or columns, or a value cannot be used
 * @throws {Cancelled} if the signal is set
 */
export async function loadLike(
  name: string,
  preprocessing: unknown,
  options: LikeOptions = {},
): Promise<Dataset> {
  const { kind } = (preprocessing ?? {}) as { kind?: unknown };
  if (kind === "images") return await imagesLike(name, preprocessing as ImagesSaid, options);
  if (kind === "table") {
    const table = checkTable(preprocessing);
    return await (table.features ? featuresLike : tableLike)(name, table, options);
  }
  if (kind === "text") return await textsLike(name, checkTextPreprocessing(preprocessing), options);
  throw new DataError(
    `the model was trained on rows of the kind "${kind}", which cannot be read here`,
  );
}

type ImagesSaid = Partial<ImageSettings> & { readonly shape?: readonly number[] };

async function imagesLike(
  name: string,
  said: ImagesSaid,
  options: LikeOptions,
): Promise<Dataset> {
  const { shape: wanted, fit = "resize", colour = "auto", background = "white", size } = said;
  const good = Array.isArray(wanted) && wanted.length === 3 &&
    wanted.every((side) => Number.isInteger(side) && side > 0);
  if (!good) throw new DataError("what the model says of its images is damaged: save it again");
  // Images that were as they are must be so again; others may be of any size.
  const images = size ? settingsLike({ ...said, shape: wanted }) : { fit, colour, background };
  const dataset = await loadDataset(name, { ...options, images, asTrained: true });
  if (dataset.kind !== "images") {
    throw new DataError(
      `the model takes images of ${wanted.join(" x ")}, and ${dataset.name} has none`,
    );
  }
  if (dataset.shape.join() === wanted.join()) return dataset;
  throw new DataError(
    `${dataset.name} has images of ${dataset.shape.join(" x ")}, and the model takes images of ` +
      `${wanted.join(" x ")} (height, width, channels): make them like that first`,
  );
}

/** Images as the features that a table was made of. */
async function featuresLike(
  name: string,
  preprocessing: TablePreprocessing,
  { openEncoder, ...options }: LikeOptions,
): Promise<Dataset> {
  const { cache, signal } = options;
  const settings = preprocessing.features!;
  const features = await (openEncoder?.(settings) ??
    openImageEncoder({ ...settings, cache, signal }));
  const source = await openSource(name, options);
  const read = source.files[0]?.format === IMAGE ? readImageFiles : readDataset;
  const found = await read(source, { inflate, ...options, features });
  const frame = frameOfFeatures(found, preprocessing.inputs[0].column);
  const { names, label, labels, labelNames, lost, notes = [] } = found;
  const table = prepareLike(frame, preprocessing, false);
  return {
    ...table,
    ...names ? { names } : {},
    ...labels ? { label, labels, labelNames } : {},
    ...{ lost, notes },
  };
}

async function tableLike(
  name: string,
  preprocessing: TablePreprocessing,
  { label, ...options }: LikeOptions,
): Promise<Dataset> {
  const columns = preprocessing.inputs.map(({ column }) => column);
  const source = await openTable(name, columns, options);
  const categories = preprocessing.inputs.filter(({ as }) => as === "category");
  const words = [
    ...categories.map(({ column }) => column),
    ...preprocessing.id === undefined ? [] : [preprocessing.id],
  ];
  const { decimalCommas } = preprocessing;
  const how = { words, decimalCommas, ...options, columns, asTrained: true };
  const sharded = await shardLike(source, preprocessing, { ...options, label }, how);
  if (sharded) return sharded;
  const frame = await readFrame(source, how);
  const fit = options.skipBadRows ? withoutUnfit(frame, preprocessing) : frame;
  return noteMemory(prepareLike(fit, preprocessing, label), options);
}

async function textsLike(
  name: string,
  preprocessing: TextPreprocessing,
  { label, ...options }: LikeOptions,
): Promise<Dataset> {
  const { columns: text, dim, id } = preprocessing;
  const source = await openTable(name, text, options);
  const how = { words: id === undefined ? text : [...text, id], ...options };
  const rolesOf = (frame: Frame) =>
    findRoles(frame, { text, label, id: idLike(frame, preprocessing, label) });
  const sharded = await shardTextsLike(source, rolesOf, options, how);
  if (sharded) return { ...sharded, shape: [dim], preprocessing };
  const frame = await readFrame(source, how);
  const dataset = prepareFrame(frame, rolesOf(frame));
  return noteMemory({ ...dataset, shape: [dim], preprocessing }, options);
}

/** @throws {DataError} if it is a source of images */
async function openTable(
  name: string,
  columns: readonly string[],
  options: SourceOptions,
): Promise<Source> {
  const source = await openSource(name, options);
  if (source.files[0]?.format !== IMAGE) return source;
  throw new DataError(
    `${name} has images, and the model takes a table with the columns ${columns.join(", ")}`,
  );
}

/**
 * Makes a frame into rows like those of a fitted table. Rows with missing values are left out where
 * the table has nothing to fill them with.
 *
 * @param label the column with the classes, or false for none; by default it is found
 * @throws {DataError} if the frame lacks a column, or a value cannot be used
 */
export function prepareLike(
  frame: Frame,
  preprocessing: TablePreprocessing,
  label?: string | false,
): Dataset {
  const roles = rolesLike(frame, preprocessing, label);
  const gaps = gapsOf(frame, preprocessing);
  const rows = Int32Array.from({ length: frame.n }, (_, i) => i)
    .filter((i) => gaps.every(({ fill, misses }) => fill !== null || !misses(i)));
  if (rows.length === 0) {
    throw new DataError(
      `${frame.name} has no row without a missing value, and the model was trained without such ` +
        "rows: fill them in",
    );
  }
  const { n, width, data } = applyPreprocessing(frame, preprocessing, rows);
  const missing = describeGaps(frame, gaps), bad = describeBadRows(frame);
  return {
    name: frame.name,
    kind: "table",
    ...{ n, shape: [width], data, columns: [...preprocessing.names] },
    ...rowsOf(selectFrame(frame, rows), roles),
    ...{ preprocessing, notes: [...describeStyles(frame), ...missing.notes, ...bad] },
    lost: [...missing.lost, ...bad],
  };
}

/** A column that may have missing values. */
interface Gaps {
  readonly column: string;
  /** What stands for them; null if such rows are left out. */
  readonly fill: number | string | null;
  misses(row: number): boolean;
}

function gapsOf(frame: Frame, { inputs }: TablePreprocessing): Gaps[] {
  return inputs.flatMap((input): Gaps[] => {
    const found = frame.columns.find(({ name }) => name === input.column);
    if (!found || input.as === "list" || found.type === "list") return [];
    const { column, fill } = input;
    if (input.as === "category" || found.type === "string") {
      const words = wordsIn(found);
      return [{ column, fill, misses: (i) => words[i] === null }];
    }
    const numbers = numbersIn(found);
    return [{ column, fill, misses: (i) => Number.isNaN(numbers[i]) }];
  });
}

/** What a person should know of missing values; and which rows are left out for them. */
function describeGaps({ n }: Frame, gaps: readonly Gaps[]) {
  const counted = gaps.map((gap) => {
    let count = 0;
    for (let i = 0; i < n; i++) if (gap.misses(i)) count++;
    return { ...gap, count };
  }).filter(({ count }) => count > 0);
  const missing = counted.map(({ column, count, fill }) =>
    `${column} ${count} (${fill === null ? "rows left out" : `filled with ${fill}`})`
  );
  const notes = missing.length > 0 ? [`missing: ${missing.join(", ")}`] : [];
  return { notes, lost: counted.some(({ fill }) => fill === null) ? notes : [] };
}
