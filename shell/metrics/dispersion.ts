/** Scores of a clustering by its centres: Davies-Bouldin and Calinski-Harabasz. */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../plan/tensor.ts";
import { type ClusterSpread, spreadOf, type SpreadOptions } from "./spread.ts";

/**
 * Davies-Bouldin index: how much each cluster overlaps with the one that it overlaps with most,
 * `DB = (1/k) sum_i max_(j != i) (S_i + S_j) / ||c_i - c_j||`, where c_i is the mean of cluster i and
 * S_i the mean Euclidean distance of its points from c_i.
 *
 * Clusters with the same centre do not count as a pair; if all centres or all points of each cluster
 * coincide the index is 0, as in scikit-learn. Noise (-1) is a cluster like the others, or, with
 * `noise: "exclude"`, left out.
 *
 * @param points [n, dim] f32, on the device
 * @param labels cluster of each point, any integers
 * @returns 0 or more; less is better
 * @throws RangeError if there are fewer than 2 clusters or as many as points, the labels are not n
 * integers, or a number is not finite or too large to be squared
 * @throws Cancelled if the signal is aborted
 * @see Davies and Bouldin, "A cluster separation measure", IEEE Transactions on Pattern Analysis and
 * Machine Intelligence 1 (1979)
 */
export async function daviesBouldin(
  device: Device,
  points: Tensor,
  labels: ArrayLike<number>,
  options: SpreadOptions = {},
): Promise<number> {
  return daviesBouldinOf(await spreadOf("daviesBouldin", device, points, labels, options));
}

/**
 * Calinski-Harabasz index or variance ratio: `CH = (B / (k - 1)) / (W / (n - k))` with the sum of
 * squares between clusters `B = sum_i n_i ||c_i - c||^2` and within them
 * `W = sum_i sum_(x in i) ||x - c_i||^2`; c_i is the mean of cluster i and c that of all points.
 *
 * 1 if all points of each cluster coincide (W = 0), as in scikit-learn. Noise (-1) is a cluster like
 * the others, or, with `noise: "exclude"`, left out.
 *
 * @param points [n, dim] f32, on the device
 * @param labels cluster of each point, any integers
 * @returns 0 or more; more is better
 * @throws RangeError if there are fewer than 2 clusters or as many as points, the labels are not n
 * integers, or a number is not finite or too large to be squared
 * @throws Cancelled if the signal is aborted
 * @see Caliński and Harabasz, "A dendrite method for cluster analysis", Communications in Statistics
 * 3 (1974)
 */
export async function calinskiHarabasz(
  device: Device,
  points: Tensor,
  labels: ArrayLike<number>,
  options: SpreadOptions = {},
): Promise<number> {
  const spread = await spreadOf("calinskiHarabasz", device, points, labels, options, "squares");
  return calinskiHarabaszOf(spread);
}

/** {@link daviesBouldin} of clusters that are measured already; O(k^2 dim) on the host. */
export function daviesBouldinOf({ centres, distances, dim }: ClusterSpread): number {
  const k = distances.length;
  const worst = new Float64Array(k);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < i; j++) {
      let square = 0;
      for (let d = 0; d < dim; d++) square += (centres[i * dim + d] - centres[j * dim + d]) ** 2;
      if (square === 0) continue;
      const ratio = (distances[i] + distances[j]) / Math.sqrt(square);
      worst[i] = Math.max(worst[i], ratio);
      worst[j] = Math.max(worst[j], ratio);
    }
  }
  return worst.reduce((sum, ratio) => sum + ratio, 0) / k;
}

/** {@link calinskiHarabasz} of clusters that are measured already. */
export function calinskiHarabaszOf({ n, dim, sizes, centres, squares }: ClusterSpread): number {
  const k = sizes.length;
  const within = squares.reduce((sum, square) => sum + square, 0);
  if (within === 0) return 1;
  // Relative to the first centre, so that a common offset costs no digits.
  const mean = new Float64Array(dim);
  for (let i = 0; i < centres.length; i++) {
    mean[i % dim] += sizes[Math.floor(i / dim)] * (centres[i] - centres[i % dim]) / n;
  }
  let between = 0;
  for (let i = 0; i < centres.length; i++) {
    const d = i % dim;
    between += sizes[Math.floor(i / dim)] * (centres[i] - centres[d] - mean[d]) ** 2;
  }
  return between * (n - k) / (within * (k - 1));
}
