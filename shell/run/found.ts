/** What a trained model says of the rows, as results have it. */

import type { CodeClusters } from "../cluster/codes.ts";
import { normalise } from "../cluster/normalise.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Assignments } from "../data/results/columns.ts";
import type { Prediction } from "../methods/model.ts";
import type { Points } from "./flat_map.ts";

/** What a model says of the rows of a data set. */
export interface Found extends Prediction {
  readonly embedding: Float32Array;
  /** Numbers in a code. */
  readonly width: number;
  /** Places on a map, [n, 2]. */
  readonly map?: Float32Array;
  /** Names of the clusters, where they are classes. */
  readonly classNames?: readonly string[];
}

/** The assignments of a data set's rows. */
export function assignmentsOf(
  { ids, names, labels, labelNames, texts, textShards }: Dataset,
  { labels: cluster, confidence, distances, embedding, width, map, classNames }: Found,
): Assignments {
  return {
    ...{ ids, names, labels, labelNames, texts: textShards ?? texts, map, confidence },
    cluster: Int32Array.from(cluster),
    clusterNames: classNames,
    distance: distances,
    embedding: { data: embedding, width },
  };
}

/** Codes as the clusters were found in them. */
export function pointsOf(
  clusters: Pick<CodeClusters, "normalise" | "columns"> | null | undefined,
  codes: Float32Array,
  width: number,
): Points {
  const { normalise: how = "none", columns } = clusters ?? {};
  return { values: normalise(codes, width, how, columns), width };
}
