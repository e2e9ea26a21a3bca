/** Images in Parquet files that are more than memory. */

import { Cancelled } from "../../errors.ts";
import { LabelRows } from "../columns.ts";
import type { Dataset, ReadOptions, Source } from "../dataset.ts";
import { chooseAlike, type OpenFile, openFiles, readColumns, readDataset } from "../parquet.ts";
import { countRows, firstRows, sourceOf } from "./cuts.ts";
import { checkShape, partsOf, refuseSkipping, shardsOf } from "./parts.ts";

/**
 * Images in Parquet files, in shards; undefined if they fit into `options.memory`.
 *
 * @throws {DataError} as {@link readDataset} does, for the first image and all classes; the shards
 *   do so for the other images
 * @throws {Cancelled} if the signal is set
 */
export async function shardImages(
  source: Source,
  options: ReadOptions,
): Promise<Dataset | undefined> {
  const { memory = Infinity, limit, ...others } = options;
  const counted = await countRows(source, { limit });
  if (!counted) return undefined;
  const { n, splits, ids } = counted;
  const files = (await openFiles(counted.source))
    .map((file, i) => ({ ...file, take: counted.files[i].take })).filter(({ take }) => take > 0);
  const { columns, label, classNames } = chooseAlike(files, options);
  // Who trains stops between two steps, with a checkpoint, and not in a shard.
  const quiet = { onProgress: undefined, signal: undefined };
  const how = { ...others, columns, label: false as const, ...quiet };
  const one = await readDataset(sourceOf(counted, [firstRows(counted, 1)]), how);
  const bytes = one.data.byteLength;
  if (n * bytes <= memory) return undefined;
  refuseSkipping(source, options);
  const parts = partsOf(counted, bytes, memory);
  const shards = shardsOf(parts, bytes, "u8", async (part) => {
    const { data, shape } = await readDataset(sourceOf(counted, [part]), how);
    const { file: { file: { name } }, begin } = part;
    checkShape(`${name}, row ${begin} (counting from 0)`, shape, one.shape);
    return data;
  });
  const classes = label === undefined
    ? {}
    : { label, ...await readLabels(files, label, classNames, options) };
  return { ...one, n, data: new Uint8Array(0), shards, ...classes, splits, ids };
}

async function readLabels(
  files: readonly OpenFile[],
  label: string,
  classNames: string[] | undefined,
  { onProgress, signal }: ReadOptions,
) {
  const labels = new LabelRows(classNames);
  const n = files.reduce((sum, { take }) => sum + take, 0);
  let done = 0;
  for (const open of files) {
    for await (const { values, row } of readColumns(open, [], label)) {
      labels.push(values, { file: open.file.name, column: label, row });
      onProgress?.("read", done += values.length, n);
      if (signal?.aborted) throw new Cancelled(`reading ${open.file.name} was stopped`);
    }
  }
  return labels.finish();
}
