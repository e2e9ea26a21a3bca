import type { Device } from "../device/device.ts";
import { Cancelled, DataError } from "../errors.ts";
import { requireFinite } from "../ops/finite.ts";
import type { Tensor } from "../plan/tensor.ts";
import { type Component, type Covariance, fromCovariance, maximise } from "./gaussian.ts";
import { checkMixture, type Settings, startOf } from "./mixture_start.ts";
import { MixtureSteps } from "./mixture_steps.ts";

/** How to fit a mixture; names and defaults as in scikit-learn's GaussianMixture. */
export interface MixtureOptions {
  /** Number of components k, 1 to n. */
  readonly components: number;
  /** A covariance matrix for each component (default "full"), or variances alone. */
  readonly covariance?: Covariance;
  /** Runs from different k-means starts, of which the most likely is kept. Default 1. */
  readonly starts?: number;
  /** Of the random numbers, an integer in [0, 2^32). Default 0. */
  readonly seed?: number;
  /** Iterations of one start, at most. Default 100. */
  readonly maxIterations?: number;
  /** Stop when the mean log-likelihood of a point changes by less. Default 1e-3. */
  readonly tolerance?: number;
  /** Added to each variance. Default 1e-6. */
  readonly regCovar?: number;
  /** To start from instead of what k-means gives: [k], positive; their sum is made 1. */
  readonly weights?: ArrayLike<number>;
  /** The same: [k, dim]. */
  readonly means?: ArrayLike<number>;
  /** The same: inverse covariances, [k, dim, dim], or [k, dim] for diagonal ones. */
  readonly precisions?: ArrayLike<number>;
  /** Stops the work: `Cancelled` is thrown. */
  readonly signal?: AbortSignal;
  /** Called after each iteration with the mean log-likelihood before it. */
  readonly onIteration?: (one: { start: number; iteration: number; score: number }) => void;
}

/** A fitted mixture of k Gaussians. */
export interface Mixture {
  /** Full matrices or their diagonals. */
  readonly covariance: Covariance;
  /** [k], their sum is 1. */
  readonly weights: Float64Array;
  /** [k, dim]. */
  readonly means: Float64Array;
  /** [k, dim, dim], or [k, dim] for diagonal ones. */
  readonly covariances: Float64Array;
}

/** What a mixture says of points. */
export interface MixturePrediction {
  /** The most probable component of each point, the lowest of equals. */
  readonly labels: Uint32Array;
  /** [n, k]: probability of each component given the point. */
  readonly probabilities: Float32Array;
  /** [n]: ln of the density at each point. */
  readonly logLikelihoods: Float64Array;
}

/** A fit. */
export interface MixtureResult extends Mixture, MixturePrediction {
  /** Mean log-likelihood of a point before each iteration of the start that was kept. */
  readonly history: readonly number[];
  /** Steps of expectation and maximisation. */
  readonly iterations: number;
  /** False if the iterations were used up. */
  readonly converged: boolean;
  /** Bayesian information criterion, lower is better: `p ln n - 2 L`, p free numbers. */
  readonly bic: number;
  /** Akaike's: `2 p - 2 L`. */
  readonly aic: number;
}

/**
 * Fits `p(x) = sum_c w_c N(x; mean_c, covariance_c)` by expectation and maximisation, from k-means
 * or from given parameters:
 *
 *     r_ic = w_c N(x_i; c) / sum_l w_l N(x_i; l)         w_c = sum_i r_ic / n
 *     mean_c = sum_i r_ic x_i / sum_i r_ic
 *     covariance_c = sum_i r_ic (x_i - mean_c)^T (x_i - mean_c) / sum_i r_ic + regCovar I
 *
 * Densities and moments are computed on the device from differences to the means before, whitened,
 * so that neither far nor narrow components lose digits; parameters are float64 on the host. The
 * same seed gives the same bits for any number of workers.
 *
 * @param points [n, dim] f32, on the device
 * @throws RangeError if an option is out of range, or a number is not finite
 * @throws DataError if a covariance is no longer positive definite
 * @throws Cancelled if the signal is aborted
 * @see Dempster, Laird and Rubin (1977), Maximum likelihood from incomplete data via the EM
 * algorithm; Bishop (2006), Pattern recognition and machine learning, section 9.2.2
 */
export async function gaussianMixture(
  device: Device,
  points: Tensor,
  options: MixtureOptions,
): Promise<MixtureResult> {
  const settings = checkMixture(points, options);
  await requireFinite(device, points, "mixture");
  const { centre, scale } = await measure(device, points);
  const steps = new MixtureSteps(device, points, settings.components, settings.covariance, centre);
  try {
    await steps.load();
    let best: Run | undefined;
    for (let start = 0; start < settings.starts; start++) {
      const components = await startOf(steps, settings, scale, start);
      const run = await improve(steps, components, settings, start);
      if (!best || run.history.at(-1)! > best.history.at(-1)!) best = run;
    }
    const { components, history, converged } = best!;
    const prediction = predictionOf(await steps.score(components), settings.components);
    const mixture = mixtureOf(components, settings.covariance, centre);
    const criteria = criteriaOf(mixture, prediction.logLikelihoods);
    const iterations = history.length;
    return { ...mixture, ...prediction, ...criteria, history, iterations, converged };
  } finally {
    steps.free();
  }
}

