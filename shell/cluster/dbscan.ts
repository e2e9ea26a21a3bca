import type { Device } from "../device/device.ts";
import { NO_ROW } from "../kernels/radius_join.ts";
import { requireFinite } from "../ops/finite.ts";
import { data, type Tensor } from "../plan/tensor.ts";
import { Pairs, type Points, type Watch } from "./pairs.ts";
import { type Radius, radiusOf } from "./radius.ts";
import { spatialOrder, treeOf } from "./spatial.ts";
import { unitVectors } from "./unit_vectors.ts";

/** How far apart two points are: `||x - y||`, or `1 - cos(x, y)`. */
export type DbscanMetric = "euclidean" | "cosine";

/** The eps that each metric takes. */
export const EPS_RANGE: Readonly<Record<DbscanMetric, readonly [number, number]>> = {
  euclidean: [1e-15, 1e15],
  cosine: [1e-12, 2],
};

/** How to cluster. */
export interface DbscanOptions {
  /**
   * Points at this distance or nearer are neighbours: 1e-15 to 1e15 under "euclidean", 1e-12 to 2
   * under "cosine". {@link suggestEps} proposes one.
   */
  readonly eps: number;
  /** A core point has this many neighbours or more, itself among them; 1 or more. */
  readonly minPoints: number;
  /** Default "euclidean". */
  readonly metric?: DbscanMetric;
  /** Stops the work: `Cancelled` is thrown. */
  readonly signal?: AbortSignal;
  /** Called now and then: how much of how much of a stage is done. */
  readonly onProgress?: (stage: DbscanStage, done: number, total: number) => void;
}

/** Counting neighbours, joining core points, finding clusters for the others. */
export type DbscanStage = "neighbours" | "clusters" | "borders";

/** A clustering by density. */
export interface DbscanResult {
  /** Cluster of each point from 0 on; -1 for noise. */
  readonly labels: Int32Array;
  /** 1 for a core point, else 0. */
  readonly core: Uint8Array;
  /** Number of points within eps of each, itself among them. */
  readonly neighbours: Uint32Array;
  /** Number of clusters; 0 if everything is noise. */
  readonly clusters: number;
  /** Number of points that are noise. */
  readonly noise: number;
  /** The radius that was asked for. */
  readonly eps: number;
  /** The points within it that make a core point, itself counted. */
  readonly minPoints: number;
  /** How far apart two points are. */
  readonly metric: DbscanMetric;
}

/**
 * DBSCAN, exactly. A point is *core* if `minPoints` points or more, itself included, are within
 * eps (at eps counts as within). Core points within eps of each other belong to one cluster.
 * Clusters are numbered in the order of their first core points. Another point within eps of a core
 * point is a *border* point and goes to the lowest-numbered cluster that has a core point within
 * eps of it: the one that reaches it first when points are looked at in their order, as in
 * scikit-learn. The remaining ones are *noise*.
 *
 * Memory is proportional to the number of points: distances are computed, used and forgotten, and
 * boxes around groups of points tell which need not be computed. The result has the same bits on
 * every device.
 *
 * Euclidean distances are compared with eps as float64 compares `sum_d (x_d - y_d)^2` of the
 * float32 coordinates with `eps^2`. For cosine the float64 unit vectors are kept to 48 bits and
 * compared with the radius `sqrt(2 eps)`; pairs whose distance is within 4e-14 of eps are within.
 *
 * @param points [n, dim] f32, on the device
 * @throws RangeError if eps or minPoints is out of range, a number is not finite, or a row is zero
 * under "cosine"
 * @throws Cancelled if the signal is aborted
 * @see Ester, Kriegel, Sander, Xu (1996), A density-based algorithm for discovering clusters in
 * large spatial databases with noise
 */
export async function dbscan(
  device: Device,
  points: Tensor,
  options: DbscanOptions,
): Promise<DbscanResult> {
  const metric = check(points, options);
  await requireFinite(device, points, "dbscan");
  const x = await device.read(points) as Float32Array;
  const dim = points.shape[1];
  if (metric === "euclidean") {
    const radius = radiusOf(options.eps ** 2, dim);
    return await cluster(device, { x: points, low: null }, x, radius, options);
  }
  const unit = unitVectors(x, dim, "dbscan");
  const placed = { x: data("unit", points.shape), low: data("unit_low", points.shape) };
  device.write(placed.x, unit.high);
  device.write(placed.low, unit.low);
  try {
    return await cluster(device, placed, unit.high, cosineRadius(options.eps, dim), options);
  } finally {
    device.free(placed.x, placed.low);
  }
}

