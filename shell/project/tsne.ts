import type { Device } from "../device/device.ts";
import { MOST_NEIGHBOURS, nearestNeighbours } from "../neighbours/neighbours.ts";
import type { Tensor } from "../plan/tensor.ts";
import { Philox } from "../random.ts";
import { conditional, symmetrised } from "./affinities.ts";
import { Descent, type Phase } from "./descent.ts";
import { pca } from "./pca.ts";

/** How the repulsion of all pairs is computed. */
export type Repulsion = "exact" | "tree";

/** How far a map has come. */
export interface TsneProgress {
  /** Iterations that are done. */
  readonly iteration: number;
  /** Iterations in all. */
  readonly iterations: number;
  /** Attraction is exaggerated still. */
  readonly early: boolean;
  /** The divergence, if it was measured after this iteration. */
  readonly kl?: number;
  /** The map as it is, [n, dimensions]; to be asked for before what `onProgress` returned resolves. */
  positions(): Promise<Float32Array>;
}

/** What {@link tsne} may be told. */
export interface TsneOptions {
  /** Dimensions of the map: 2 (default) or 3. */
  readonly dimensions?: number;
  /**
   * Effective number of neighbours, from 1 to {@link largestPerplexity}; by default 30, or that if
   * it is less.
   */
  readonly perplexity?: number;
  /** Iterations in all (default 1,000). */
  readonly iterations?: number;
  /** Factor of the attraction at first (default 12), and for how many iterations (default 250). */
  readonly exaggeration?: number;
  /** Iterations with early exaggeration (default 250). */
  readonly exaggerationIterations?: number;
  /** By default `max(n / exaggeration / 4, 50)`. */
  readonly learningRate?: number;
  /**
   * Where points start: "pca" (default), the principal components scaled to a standard deviation
   * of 1e-4 along the first; "random", normal with that deviation; or positions, [n, dimensions].
   */
  readonly init?: "pca" | "random" | Float32Array;
  /** Of a random start: 32-bit unsigned (default 0). */
  readonly seed?: number;
  /** By default exact for few points, else by a tree. */
  readonly repulsion?: Repulsion;
  /** Opening angle of the tree (default .5): smaller is more exact; 0 is exact. */
  readonly theta?: number;
  /** Iterations between two entries of the history of the divergence (default 50). */
  readonly klEvery?: number;
  /** Iterations between two calls of `onProgress` (default 1). */
  readonly progressEvery?: number;
  /** Waited for, so that it can read the positions. */
  readonly onProgress?: (progress: TsneProgress) => void | Promise<void>;
  /** Stops the work: `Cancelled` is thrown. */
  readonly signal?: AbortSignal;
}

/** A map. */
export interface TsneResult {
  /** [n, dimensions], row-major. */
  readonly positions: Float32Array;
  /** Numbers in a place: 2 or 3. */
  readonly dimensions: number;
  /** `KL(P || Q)` of the map, in nats; the tree's approximation of the sum over pairs is in it. */
  readonly kl: number;
  /** The same along the way; P without exaggeration. */
  readonly history: readonly { readonly iteration: number; readonly kl: number }[];
}

/** Standard deviation of the start. */
const START = 1e-4;
/** Stream of random numbers of the start. */
const STREAM = 0x75e;
/** Points up to which the exact repulsion is the faster one, by kind of device. */
const EXACT = { wasm: 1000, webgpu: 20_000 };

