import { type Contingency, contingency } from "./contingency.ts";
import { hungarian } from "./hungarian.ts";
import type { NoiseOptions } from "./noise.ts";

/** Largest table (classes times clusters) that is matched: 1 GiB of costs. */
const largestTable = 2 ** 27;

/**
 * Clustering accuracy: the share of points whose cluster, renamed by the best one-to-one map m
 * from clusters to classes, is their class,
 * `ACC = max_m (1/n) |{p : labels[p] = m(clusters[p])}|`.
 *
 * With more clusters than classes, the clusters without a class count as wrong. Noise (-1) is a
 * cluster that may be matched like the others, or, with `noise: "exclude"`, left out of n.
 *
 * @param labels class id of each of the n >= 1 points, integers of -1 (noise) or more
 * @param clusters cluster id of each point, the same
 * @returns a share in [0, 1]; 1 is a perfect match
 * @throws RangeError if the lengths differ, are 0, or an id is missing, below -1 or not whole
 * @see Yang, Xu, Nie, Yan and Zhuang, "Image clustering using local discriminant models and global
 * integration", IEEE Transactions on Image Processing 19 (2010)
 */
export function accuracy(
  labels: ArrayLike<number>,
  clusters: ArrayLike<number>,
  options: NoiseOptions = {},
): number {
  const table = contingency(labels, clusters, options);
  const columnOf = match(table);
  let right = 0;
  table.counts.forEach((count, c) => {
    if (columnOf[table.rows[c]] === table.columns[c]) right += count;
  });
  return right / table.n;
}

/**
 * The one-to-one map from cluster id to class id that {@link accuracy} scores. Where several maps
 * score the same, the same input always gives the same one.
 *
 * @param labels class id of each of the n >= 1 points, integers of -1 (noise) or more
 * @param clusters cluster id of each point, the same
 * @returns class id by cluster id, clusters in ascending order; with more clusters than classes,
 * the clusters left over are not in it
 * @throws RangeError if the lengths differ, are 0, or an id is missing, below -1 or not whole
 */
export function matchClusters(
  labels: ArrayLike<number>,
  clusters: ArrayLike<number>,
  options: NoiseOptions = {},
): Map<number, number> {
  const table = contingency(labels, clusters, options);
  const rowOf = new Int32Array(table.clusters.length).fill(-1);
  match(table).forEach((column, row) => {
    if (column >= 0) rowOf[column] = row;
  });
  const map = new Map<number, number>();
  table.clusters.forEach((cluster, j) => {
    if (rowOf[j] >= 0) map.set(cluster, table.classes[rowOf[j]]);
  });
  return map;
}

/** For each row of the table, the column matched to it, or -1. */
function match(table: Contingency): Int32Array {
  const rows = table.classes.length;
  const columns = table.clusters.length;
  if (rows * columns > largestTable) {
    throw new RangeError(
      `accuracy: at most ${largestTable} pairs of a class and a cluster can be matched, ` +
        `got ${rows} classes and ${columns} clusters`,
    );
  }
  const cost = new Float64Array(rows * columns);
  table.counts.forEach((count, c) => cost[table.rows[c] * columns + table.columns[c]] = -count);
  return hungarian(cost, rows, columns);
}
