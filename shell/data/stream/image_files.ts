/** Files that are an image each, and together more than memory. */

import type { Dataset, ReadOptions, Source } from "../dataset.ts";
import { chooseFiles, decodeFiles } from "../images/files.ts";
import { checkShape, refuseSkipping, runsOf, shardsOf, sizesOf } from "./parts.ts";

/**
 * A folder of images in shards; undefined if they fit into `options.memory`.
 *
 * @throws {DataError} as reading all of them does, for the first image; the shards do so for the
 *   others
 * @throws {Cancelled} if the signal is set
 */
export async function shardImageFiles(
  source: Source,
  options: ReadOptions,
): Promise<Dataset | undefined> {
  const { memory = Infinity } = options;
  const { files, about } = chooseFiles(source, options);
  // Who trains stops between two steps, with a checkpoint, and not in a shard.
  const how = { ...options, onProgress: undefined, signal: undefined };
  const n = files.length;
  const { shape, data } = await decodeFiles(source.name, files.slice(0, 1), how);
  if (n * data.length <= memory) return undefined;
  refuseSkipping(source, options);
  const all = { groups: [n], from: 0, take: n };
  const runs = runsOf(all, sizesOf(source.name, data.length, memory));
  const shards = shardsOf(runs, data.length, "u8", async ({ begin, end }) => {
    const rows = await decodeFiles(source.name, files.slice(begin, end), how);
    checkShape(files[begin].name, rows.shape, shape);
    return rows.data;
  });
  return { ...about, n, shape, data: new Uint8Array(0), shards, lost: [] };
}
