/** Reads any source into a data set. */

import type { Dataset, ReadOptions, Source } from "./dataset.ts";
import { formatOf } from "./formats.ts";
import { IMAGE, readImageFiles } from "./images/files.ts";
import { readDataset, readFooter } from "./parquet.ts";
import { prepareFrame } from "./prepare.ts";
import { readFrame } from "./read_frame.ts";
import { findRoles, type Overrides } from "./roles.ts";
import { imageColumns } from "./schema.ts";
import { shardImages } from "./shard_images.ts";
import { shardTable } from "./shard_table.ts";

/**
 * Reads a source: images stay bytes and are decoded as they come; everything else is read as a
 * frame, gets roles and becomes numbers or texts.
 *
 * @throws {DataError} if a file cannot be read, or the columns cannot be used
 * @throws {RangeError} if the limit is no positive integer
 * @throws {Cancelled} if the signal is set
 */
export async function readSource(source: Source, options: ReadOptions = {}): Promise<Dataset> {
  if (source.files[0]?.format === IMAGE) return await readImageFiles(source, options);
  // Only Parquet files can be read from the middle.
  const bounded = (options.memory ?? Infinity) < Infinity && isParquet(source);
  if (await hasImages(source, options)) {
    return bounded && await shardImages(source, options) || await readDataset(source, options);
  }
  const { categorical = [], text = [], drop = [], limit, skipBadRows, onProgress, signal } =
    options;
  const how = {
    words: [...categorical, ...text],
    ...{ without: drop, limit, skipBadRows, onProgress, signal },
  };
  const sharded = bounded && await shardTable(source, options, how);
  if (sharded) return sharded;
  const frame = await readFrame(source, how);
  return prepareFrame(frame, findRoles(frame, options), options);
}

const isParquet = ({ files }: Source) =>
  files.length > 0 && files.every((file) => formatOf(file) === "parquet");

/** Whether a source is images, and nothing else was asked for. */
async function hasImages(source: Source, options: Overrides): Promise<boolean> {
  const [first] = source.files;
  if (!first || formatOf(first) !== "parquet") return false;
  const images = imageColumns(await readFooter(await first.open(), first.name));
  const { columns, text, numeric, categorical, date, drop = [] } = options;
  if (columns) return columns.some((name) => images.includes(name));
  return images.some((name) => !drop.includes(name)) && !(text ?? numeric ?? categorical ?? date);
}