/**
 * A map of points in 2 or 3 dimensions on which neighbours are near each other: t-distributed
 * stochastic neighbour embedding. It minimises `KL(P || Q)`; P is made of Gaussians of the given
 * perplexity around the 3 perplexity + 1 nearest neighbours of each point, Q of
 * `1 / (1 + ||y_i - y_j||^2)` over all pairs.
 *
 * The exact repulsion takes n^2 operations an iteration and no memory for pairs; the tree
 * (Barnes and Hut) some hundred operations a point. Same options, same bits, for any number of
 * workers. As in scikit-learn velocities and gains start anew when the exaggeration ends.
 *
 * @param points [n, dim] f32, on the device
 * @throws TypeError if points are of another shape or type
 * @throws RangeError if an option is out of range or a number is not finite
 * @throws TrainingError if the learning rate drives a point to infinity
 * @throws Cancelled if the signal is aborted
 * @see van der Maaten, Hinton (2008), Visualizing data using t-SNE; van der Maaten (2014),
 * Accelerating t-SNE using tree-based algorithms; Kobak, Berens (2019), The art of using t-SNE for
 * single-cell transcriptomics (start and learning rate)
 */
export async function tsne(
  device: Device,
  points: Tensor,
  options: TsneOptions = {},
): Promise<TsneResult> {
  const settings = check(device, points, options);
  const [n] = points.shape;
  const { dimensions: dims, perplexity, signal } = settings;
  const k = Math.min(n - 1, Math.floor(3 * perplexity + 1));
  const { indices, distances } = await nearestNeighbours(device, points, { k, signal });
  const affinities = symmetrised(indices, conditional(distances, k, perplexity), n, k);
  const y = await start(device, points, settings);
  const theta = settings.repulsion === "tree" ? settings.theta : undefined;
  const descent = new Descent(device, { affinities, dims, theta, signal, what: "t-SNE" });
  try {
    await descent.load(y);
    const history = await iterate(descent, settings);
    const positions = await descent.positions();
    return { positions, dimensions: dims, kl: history[history.length - 1].kl, history };
  } finally {
    descent.free();
  }
}

type Settings = ReturnType<typeof check>;

/** Runs all iterations; returns the divergences on the way, the last of them at the end. */
async function iterate(descent: Descent, settings: Settings) {
  const { iterations, exaggeration, early, rate, klEvery, progressEvery, onProgress } = settings;
  const history: { iteration: number; kl: number }[] = [];
  const next = (at: number, every: number) => (Math.floor(at / every) + 1) * every;
  for (let at = 0; at < iterations;) {
    const stops = [iterations, next(at, klEvery), at < early ? early : iterations];
    if (onProgress) stops.push(next(at, progressEvery));
    const end = Math.min(...stops);
    const first = at < early;
    const phase: Phase = first
      ? { exaggeration, rate, momentum: 0.5 }
      : { exaggeration: 1, rate, momentum: 0.8 };
    await descent.run(at, end, phase);
    at = end;
    if (at === early) descent.rest();
    const measured = at % klEvery === 0 || at === iterations;
    const kl = measured ? await descent.divergence() : undefined;
    if (kl !== undefined) history.push({ iteration: at, kl });
    if (onProgress && (at % progressEvery === 0 || at === iterations)) {
      const positions = () => descent.positions();
      await onProgress({ iteration: at, iterations, early: at < early, kl, positions });
    }
  }
  return history;
}

/** Where points start, [n, dimensions]. */
async function start(device: Device, points: Tensor, settings: Settings): Promise<Float32Array> {
  const { init, dimensions: dims, seed, signal } = settings;
  const [n, dim] = points.shape;
  if (init instanceof Float32Array) return init;
  const random = new Philox(seed, STREAM);
  const normal = () => Float32Array.from({ length: n * dims }, () => START * random.normal());
  if (init === "random") return normal();
  const components = Math.min(dims, n, dim);
  const found = await pca(device, points, { components, signal, seed });
  const scores = await found.transform(device, points, { signal });
  const deviation = Math.sqrt(found.explainedVariance[0] * (n - 1) / n);
  // Points that are all at one place have no directions.
  if (!(deviation > 0)) return normal();
  const y = new Float32Array(n * dims);
  for (let i = 0; i < n; i++) {
    for (let t = 0; t < components; t++) {
      y[i * dims + t] = scores[i * components + t] * (START / deviation);
    }
  }
  return y;
}

