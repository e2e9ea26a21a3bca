/** What a Siamese or triplet network is told of which rows belong together. */

import { clusterCodes } from "../cluster/codes.ts";
import { loadMatrix } from "../data/index.ts";
import { DataError, UsageError } from "../errors.ts";
import type { Model } from "../methods/model.ts";
import type { Relations } from "../methods/pairs.ts";
import type { Rows } from "../methods/rows.ts";
import { range } from "../methods/train.ts";
import { type Job, rowsOfSplit } from "./job.ts";
import { agreement } from "../run/scores.ts";
import type { ClusterValues } from "./cluster_values.ts";

/** Relations, or null for nearest neighbours, and the rows to learn from. */
interface Known {
  readonly known: Relations | null;
  readonly ids: Uint32Array;
}

/**
 * The relations that `--pairs` asks for; undefined for methods without.
 * @throws DataError if labels are asked for and there are none, or a file is not what it should be
 */
export async function relationsOf(job: Job, values: ClusterValues): Promise<Known | undefined> {
  const { dataset } = job;
  if (values.pairs === undefined) return undefined;
  if (values.pairs === "neighbours" && dataset.shards) {
    throw new DataError(
      `the nearest rows of ${dataset.name} cannot be found, because not all rows are in memory: ` +
        "allow more by --memory, take fewer by --limit, or give --pairs",
    );
  }
  if (values.pairs === "neighbours") return { known: null, ids: range(dataset.n) };
  if (values.pairs !== "labels") {
    return { known: await readRelations(job, values.pairs), ids: range(dataset.n) };
  }
  if (!dataset.labels) {
    throw new DataError(
      `${dataset.name} has no column with classes: name it by --label, or use --pairs neighbours`,
    );
  }
  const train = rowsOfSplit(dataset, "train");
  const ids = train.length > 0 ? train : range(dataset.n);
  return { known: { labels: dataset.labels }, ids };
}

/** Columns of a file of relations, by method. */
const COLUMNS = {
  siamese: "row, other row, and 1 if they belong together or 0 if not",
  triplet: "anchor, positive and negative row",
};

/** Pairs or triplets of row numbers from a table. @throws DataError that names file and row */
async function readRelations({ method, dataset, signal }: Job, path: string): Promise<Relations> {
  if (!/\.(npy|[ct]sv|parquet)$/i.test(path)) {
    throw new UsageError(
      `--pairs must be neighbours, labels, or a .csv, .tsv, .npy or .parquet file, got "${path}"`,
    );
  }
  const { data, n, width, columns } = await loadMatrix(path, { label: false, signal });
  if (width !== 3) {
    throw new DataError(
      `${path} must have 3 columns, ${COLUMNS[method as "siamese"]}, got ${width} columns`,
    );
  }
  if (method === "triplet" && arePairs(data, columns)) {
    throw new DataError(
      `${path} has pairs (its column 3 is 0 or 1, as of rows that belong together or not) where ` +
        `train triplet needs ${COLUMNS.triplet}: give triplets, or train siamese with this file`,
    );
  }
  const tuples = Array.from({ length: n }, (_, i) => data.subarray(3 * i, 3 * i + 3));
  const places = method === "siamese" ? 2 : 3;
  tuples.forEach((tuple, i) => {
    const wrong = tuple.subarray(0, places).find((row) =>
      !(Number.isInteger(row) && row >= 0 && row < dataset.n)
    );
    if (wrong !== undefined) {
      throw new DataError(
        `${path}, row ${i}: there is no row ${wrong} in ${dataset.name}, whose rows are 0 to ` +
          `${dataset.n - 1}`,
      );
    }
    if (method === "siamese" && tuple[2] !== 0 && tuple[2] !== 1) {
      throw new DataError(
        `${path}, row ${i}: column 3 must be 1 for rows that belong together or 0, got ${tuple[2]}`,
      );
    }
  });
  const known = tuples.map(([a, b, c]) => [a, b, c] as const);
  return method === "siamese" ? { pairs: known } : { triplets: known };
}

/** Whether what should be triplets is pairs, by the heading or by what column 3 has. */
function arePairs(data: Float32Array, [, , heading]: readonly string[]): boolean {
  const third = data.filter((_, i) => i % 3 === 2);
  const answers = third.every((value) => value === 0 || value === 1);
  const named = /^(same|similar|together|match|is_?same|label|pair|y)$/i.test(heading);
  // A single row, or two, may well be the negatives 0 and 1.
  return answers && (named || third.length > 2);
}

/** After learning from labels: K-Means on the codes of the test split, which were not seen. */
export async function holdOut(
  { dataset, device, signal }: Job,
  model: Model<{ seed: number }>,
  rows: Rows,
  relations: Known | undefined,
): Promise<Record<string, number>> {
  const test = rowsOfSplit(dataset, "test");
  const known = relations?.known;
  if (!known || !("labels" in known) || test.length === 0) return {};
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