/**
 * `1 - cos <= eps` is `||u - v||^2 <= 2 eps`. Unit vectors to 48 bits and their norms are wrong by
 * little more than 2^-48, so that a pair exactly at eps may come out a little above.
 */
function cosineRadius(eps: number, dim: number): Radius {
  const radius = Math.sqrt(2 * eps);
  return radiusOf(2 * eps + radius * 2 ** -45, dim, 2 ** -23);
}

/** Counts, then joins core points, then assigns border points. */
async function cluster(
  device: Device,
  points: Points,
  x: Float32Array,
  radius: Radius,
  options: DbscanOptions,
): Promise<DbscanResult> {
  const [n, dim] = points.x.shape;
  const { eps, minPoints, metric = "euclidean" } = options;
  const order = spatialOrder(x, n, dim);
  const pairs = new Pairs(device, points, radius);
  try {
    const neighbours = await pairs.count(treeOf(x, dim, order), watch(options, "neighbours"));
    const core = Uint8Array.from(neighbours, (count) => Number(count >= minPoints));
    let first: Uint32Array = new Uint32Array(n).fill(NO_ROW);
    const members = order.filter((row) => core[row]);
    if (members.length > 0) {
      const tree = treeOf(x, dim, members);
      first = await pairs.link(tree, watch(options, "clusters"));
      const others = order.filter((row) => !core[row] && neighbours[row] > 1);
      if (others.length > 0) first = await pairs.reach(tree, others, watch(options, "borders"));
    }
    return { ...numbered(first), core, neighbours, eps, minPoints, metric };
  } finally {
    pairs.free();
  }
}

function watch({ signal, onProgress }: DbscanOptions, stage: DbscanStage): Watch {
  return { signal, report: onProgress && ((done, total) => onProgress(stage, done, total)) };
}

/** Clusters by number from the first core point of each. */
function numbered(first: Uint32Array) {
  const labels = new Int32Array(first.length).fill(-1);
  let clusters = 0, noise = 0;
  for (let i = 0; i < first.length; i++) if (first[i] === i) labels[i] = clusters++;
  for (let i = 0; i < first.length; i++) {
    if (first[i] === NO_ROW) noise++;
    else labels[i] = labels[first[i]];
  }
  return { labels, clusters, noise };
}

/** @throws RangeError or TypeError if an argument is out of range */
function check(points: Tensor, { eps, minPoints, metric = "euclidean" }: DbscanOptions) {
  if (points.shape.length !== 2 || points.dtype !== "f32") {
    throw new TypeError(`dbscan: points must be an f32 tensor [n, dim], got ${points}`);
  }
  if (metric !== "euclidean" && metric !== "cosine") {
    throw new RangeError(`dbscan: metric must be "euclidean" or "cosine", got "${metric}"`);
  }
  const [least, most] = EPS_RANGE[metric];
  if (!(eps >= least && eps <= most)) {
    throw new RangeError(
      `dbscan: eps must be a distance above 0, from ${least} to ${most} under "${metric}", got ` +
        `${eps}: take the distance at which points should count as neighbours`,
    );
  }
  if (!(Number.isInteger(minPoints) && minPoints >= 1)) {
    throw new RangeError(`dbscan: minPoints must be an integer of at least 1, got ${minPoints}`);
  }
  return metric;
}

/**
 * What is odd about a clustering, in a sentence for people, or nothing: everything is noise, or
 * everything is one cluster.
 */
export function dbscanWarning(found: DbscanResult): string | undefined {
  const { clusters, noise, eps, minPoints, labels, neighbours } = found;
  if (clusters === 0) {
    const most = neighbours.reduce((a, b) => Math.max(a, b), 0);
    return `every point is noise: none has ${minPoints} points within eps ${eps} (the most is ` +
      `${most}): choose a larger eps or a smaller minPoints`;
  }
  if (clusters === 1 && noise === 0 && labels.length > 1) {
    return `all points are one cluster at eps ${eps}: choose a smaller eps to part them`;
  }
}
