import { contingency } from "./contingency.ts";

/**
 * Normalised mutual information of a labelling and a clustering, with the arithmetic mean of the
 * two entropies as the normaliser:
 * `NMI = I / ((H_labels + H_clusters) / 2)`, where
 * `I = sum_ij (n_ij / n) ln(n n_ij / (a_i b_j))` and `H = -sum_i (a_i / n) ln(a_i / n)`.
 *
 * If both sides are one single group the score is 1 (they agree); if I is 0 otherwise, it is 0.
 *
 * @param labels class id of each of the n >= 1 points, non-negative integers
 * @param clusters cluster id of each point, non-negative integers, same length
 * @returns a number in [0, 1], the same if the arguments are swapped; 1 is a perfect match
 * @throws RangeError if the lengths differ, are 0, or an id is missing, negative or not whole
 * @see Vinh, Epps and Bailey, "Information theoretic measures for clusterings comparison", Journal
 * of Machine Learning Research 11 (2010), there NMI_sum
 */
export function nmi(labels: ArrayLike<number>, clusters: ArrayLike<number>): number {
  const table = contingency(labels, clusters);
  const { n, classSizes, clusterSizes, rows, columns, counts } = table;
  if (classSizes.length === 1 && clusterSizes.length === 1) return 1;
  let information = 0;
  counts.forEach((count, c) => {
    // Both products are whole numbers: for independent sides they are equal, and the term is 0.
    const expected = classSizes[rows[c]] * clusterSizes[columns[c]];
    information += (count / n) * Math.log((n * count) / expected);
  });
  // What rounding leaves of an information of 0 is not information.
  if (information <= Number.EPSILON) return 0;
  const mean = (entropy(classSizes, n) + entropy(clusterSizes, n)) / 2;
  return Math.min(1, information / mean);
}

/** Entropy in nats of groups of these sizes. */
function entropy(sizes: Float64Array, n: number): number {
  return sizes.reduce((sum, size) => sum - (size / n) * Math.log(size / n), 0);
}
