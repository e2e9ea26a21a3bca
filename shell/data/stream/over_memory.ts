/** Rows that are in memory although they are more than was allowed. */

import type { Dataset, ReadOptions } from "../dataset.ts";

/** The data set with a note if its rows take more memory than they may, and were read all the same. */
export function noteMemory(dataset: Dataset, { memory = Infinity }: ReadOptions): Dataset {
  const { data, texts = [], shards, textShards, notes = [] } = dataset;
  // A letter is kept as two bytes.
  const bytes = data.byteLength + texts.reduce((sum, { length }) => sum + 2 * length, 0);
  if (shards || textShards || bytes <= memory) return dataset;
  const size = (n: number) => `${Number((n / 1e6).toPrecision(3)).toLocaleString("en")} MB`;
  const note = `memory: the rows take ${size(bytes)}, more than the ${size(memory)} allowed, ` +
    "because features, compressed files, JSON arrays and arrays in column-major order are " +
    "not read in parts";
  return { ...dataset, notes: [...notes, note] };
}
