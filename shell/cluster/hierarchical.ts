import type { Device } from "../device/device.ts";
import { requireFinite } from "../ops/finite.ts";
import type { Tensor } from "../plan/tensor.ts";
import { chainMerges } from "./chain.ts";
import { MOST_POINTS, squareMatrix } from "./distance_matrix.ts";
import type { Growth } from "./growth.ts";
import { chainSquares, edgeSquares } from "./heights.ts";
import { matrixMerges } from "./matrix_chain.ts";
import { type Merges, type MergeTree, treeOf } from "./merge_tree.ts";
import { type Rows, scaled } from "./panels.ts";
import { spanningTree } from "./spanning_tree.ts";

/** Distance of clusters: see {@link linkage}. */
export type LinkageMethod = "ward" | "single" | "complete" | "average";

/** How to cluster. */
export interface LinkageOptions {
  /** Default "ward". */
  readonly method?: LinkageMethod;
  /** Distance of points, default "euclidean"; "cosine" is 1 - cos, and not for Ward. */
  readonly metric?: "euclidean" | "cosine";
  /** Stops the work: `Cancelled` is thrown. */
  readonly signal?: AbortSignal;
  /** Called now and then: how many merges of how many are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

const METHODS: readonly LinkageMethod[] = ["ward", "single", "complete", "average"];

/**
 * Hierarchical clustering: all n - 1 merges of the two closest clusters, from single points to one
 * cluster. With d the distance of points, s sizes and c means, clusters a and b are as far apart as
 *
 *     ward      sqrt(2 s_a s_b / (s_a + s_b)) ||c_a - c_b||
 *     single    the smallest d of a point of a and one of b
 *     complete  the largest
 *     average   the mean of all of them
 *
 * which are the heights of scipy's `linkage`. Ward, single, and average with cosine distances take
 * memory proportional to n; complete and average with Euclidean ones keep n^2 float32 distances in
 * the host's memory, and so take 23,170 points at most.
 *
 * Distances are compared in float32. Heights are computed anew in float64 for the first kind. Where
 * distances are equal, or differ in the last digits of float32, several trees are right: a cluster
 * goes by its point of the highest number, and of equally near ones the lowest is taken, as scipy
 * does. The same bits for any number of workers.
 *
 * @param points [n, dim] f32, on the device, n at least 2
 * @throws RangeError if an option is unknown, there are too few or too many points, a number is not
 * finite, or a row is zero under cosine
 * @throws Cancelled if the signal is aborted
 * @see Murtagh and Legendre (2014), Ward's hierarchical agglomerative clustering method, for the
 * heights (Ward2); Muellner (2011), Modern hierarchical, agglomerative clustering algorithms
 */
export async function linkage(
  device: Device,
  points: Tensor,
  options: LinkageOptions = {},
): Promise<MergeTree> {
  const { method, metric } = check(points, options);
  await requireFinite(device, points, "linkage");
  const values = await device.read(points) as Float32Array, dim = points.shape[1];
  const rows = metric === "cosine" ? directions(values, dim) : values;
  const { pairs, heights } = await mergesOf(device, rows, dim, method, metric, options);
  return treeOf({ pairs, heights });
}

/** Merges and their heights. Under cosine rows have length 1, and d = ||x - y||^2 / 2. */
async function mergesOf(
  device: Device,
  rows: Rows,
  dim: number,
  method: LinkageMethod,
  metric: "euclidean" | "cosine",
  growth: Growth,
): Promise<Merges> {
  const distance = metric === "cosine" ? (square: number) => square / 2 : Math.sqrt;
  if (method === "single") {
    const pairs = await spanningTree(device, rows, dim, growth);
    return { pairs, heights: edgeSquares(rows, dim, pairs).map(distance) };
  }
  if (method === "ward" || (method === "average" && metric === "cosine")) {
    const pairs = await chainMerges(device, rows, dim, method, growth);
    return { pairs, heights: chainSquares(rows, dim, pairs, method).map(distance) };
  }
  const { values, factor } = scaled(rows, dim, false);
  const matrix = await squareMatrix(device, values, dim, growth.signal);
  for (let at = 0; at < matrix.length; at++) matrix[at] = distance(matrix[at]);
  const merges = await matrixMerges(matrix, rows.length / dim, method, growth);
  const unit = metric === "cosine" ? factor * factor : factor;
  return { ...merges, heights: merges.heights.map((height) => height / unit) };
}

/** Rows of length 1, in float64. */
function directions(values: Float32Array, dim: number): Float64Array {
  const out = Float64Array.from(values);
  for (let at = 0; at < out.length; at += dim) {
    const row = out.subarray(at, at + dim);
    // Squares of float32 numbers neither overflow nor vanish here.
    const length = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0));
    if (length === 0) {
      throw new RangeError(
        `linkage: row ${at / dim} is zero and has no cosine: remove it, or use metric "euclidean"`,
      );
    }
    for (let d = 0; d < dim; d++) row[d] /= length;
  }
  return out;
}

/** The options with their defaults. @throws RangeError or TypeError if one is out of range */
function check(points: Tensor, { method = "ward", metric = "euclidean" }: LinkageOptions) {
  if (points.shape.length !== 2 || points.dtype !== "f32") {
    throw new TypeError(`linkage: points must be an f32 tensor [n, dim], got ${points}`);
  }
  if (!METHODS.includes(method)) {
    throw new RangeError(`linkage: method must be one of ${METHODS.join(", ")}, got ${method}`);
  }
  if (metric !== "euclidean" && metric !== "cosine") {
    throw new RangeError(`linkage: metric must be euclidean or cosine, got ${metric}`);
  }
  if (method === "ward" && metric === "cosine") {
    throw new RangeError(
      'linkage: Ward needs Euclidean distances, got metric cosine: use method "average"',
    );
  }
  const [n] = points.shape;
  if (n < 2) throw new RangeError(`linkage: there must be at least 2 points, got ${n}`);
  const square = method === "complete" || (method === "average" && metric === "euclidean");
  if (square && n > MOST_POINTS) {
    throw new RangeError(
      `linkage: ${method} keeps n^2 distances and takes at most ${MOST_POINTS} points, got ${n}: ` +
        'use method "ward" or "single", or fewer points',
    );
  }
  return { method, metric };
}