/**
 * Labels, probabilities and log-likelihoods of points under a mixture.
 * @param points [n, dim] f32, on the device
 * @throws TypeError if the points have another dimension than the mixture
 */
export async function mixturePredict(
  device: Device,
  points: Tensor,
  mixture: Mixture,
): Promise<MixturePrediction> {
  const { weights, means, covariances, covariance } = mixture;
  const k = weights.length, dim = means.length / k;
  if (points.shape.length !== 2 || points.dtype !== "f32" || points.shape[1] !== dim) {
    throw new TypeError(`mixture: points must be an f32 tensor [n, ${dim}], got ${points}`);
  }
  await requireFinite(device, points, "mixture");
  const centre = new Float64Array(dim);
  means.forEach((v, at) => centre[at % dim] += v * weights[Math.floor(at / dim)]);
  for (let j = 0; j < dim; j++) centre[j] = Math.fround(centre[j]);
  const size = covariances.length / k;
  const components = Array.from(weights, (weight, c) => {
    const mean = means.slice(c * dim, (c + 1) * dim).map((v, j) => v - centre[j]);
    const matrix = covariances.slice(c * size, (c + 1) * size);
    return fromCovariance(weight, mean, matrix, `component ${c}`);
  });
  const steps = new MixtureSteps(device, points, k, covariance, centre);
  try {
    await steps.load();
    return predictionOf(await steps.score(components), k);
  } finally {
    steps.free();
  }
}

interface Run {
  readonly components: readonly Component[];
  readonly history: readonly number[];
  readonly converged: boolean;
}

/** Iterates until the likelihood stays. */
async function improve(
  steps: MixtureSteps,
  from: readonly Component[],
  settings: Settings,
  start: number,
): Promise<Run> {
  const { maxIterations, tolerance, regCovar, signal, onIteration } = settings;
  const [n] = steps.points.shape;
  const history: number[] = [];
  let components = from, converged = false;
  while (history.length < maxIterations && !converged) {
    if (signal?.aborted) throw new Cancelled("mixture: stopped on request");
    const { moments, score } = await steps.iterate(components);
    if (!Number.isFinite(score)) {
      throw new DataError(
        `mixture: the log-likelihood is ${score} after ${history.length} iterations: scale the ` +
          "points, or raise regCovar",
      );
    }
    components = components.map((one, c) =>
      maximise(one, moments[c], n, regCovar, `component ${c}`)
    );
    converged = Math.abs(score - (history.at(-1) ?? -Infinity)) < tolerance;
    history.push(score);
    onIteration?.({ start, iteration: history.length, score });
  }
  return { components, history, converged };
}

function mixtureOf(
  components: readonly Component[],
  covariance: Covariance,
  centre: Float64Array,
): Mixture {
  const total = components.reduce((sum, { weight }) => sum + weight, 0);
  return {
    covariance,
    weights: Float64Array.from(components, ({ weight }) => weight / total),
    means: Float64Array.from(
      components.flatMap(({ mean }) => [...mean.map((v, j) => v + centre[j])]),
    ),
    covariances: Float64Array.from(components.flatMap((one) => [...one.covariance])),
  };
}

function predictionOf(
  { probabilities, scores }: { probabilities: Float32Array; scores: Float64Array },
  k: number,
): MixturePrediction {
  const labels = Uint32Array.from(scores, (_, i) => {
    let best = 0;
    for (let c = 1; c < k; c++) {
      if (probabilities[i * k + c] > probabilities[i * k + best]) best = c;
    }
    return best;
  });
  return { labels, probabilities, logLikelihoods: scores };
}

function criteriaOf({ weights, means, covariances, covariance }: Mixture, logs: Float64Array) {
  const k = weights.length, dim = means.length / k;
  const free = covariance === "full" ? k * dim * (dim + 1) / 2 : covariances.length;
  const numbers = free + means.length + k - 1;
  const likelihood = logs.reduce((sum, v) => sum + v, 0);
  return {
    bic: numbers * Math.log(logs.length) - 2 * likelihood,
    aic: 2 * numbers - 2 * likelihood,
  };
}

/** Numbers that the host reads at a time. */
const READ = 1 << 20;

/** The mean of the points, rounded to float32, and the standard deviation of each dimension. */
async function measure(device: Device, points: Tensor) {
  const [n, dim] = points.shape;
  const sum = new Float64Array(dim), squares = new Float64Array(dim);
  let centre = new Float64Array(dim);
  const each = async (act: (v: number, j: number) => void) => {
    const most = dim * Math.max(1, Math.floor(READ / dim));
    for (let at = 0; at < points.size; at += most) {
      const length = Math.min(most, points.size - at);
      const values = await device.read(points, undefined, { at, length });
      for (let q = 0; q < length; q++) act(values[q], q % dim);
    }
  };
  await each((v, j) => sum[j] += v);
  centre = sum.map((v) => Math.fround(v / n));
  await each((v, j) => squares[j] += (v - centre[j]) ** 2);
  return { centre, scale: squares.map((v) => v > 0 ? Math.sqrt(v / n) : 1) };
}