/** Options with defaults. */
function check(device: Device, points: Tensor, options: TsneOptions) {
  if (points.shape.length !== 2 || points.dtype !== "f32") {
    throw new TypeError(`t-SNE: points must be an f32 tensor [n, dim], got ${points}`);
  }
  const [n] = points.shape;
  if (n < 5) throw new RangeError(`t-SNE: a map needs at least 5 points, got ${n}`);
  const { dimensions: dims = 2, iterations = 1000, exaggeration = 12, init = "pca", theta = 0.5 } =
    options;
  if (dims !== 2 && dims !== 3) {
    throw new RangeError(`t-SNE: dimensions must be 2 or 3, got ${dims}`);
  }
  const repulsion = options.repulsion ?? (n <= EXACT[device.info.kind] ? "exact" : "tree");
  if (repulsion !== "exact" && repulsion !== "tree") {
    throw new RangeError(`t-SNE: repulsion must be exact or tree, got ${repulsion}`);
  }
  const settings = {
    dimensions: dims,
    iterations,
    exaggeration,
    init,
    theta,
    repulsion,
    perplexity: checkPerplexity(options.perplexity ?? usualPerplexity(n), n - 1),
    early: options.exaggerationIterations ?? 250,
    rate: options.learningRate ?? Math.max(n / exaggeration / 4, 50),
    seed: options.seed ?? 0,
    klEvery: options.klEvery ?? 50,
    progressEvery: options.progressEvery ?? 1,
    onProgress: options.onProgress,
    signal: options.signal,
  };
  checkNumbers(settings);
  if (!(typeof init === "string" ? ["pca", "random"].includes(init) : init.length === n * dims)) {
    throw new RangeError(
      `t-SNE: init must be pca, random or ${n} x ${dims} positions, got ` +
        (typeof init === "string" ? init : `${init.length} numbers`),
    );
  }
  return settings;
}

/** @throws RangeError unless the numbers are in range */
export function checkNumbers(settings: Readonly<Record<string, unknown>>): void {
  const integer = (v: number) => Number.isInteger(v);
  const rules: Record<string, readonly [(v: number) => boolean, string]> = {
    iterations: [(v) => integer(v) && v >= 1, "a positive integer"],
    early: [(v) => integer(v) && v >= 0, "an integer from 0 on"],
    klEvery: [(v) => integer(v) && v >= 1, "a positive integer"],
    progressEvery: [(v) => integer(v) && v >= 1, "a positive integer"],
    exaggeration: [(v) => Number.isFinite(v) && v >= 1, "a number from 1 on"],
    rate: [(v) => Number.isFinite(v) && v > 0, "a positive number"],
    theta: [(v) => Number.isFinite(v) && v >= 0, "a number from 0 on"],
  };
  const names: Record<string, string> = { early: "exaggerationIterations", rate: "learningRate" };
  for (const [key, [holds, rule]] of Object.entries(rules)) {
    if (!holds(settings[key] as number)) {
      throw new RangeError(`t-SNE: ${names[key] ?? key} must be ${rule}, got ${settings[key]}`);
    }
  }
}

/**
 * The largest perplexity where there are `others` points that can be neighbours: a third of them,
 * and at most 341. In hundredths, rounded down, so that what a message shows is allowed.
 */
export function largestPerplexity(others: number): number {
  return Math.floor(100 * Math.min((MOST_NEIGHBOURS - 1) / 3, others / 3)) / 100;
}

/** The perplexity of a map of n points where none is asked for: 30, or the largest that there is. */
export function usualPerplexity(n: number): number {
  return Math.min(30, largestPerplexity(n - 1));
}

/** @throws RangeError unless a perplexity is from 1 to the largest one */
export function checkPerplexity(perplexity: number, others: number): number {
  const most = largestPerplexity(others);
  if (perplexity >= 1 && perplexity <= most) return perplexity;
  throw new RangeError(
    `t-SNE: perplexity must be from 1 to ${most} where ${others} points can be neighbours, got ` +
      `${perplexity}: take a smaller one or more points`,
  );
}
