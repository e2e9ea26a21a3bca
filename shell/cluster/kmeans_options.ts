import type { Tensor } from "../plan/tensor.ts";
import type { Iteration } from "./lloyd.ts";

/**
 * How far two points are: `euclidean`, or `cosine`, `1 - cos(a, b)`, which sees directions only.
 */
export type Metric = "euclidean" | "cosine";

/** How to cluster. */
export interface KmeansOptions {
  /** Number of clusters k, 1 to n. */
  readonly clusters: number;
  /** Runs from different starts, of which the best is kept. Default 10; 1 with `centres`. */
  readonly starts?: number;
  /** Of the random numbers, an integer in [0, 2^32). Default 0. */
  readonly seed?: number;
  /** Iterations of one start, at most. Default 300. */
  readonly maxIterations?: number;
  /**
   * Stop when the sum of the centres' squared steps is at most this times the mean variance of the
   * dimensions. Default 1e-4; 0 goes on until no label changes.
   */
  readonly tolerance?: number;
  /**
   * Where a run starts: greedy k-means++, the default, or k points at random. With `weights`, both
   * draw a point in proportion to its weight.
   */
  readonly init?: "k-means++" | "random";
  /** Centres to start from, k rows, instead of `init`. */
  readonly centres?: Float32Array;
  /**
   * `cosine` is spherical K-Means: points count as if they had length 1, centres are the means of
   * their points at length 1. Takes a copy of the points on the device. Default `euclidean`.
   */
  readonly metric?: Metric;
  /** Weight of each point, 0 or more and not all 0, as if it were there that often. Default 1. */
  readonly weights?: ArrayLike<number>;
  /** Keeps the inertia of every iteration, which costs a look at all points in each. */
  readonly history?: boolean;
  /** Stops the work: `Cancelled` is thrown. */
  readonly signal?: AbortSignal;
  /** Called for each iteration, a few at a time. */
  readonly onIteration?: (one: Iteration & { readonly start: number }) => void;
}

/** The options with their defaults. */
export type Settings = ReturnType<typeof check>;

/** The options with their defaults. @throws RangeError or TypeError if one is out of range */
export function check(points: Tensor, options: KmeansOptions) {
  requirePoints("kmeans", points);
  const [n, dim] = points.shape;
  const { clusters, centres, maxIterations = 300, tolerance = 1e-4 } = options;
  const starts = options.starts ?? (centres ? 1 : 10);
  const { metric = "euclidean", init = "k-means++", seed = 0 } = options;
  requireCounts("kmeans", { clusters, starts, maxIterations });
  requireOneOf("kmeans", "metric", metric, ["euclidean", "cosine"]);
  requireOneOf("kmeans", "init", init, ["k-means++", "random"]);
  if (clusters > n) {
    throw new RangeError(
      `kmeans: ${clusters} clusters need at least as many points, got ${n}: ask for fewer clusters`,
    );
  }
  if (!(tolerance >= 0 && tolerance < Infinity)) {
    throw new RangeError(`kmeans: tolerance must be a finite number >= 0, got ${tolerance}`);
  }
  if (centres && (centres.length !== clusters * dim || !centres.every(Number.isFinite))) {
    throw new RangeError(
      `kmeans: centres must be ${clusters} rows of ${dim} finite numbers, got ${centres.length}`,
    );
  }
  if (centres && starts > 1) {
    throw new RangeError(`kmeans: given centres are one start, got starts ${starts}`);
  }
  if (centres && options.init) {
    throw new RangeError(`kmeans: give centres or init, got both (init ${init})`);
  }
  const weights = options.weights && checkWeights("kmeans", options.weights, n);
  const { signal, onIteration, history = false } = options;
  const start = { init, centres, starts, seed };
  return {
    ...start,
    clusters,
    maxIterations,
    tolerance,
    metric,
    weights,
    history,
    signal,
    onIteration,
  };
}

/** @throws TypeError unless points are a matrix */
export function requirePoints(what: string, points: Tensor): void {
  if (points.shape.length !== 2 || points.dtype !== "f32") {
    throw new TypeError(`${what}: points must be an f32 tensor [n, dim], got ${points}`);
  }
}

/** @throws RangeError unless all are integers of at least 1 */
export function requireCounts(what: string, counts: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(counts)) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`${what}: ${name} must be an integer of at least 1, got ${value}`);
    }
  }
}

/** @throws RangeError unless the value is one of those */
export function requireOneOf(
  what: string,
  name: string,
  value: string,
  known: readonly string[],
): void {
  if (!known.includes(value)) {
    const all = known.map((one) => `"${one}"`).join(" or ");
    throw new RangeError(`${what}: ${name} must be ${all}, got "${value}"`);
  }
}

/** The weights in float64. @throws RangeError naming the function if they cannot be used */
export function checkWeights(what: string, weights: ArrayLike<number>, n: number): Float64Array {
  if (weights.length !== n) {
    throw new RangeError(`${what}: ${n} points need as many weights, got ${weights.length}`);
  }
  const own = Float64Array.from(weights);
  const bad = own.findIndex((w) => !(w >= 0 && w < Infinity));
  if (bad >= 0) {
    throw new RangeError(
      `${what}: weights must be finite numbers >= 0, got ${weights[bad]} for point ${bad}`,
    );
  }
  if (!own.some((w) => w > 0)) {
    throw new RangeError(`${what}: a weight must be above 0, got 0 for every point`);
  }
  return own;
}
