import { contingency } from "./contingency.ts";
import type { NoiseOptions } from "./noise.ts";

/**
 * Adjusted Rand index: the agreement of a labelling and a clustering about which pairs of points
 * belong together, corrected for chance,
 * `ARI = (S - E) / ((A + B) / 2 - E)`, where `S = sum_ij C(n_ij, 2)`, `A = sum_i C(a_i, 2)`,
 * `B = sum_j C(b_j, 2)`, `E = A B / C(n, 2)` and `C(x, 2) = x (x - 1) / 2`.
 *
 * If the two agree about every pair (also when there is none) the score is 1. Noise (-1) is a cluster
 * of its own, or, with `noise: "exclude"`, left out.
 *
 * @param labels class id of each of the n >= 1 points, integers of -1 (noise) or more
 * @param clusters cluster id of each point, the same
 * @returns a number in [-0.5, 1], the same if the arguments are swapped; 1 is a perfect match and
 * 0 is what chance gives on average
 * @throws RangeError if the lengths differ, are 0, or an id is missing, below -1 or not whole
 * @see Hubert and Arabie, "Comparing partitions", Journal of Classification 2 (1985)
 * @see Chacón and Rastrojo, "Minimum adjusted Rand index for two clusterings of a given size",
 * Advances in Data Analysis and Classification 17 (2023), for the lower bound
 */
export function ari(
  labels: ArrayLike<number>,
  clusters: ArrayLike<number>,
  options: NoiseOptions = {},
): number {
  const { n, classSizes, clusterSizes, counts } = contingency(labels, clusters, options);
  const all = pairs(n);
  const both = sum(counts);
  // Pairs together on one side only: none at all is a perfect match, also for n = 1.
  const labelsOnly = sum(classSizes) - both;
  const clustersOnly = sum(clusterSizes) - both;
  if (labelsOnly === 0 && clustersOnly === 0) return 1;
  const neither = all - both - labelsOnly - clustersOnly;
  // Hubert and Arabie's fraction times 2 C(n, 2): what is added and multiplied is whole.
  return 2 * (both * neither - labelsOnly * clustersOnly) /
    ((both + labelsOnly) * (labelsOnly + neither) +
      (both + clustersOnly) * (clustersOnly + neither));
}

/** Unordered pairs among `count` points. */
function pairs(count: number): number {
  return count * (count - 1) / 2;
}

function sum(counts: Float64Array): number {
  return counts.reduce((total, count) => total + pairs(count), 0);
}
