import { contingency } from "./contingency.ts";
import { entropy, expectedInformation, mutualInformation } from "./information.ts";
import type { NoiseOptions } from "./noise.ts";

/**
 * Normalised mutual information of a labelling and a clustering, with the arithmetic mean of the
 * two entropies as the normaliser:
 * `NMI = I / ((H_labels + H_clusters) / 2)`, where
 * `I = sum_ij (n_ij / n) ln(n n_ij / (a_i b_j))` and `H = -sum_i (a_i / n) ln(a_i / n)`.
 *
 * If both sides are one single group the score is 1 (they agree); if I is 0 otherwise, it is 0.
 * Noise (-1) is a cluster of its own, or, with `noise: "exclude"`, left out.
 *
 * @param labels class id of each of the n >= 1 points, integers of -1 (noise) or more
 * @param clusters cluster id of each point, the same
 * @returns a number in [0, 1], the same if the arguments are swapped; 1 is a perfect match
 * @throws RangeError if the lengths differ, are 0, or an id is missing, below -1 or not whole
 * @see Vinh, Epps and Bailey, "Information theoretic measures for clusterings comparison", Journal
 * of Machine Learning Research 11 (2010), there NMI_sum
 */
export function nmi(
  labels: ArrayLike<number>,
  clusters: ArrayLike<number>,
  options: NoiseOptions = {},
): number {
  const table = contingency(labels, clusters, options);
  const { n, classSizes, clusterSizes } = table;
  if (classSizes.length === 1 && clusterSizes.length === 1) return 1;
  const information = mutualInformation(table);
  if (information === 0) return 0;
  return Math.min(1, information / ((entropy(classSizes, n) + entropy(clusterSizes, n)) / 2));
}

/**
 * Adjusted mutual information: {@link nmi} corrected for chance,
 * `AMI = (I - E) / ((H_labels + H_clusters) / 2 - E)`, with E the information that groups of the same
 * sizes share on average if they are drawn at random. With many small clusters NMI is high by
 * chance; AMI is not.
 *
 * If both sides are one single group the score is 1, if only one is 0. If a side leaves every point
 * alone, chance shares all that there is to share, and the score is 0, as scikit-learn has it. Noise
 * as in {@link nmi}. Takes time proportional to the sum of `min(a_i, b_j)` over the pairs of
 * different sizes.
 *
 * @param labels class id of each of the n >= 1 points, integers of -1 (noise) or more
 * @param clusters cluster id of each point, the same
 * @returns a number of at most 1, the same if the arguments are swapped; 0 is what chance gives on
 * average
 * @throws RangeError if the lengths differ, are 0, or an id is missing, below -1 or not whole
 * @see Vinh, Epps and Bailey (2010), there AMI_sum
 */
export function ami(
  labels: ArrayLike<number>,
  clusters: ArrayLike<number>,
  options: NoiseOptions = {},
): number {
  const table = contingency(labels, clusters, options);
  const { n, classSizes, clusterSizes } = table;
  const rows = classSizes.length, columns = clusterSizes.length;
  if (rows === 1 && columns === 1) return 1;
  if (rows === 1 || columns === 1 || rows === n || columns === n) return 0;
  const expected = expectedInformation(table);
  const mean = (entropy(classSizes, n) + entropy(clusterSizes, n)) / 2;
  return Math.min(1, (mutualInformation(table) - expected) / (mean - expected));
}
