/** Reads any source into a data set. */

import type { Dataset, ReadOptions, Source } from "./dataset.ts";
import { hasArrays } from "./array_files.ts";
import { arrayImages, type FilePart } from "./array_images.ts";
import { areImages } from "./array_part.ts";
import { formatOf } from "./formats.ts";
import { prepareFeatures } from "./images/features.ts";
import { IMAGE, readImageFiles } from "./images/files.ts";
import { readDataset, readFooter } from "./parquet.ts";
import { prepareFrame } from "./prepare.ts";
import { frameOfArrays, readArrayParts, readFrame } from "./read_frame.ts";
import { findRoles, type Overrides } from "./roles.ts";
import { imageColumns } from "./schema.ts";
import { shardArrays } from "./stream/image_arrays.ts";
import { shardImageFiles } from "./stream/image_files.ts";
import { shardImages } from "./stream/images.ts";
import { noteMemory } from "./stream/over_memory.ts";
import { shardTable } from "./stream/table.ts";

/**
 * Reads a source: images stay bytes and are decoded as they come; everything else is read as a
 * frame, gets roles and becomes numbers or texts.
 *
 * @throws {DataError} if a file cannot be read, or the columns cannot be used
 * @throws {RangeError} if the limit is no positive integer
 * @throws {Cancelled} if the signal is set
 */
export async function readSource(source: Source, options: ReadOptions = {}): Promise<Dataset> {
  const { commit } = source, dataset = await read(source, options);
  return noteMemory(commit === undefined ? dataset : { ...dataset, commit }, options);
}

async function read(source: Source, options: ReadOptions): Promise<Dataset> {
  const { features } = options;
  const { categorical = [], text = [], id, drop = [], limit, skipBadRows, onProgress, signal } =
    options;
  const frameOptions = {
    words: [...categorical, ...text, ...id === undefined ? [] : [id]],
    ...{ without: drop, limit, skipBadRows, onProgress, signal },
  };
  const areFiles = source.files[0]?.format === IMAGE;
  const inColumn = !areFiles && await hasImages(source, options);
  // Features are made of all images at once.
  if (!features && (options.memory ?? Infinity) < Infinity) {
    const sharded = areFiles
      ? await shardImageFiles(source, options)
      : inColumn
      ? named(await shardImages(source, options))
      : await shardArrays(source, options) ?? await shardTable(source, options, frameOptions);
    if (sharded) return sharded;
  }
  const arrays = await arraysIn(source, options);
  const images = areFiles
    ? await readImageFiles(source, options)
    : inColumn
    ? named(await readDataset(source, options))
    : arrays && areImages(arrays[0].x)
    ? arrayImages(source.name, arrays, options)
    : undefined;
  if (images) return features ? prepareFeatures(images, features, options) : images;
  const frame = arrays
    ? frameOfArrays(source.name, arrays, limit)
    : await readFrame(source, frameOptions);
  return prepareFrame(frame, findRoles(frame, options), options);
}

/** Images with a note on the column that they are in. */
function named<D extends Dataset | undefined>(dataset: D): D {
  if (!dataset) return dataset;
  const { columns: [column], notes = [] } = dataset;
  return { ...dataset, notes: [`columns: image ${column}`, ...notes] };
}

/** Whether a source is images, and nothing else was asked for. */
async function hasImages(source: Source, options: Overrides): Promise<boolean> {
  const [first] = source.files;
  if (!first || await formatOf(first) !== "parquet") return false;
  const images = imageColumns(await readFooter(await first.open(), first.name));
  const { columns, text, numeric, categorical, date, drop = [] } = options;
  if (columns) return columns.some((name) => images.includes(name));
  return images.some((name) => !drop.includes(name)) && !(text ?? numeric ?? categorical ?? date);
}

/** What is in a source of arrays; undefined for others. */
async function arraysIn(source: Source, options: ReadOptions): Promise<FilePart[] | undefined> {
  const [first] = source.files;
  const format = first && first.format !== IMAGE && await formatOf(first);
  return format && hasArrays(format) ? await readArrayParts(source, format, options) : undefined;
}
