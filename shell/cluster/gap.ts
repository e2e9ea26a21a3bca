/** The gap statistic: is the inertia lower than that of points without clusters? */

import type { Philox } from "../random.ts";

/** The gap of one k, and its standard error. */
export interface Gap {
  /** `Gap(k) = mean_b log W*_kb - log W_k`. */
  readonly gap: number;
  /** `s_k = sd_b(log W*_kb) sqrt(1 + 1 / B)`. */
  readonly error: number;
}

/**
 * The gap of one k.
 * @param inertia W_k, above 0, of the points
 * @param references W*_kb, above 0, of B >= 1 sets of points without clusters
 * @see Tibshirani, Walther, Hastie (2001), Estimating the number of clusters in a data set via the
 * gap statistic, section 3
 */
export function gapOf(inertia: number, references: readonly number[]): Gap {
  const logs = references.map(Math.log), count = logs.length;
  const mean = logs.reduce((a, b) => a + b, 0) / count;
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / count;
  return { gap: mean - Math.log(inertia), error: Math.sqrt(variance * (1 + 1 / count)) };
}

/**
 * The first k with `Gap(k) >= Gap(k + 1) - s_(k + 1)`; null if the gap rises to the end.
 * @param gaps of consecutive numbers of clusters, the first being `from`
 */
export function chooseByGap(from: number, gaps: readonly Gap[]): number | null {
  for (let i = 0; i + 1 < gaps.length; i++) {
    if (gaps[i].gap >= gaps[i + 1].gap - gaps[i + 1].error) return from + i;
  }
  return null;
}

/** The smallest box around points, by dimension. */
export interface Box {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** The smallest box with sides along the axes around n rows of `dim` numbers. */
export function boxOf(x: Float32Array, dim: number): Box {
  const low = new Float64Array(dim).fill(Infinity), high = new Float64Array(dim).fill(-Infinity);
  x.forEach((v, q) => {
    const d = q % dim;
    if (v < low[d]) low[d] = v;
    if (v > high[d]) high[d] = v;
  });
  return { low, high };
}

/** n points drawn uniformly from a box. */
export function uniformPoints({ low, high }: Box, n: number, random: Philox): Float32Array {
  const dim = low.length;
  return Float32Array.from({ length: n * dim }, (_, q) => {
    const d = q % dim;
    return low[d] + (high[d] - low[d]) * random.uniform();
  });
}
