/** Rows by their options: read, told how far that is, and proven to be of the kind that is meant. */

import { type Dataset, type Format, loadDataset, type Progress } from "../data/index.ts";
import type { Stopped } from "./checkpoint_file.ts";
import { columnOptions, refuseTableOptions } from "./column_options.ts";
import { imageEncoder, imageOptions, refuseImageOptions } from "./image_options.ts";
import type { CommonValues } from "./job.ts";
import { bytesOf } from "./memory.ts";
import { progressBar } from "./progress.ts";
import { counted } from "./report.ts";
import { refuseTextOptions } from "./text/options.ts";

type Loading = Parameters<Progress>[0];

/**
 * Reads the rows that `train` is asked for; options that have no effect on them are refused.
 *
 * @param stopped the run that goes on: it sees its rows in the order in which it began
 * @throws UsageError if an option is for data of another kind
 * @throws DataError if they cannot be read @throws Cancelled if the signal is set
 */
export async function loadRows(
  values: CommonValues,
  signal: AbortSignal,
  say: (text: string) => void,
  stopped?: Stopped,
): Promise<Dataset> {
  const bar = progressBar("data    ", values.quiet);
  const { cache, config, split, revision, limit } = values;
  // What is wrong with the options is told before anything is loaded.
  const images = imageOptions(values);
  const features = await imageEncoder(values, {
    ...{ cache, signal },
    onDownload: (loaded, total) => bar.update(loaded / total, `loading ${values.features}`),
  });
  const memory = stopped && values.memory === undefined ? Infinity : bytesOf(values.memory);
  const dataset = await loadDataset(values.data, {
    ...{ cache, config, split, revision, limit, memory, signal },
    format: values.format as Format | undefined,
    ...columnOptions(values),
    ...{ images, features },
    onNote: (text) => say(`note: ${text}`),
    onProgress: (stage, done, total) =>
      bar.update(done / total, loading(values.data, stage, done, total)),
  });
  const inParts = dataset.shards || dataset.textShards;
  bar.done(`${counted(dataset.n, "row")} ${inParts ? "found" : "read"}`);
  if (inParts) values.memory = `${memory}`;
  refuseTableOptions(dataset, values);
  refuseImageOptions(dataset, values);
  refuseTextOptions(dataset, values);
  return dataset;
}

/** What is going on, in words. */
export function loading(name: string, stage: Loading, done: number, total: number): string {
  const [unit, called] = total < 1e6 ? [1e3, "kB"] : [1e6, "MB"];
  switch (stage) {
    case "download":
      return `${(done / unit).toFixed(1)} of ${(total / unit).toFixed(1)} ${called} fetched`;
    case "wait":
      return `waiting while the Hub makes Parquet files of it, ${done} s`;
    default:
      return `${stage === "prepare" ? "preparing" : "reading"} ${name}`;
  }
}
