import { contingency } from "./contingency.ts";
import { entropy, mutualInformation } from "./information.ts";
import type { NoiseOptions } from "./noise.ts";

/** Homogeneity, completeness and their mean, each in [0, 1]. */
export interface VMeasure {
  /** 1 if every cluster holds points of one class only: `1 - H(classes | clusters) / H(classes)`. */
  readonly homogeneity: number;
  /** 1 if every class lies in one cluster: `1 - H(clusters | classes) / H(clusters)`. */
  readonly completeness: number;
  /** `V = (1 + beta) h c / (beta h + c)`; with beta 1 it is the NMI. */
  readonly vMeasure: number;
}

/** Options of {@link vMeasure}. */
export interface VMeasureOptions extends NoiseOptions {
  /** Weight of completeness against homogeneity, above 0 (default 1). */
  readonly beta?: number;
}

/**
 * Homogeneity h, completeness c and V-measure of a clustering against classes, from the mutual
 * information I and the entropies: `h = I / H(classes)`, `c = I / H(clusters)`,
 * `V = (1 + beta) h c / (beta h + c)`.
 *
 * With one class only h is 1, with one cluster only c is 1; where both are 0, V is 0. Noise (-1) is
 * a cluster of its own, or, with `noise: "exclude"`, left out.
 *
 * @param labels class id of each of the n >= 1 points, integers of -1 (noise) or more
 * @param clusters cluster id of each point, the same
 * @throws RangeError if the lengths differ, are 0, an id is missing, below -1 or not whole, or beta
 * is not above 0
 * @see Rosenberg and Hirschberg, "V-Measure: a conditional entropy-based external cluster evaluation
 * measure", EMNLP (2007)
 */
export function vMeasure(
  labels: ArrayLike<number>,
  clusters: ArrayLike<number>,
  { beta = 1, noise }: VMeasureOptions = {},
): VMeasure {
  if (!(beta > 0 && Number.isFinite(beta))) {
    throw new RangeError(`vMeasure: beta must be a number above 0, got ${beta}`);
  }
  const table = contingency(labels, clusters, { noise });
  const information = mutualInformation(table);
  const share = (sizes: Float64Array) =>
    sizes.length === 1 ? 1 : Math.min(1, information / entropy(sizes, table.n));
  const h = share(table.classSizes), c = share(table.clusterSizes);
  const v = h + c === 0 ? 0 : (1 + beta) * h * c / (beta * h + c);
  return { homogeneity: h, completeness: c, vMeasure: v };
}
