/** What a Siamese or triplet network is told of which rows belong together. */

import { clusterCodes } from "../cluster/codes.ts";
import { DataError } from "../errors.ts";
import type { Model } from "../methods/model.ts";
import type { Relations } from "../methods/pairs.ts";
import type { Rows } from "../methods/rows.ts";
import { range } from "../methods/train.ts";
import { type Job, rowsOfSplit } from "./job.ts";
import type { ClusterValues } from "./method_settings.ts";
import { agreement } from "./train_clusters.ts";

/** Relations, or null for nearest neighbours, and the rows to learn from. */
interface Known {
  readonly known: Relations | null;
  readonly ids: Uint32Array;
}

/**
 * The relations that `--pairs` asks for; undefined for methods without.
 * @throws DataError if labels are asked for and there are none
 */
export function relationsOf({ dataset }: Job, values: ClusterValues): Known | undefined {
  if (values.pairs === undefined) return undefined;
  if (values.pairs === "neighbours") return { known: null, ids: range(dataset.n) };
  if (!dataset.labels) {
    throw new DataError(
      `${dataset.name} has no column with classes: name it by --label, or use --pairs neighbours`,
    );
  }
  const train = rowsOfSplit(dataset, "train");
  const ids = train.length > 0 ? train : range(dataset.n);
  return { known: { labels: dataset.labels }, ids };
}

/** After learning from labels: K-Means on the codes of the test split, which were not seen. */
export async function holdOut(
  { dataset, device, signal }: Job,
  model: Model<{ seed: number }>,
  rows: Rows,
  relations: Known | undefined,
): Promise<Record<string, number>> {
  const test = rowsOfSplit(dataset, "test");
  if (!relations?.known || test.length === 0) return {};
  const codes = await model.codes(rows, test);
  const { clusters: k, starts, normalise, seed } = model.options as unknown as {
    clusters: number;
    starts: number;
    normalise: "none";
    seed: number;
  };
  const options = { clusters: Math.min(k, test.length), starts, seed, signal };
  const { found } = await clusterCodes(device, codes, model.width, normalise, options);
  const classes = Int32Array.from(test, (id) => dataset.labels![id]);
  const scores = Object.entries(agreement(classes, found.labels));
  return Object.fromEntries(scores.map(([name, value]) => [`test ${name}`, value]));
}
