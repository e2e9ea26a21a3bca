/** How far points are from the means of their clusters, and two scores that follow from it. */

/** Clusters by their means, in float64. */
export interface Dispersion {
  /** Points. */
  readonly n: number;
  /** Points of each cluster, above 0. */
  readonly sizes: Float64Array;
  /** k rows: the mean of each cluster. */
  readonly means: Float64Array;
  /** Mean distance of a cluster's points to its mean. */
  readonly spreads: Float64Array;
  /** Sum of the squared distances to the means of the clusters. */
  readonly within: number;
  /** `sum_j size_j ||mean_j - mean||^2`, the mean being that of all points. */
  readonly between: number;
}

/**
 * Measures clusters on the host, in float64: O(n dim). Labels that no point has are left out.
 *
 * @param x n rows of numbers
 * @param labels of the rows, integers of at least 0
 */
export function dispersion(x: Float32Array, labels: ArrayLike<number>): Dispersion {
  const n = labels.length, dim = x.length / n;
  const { sizes, own } = numbered(labels);
  const means = new Float64Array(sizes.length * dim), mean = new Float64Array(dim);
  for (let i = 0; i < n; i++) {
    for (let d = 0; d < dim; d++) means[own[i] * dim + d] += x[i * dim + d];
  }
  means.forEach((sum, q) => mean[q % dim] += sum / n);
  means.forEach((sum, q) => means[q] = sum / sizes[Math.floor(q / dim)]);
  const spreads = new Float64Array(sizes.length);
  let within = 0, between = 0;
  for (let i = 0; i < n; i++) {
    let square = 0;
    for (let d = 0; d < dim; d++) square += (x[i * dim + d] - means[own[i] * dim + d]) ** 2;
    within += square;
    spreads[own[i]] += Math.sqrt(square) / sizes[own[i]];
  }
  means.forEach((m, q) => between += sizes[Math.floor(q / dim)] * (m - mean[q % dim]) ** 2);
  return { n, sizes, means, spreads, within, between };
}

/** Labels as 0, 1, 2, ... in the order of their first points, and how many points each has. */
function numbered(labels: ArrayLike<number>) {
  const ids = new Map<number, number>(), sizes: number[] = [];
  const own = Uint32Array.from(labels, (label) => {
    let id = ids.get(label);
    if (id === undefined) ids.set(label, id = sizes.push(0) - 1);
    sizes[id]++;
    return id;
  });
  return { sizes: Float64Array.from(sizes), own };
}

/**
 * Calinski-Harabasz score, `(between / (k - 1)) / (within / (n - k))`: the higher, the denser and
 * the farther apart the clusters. 1 if every point lies on its mean, as in scikit-learn.
 *
 * @returns NaN unless 2 <= k < n
 * @see Calinski and Harabasz (1974), A dendrite method for cluster analysis
 */
export function calinskiHarabaszOf({ n, sizes, within, between }: Dispersion): number {
  const k = sizes.length;
  if (k < 2 || k >= n) return NaN;
  return within === 0 ? 1 : between / (k - 1) / (within / (n - k));
}

/**
 * Davies-Bouldin score, `1 / k sum_j max_{i != j} (s_i + s_j) / ||mean_i - mean_j||` with s the
 * spreads: the lower the better, 0 at best. Two clusters with one mean do not count, as in
 * scikit-learn.
 *
 * @returns NaN unless 2 <= k < n
 * @see Davies and Bouldin (1979), A cluster separation measure
 */
export function daviesBouldinOf({ n, sizes, means, spreads }: Dispersion): number {
  const k = sizes.length, dim = means.length / k;
  if (k < 2 || k >= n) return NaN;
  let sum = 0;
  for (let j = 0; j < k; j++) {
    let worst = 0;
    for (let i = 0; i < k; i++) {
      let square = 0;
      for (let d = 0; d < dim; d++) square += (means[i * dim + d] - means[j * dim + d]) ** 2;
      if (square > 0) worst = Math.max(worst, (spreads[i] + spreads[j]) / Math.sqrt(square));
    }
    sum += worst / k;
  }
  return sum;
}
