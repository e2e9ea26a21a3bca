import type { Algorithm } from "./algorithm.ts";
import { dbscanAlgorithm } from "./dbscan.ts";
import { hierarchicalAlgorithm } from "./hierarchical.ts";
import { kmeansAlgorithm } from "./kmeans.ts";
import { miniBatchAlgorithm } from "./mini_batch.ts";
import { mixtureAlgorithm } from "./mixture.ts";

/** The algorithms of `asterism cluster` by name; the first is the default. */
export const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  kmeans: kmeansAlgorithm,
  minibatch: miniBatchAlgorithm,
  dbscan: dbscanAlgorithm,
  hierarchical: hierarchicalAlgorithm,
  mixture: mixtureAlgorithm,
};
