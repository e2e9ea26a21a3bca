/** Entropies and shared information of two groupings, in nats. */

import type { Contingency } from "./contingency.ts";

/** Entropy `H = -sum_i (a_i / n) ln(a_i / n)` of groups of these sizes, n in all. */
export function entropy(sizes: Float64Array, n: number): number {
  return sizes.reduce((sum, size) => sum - (size / n) * Math.log(size / n), 0);
}

/**
 * Mutual information `I = sum_ij (n_ij / n) ln(n n_ij / (a_i b_j))` of classes and clusters; what
 * rounding leaves of an information of 0 is 0.
 */
export function mutualInformation(table: Contingency): number {
  const { n, classSizes, clusterSizes, rows, columns, counts } = table;
  let information = 0;
  counts.forEach((count, c) => {
    // Both products are whole numbers: for independent sides they are equal, and the term is 0.
    const expected = classSizes[rows[c]] * clusterSizes[columns[c]];
    information += (count / n) * Math.log((n * count) / expected);
  });
  return information <= Number.EPSILON ? 0 : information;
}

/**
 * Expected mutual information of groupings with these sizes that are drawn at random,
 * `E = sum_ij sum_m P(m) (m / n) ln(n m / (a_i b_j))` where `P(m)`, m from
 * `max(1, a_i + b_j - n)` to `min(a_i, b_j)`, is the hypergeometric probability of m points in both,
 * `a_i! b_j! (n - a_i)! (n - b_j)! / (n! m! (a_i - m)! (b_j - m)! (n - a_i - b_j + m)!)`.
 *
 * Pairs of sizes that occur several times are computed once.
 *
 * @see Vinh, Epps and Bailey (2010), section 3.2, theorem 7
 */
export function expectedInformation({ n, classSizes, clusterSizes }: Contingency): number {
  const logs = new Float64Array(n + 1); // ln m!
  for (let m = 1; m <= n; m++) logs[m] = logs[m - 1] + Math.log(m);
  const one = countSizes(classSizes), other = countSizes(clusterSizes);
  let sum = 0;
  for (const [a, as] of one) {
    for (const [b, bs] of other) sum += as * bs * expectedTerm(a, b, n, logs);
  }
  return sum;
}

/** The inner sum over m for groups of a and b points. */
function expectedTerm(a: number, b: number, n: number, logs: Float64Array): number {
  const fixed = logs[a] + logs[b] + logs[n - a] + logs[n - b] - logs[n];
  let sum = 0;
  for (let m = Math.max(1, a + b - n); m <= Math.min(a, b); m++) {
    const chance = fixed - logs[m] - logs[a - m] - logs[b - m] - logs[n - a - b + m];
    sum += m / n * Math.log(n * m / (a * b)) * Math.exp(chance);
  }
  return sum;
}

/** How many groups there are of each size. */
function countSizes(sizes: Float64Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const size of sizes) counts.set(size, (counts.get(size) ?? 0) + 1);
  return counts;
}
