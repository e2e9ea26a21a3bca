import type { Device } from "../device/device.ts";
import { requireFinite, requireSmall } from "../ops/finite.ts";
import type { Tensor } from "../plan/tensor.ts";
import { cosineValues } from "./cosine_silhouette.ts";
import { group } from "./groups.ts";
import type { NoiseOptions } from "./noise.ts";
import { pairedValues } from "./paired_silhouette.ts";
import { queryValues } from "./query_silhouette.ts";
import { checkPoints } from "./spread.ts";

/** Silhouette values. */
export interface Silhouette {
  /** Mean of the samples, in [-1, 1]. */
  readonly mean: number;
  /** `s_i` of point `rows[i]`. */
  readonly samples: Float32Array;
  /** The points that have a value, ascending: all of them, or those that are not noise. */
  readonly rows: Uint32Array;
}

/** Options of {@link silhouette}. */
export interface SilhouetteOptions extends NoiseOptions {
  /** How far apart two points are (default `euclidean`). */
  readonly metric?: "euclidean" | "cosine";
  /** Stops the work: `Cancelled` is thrown. */
  readonly signal?: AbortSignal;
  /** Called now and then: how many strips of points of how many are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Clusters from which on sums by point and cluster are not kept: they would outgrow the points. */
const MANY = 32;

/**
 * Exact silhouette values `s_i = (b_i - a_i) / max(a_i, b_i)`: a_i is the mean distance to the other
 * points of the own cluster, b_i the smallest mean distance to another cluster; 0 for a point alone
 * in its cluster.
 *
 * Euclidean: all pairs are computed, none is kept; working memory is a copy of the points and up to
 * 32 numbers per point. On WASM each pair is computed once; with more than 32 clusters twice.
 * Cosine, `1 - x . y / (||x|| ||y||)`: from the mean of each cluster's rows of length 1, as exact and
 * much cheaper, O(n k dim); in float32, so directions less than about 1e-3 apart lose digits.
 *
 * Noise (-1) is a cluster like the others, as in scikit-learn, or, with `noise: "exclude"`, left out:
 * those points have no value, and nobody's distance to them counts.
 *
 * Silhouettes of different embeddings say nothing about each other, see `comparisonWarning`.
 *
 * @param points [n, dim] f32, on the device
 * @param labels cluster of each point, any integers
 * @throws RangeError if there are fewer than 2 clusters or as many as points, the labels are not n
 * integers, a number is not finite, or, with cosine, a row is all zeros
 * @throws Cancelled if the signal is aborted
 * @see Rousseeuw (1987), Silhouettes: a graphical aid to the interpretation and validation of
 * cluster analysis
 */
export async function silhouette(
  device: Device,
  points: Tensor,
  labels: ArrayLike<number>,
  { metric = "euclidean", noise, signal, onProgress }: SilhouetteOptions = {},
): Promise<Silhouette> {
  if (metric !== "euclidean" && metric !== "cosine") {
    throw new TypeError(`silhouette: metric must be "euclidean" or "cosine", got ${metric}`);
  }
  checkPoints("silhouette", points);
  const groups = group("silhouette", labels, points.shape[0], noise);
  await requireFinite(device, points, "silhouette");
  const hooks = { signal, onProgress };
  const { order, label, ids } = groups;
  if (metric === "cosine") {
    const values = await cosineValues(device, points, groups, hooks);
    const rows = order.slice().sort();
    return summary(Float32Array.from(rows, (row) => values[row]), rows);
  }
  const values = ids.length <= MANY
    ? await pairedValues(device, points, groups, hooks)
    : await queryValues(device, points, groups, { rows: order, label }, hooks);
  const byRow = new Float32Array(points.shape[0]);
  order.forEach((row, p) => byRow[row] = values[p]);
  const rows = order.slice().sort();
  return summary(Float32Array.from(rows, (row) => byRow[row]), rows);
}

function summary(samples: Float32Array, rows: Uint32Array): Silhouette {
  const mean = samples.reduce((sum, s) => sum + s, 0) / samples.length;
  requireSmall("silhouette", mean);
  return { mean, samples, rows };
}
