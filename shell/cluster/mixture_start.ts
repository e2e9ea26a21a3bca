import type { Tensor } from "../plan/tensor.ts";
import { type Component, fromCovariance, fromPrecision, maximise } from "./gaussian.ts";
import { kmeans } from "./kmeans.ts";
import type { MixtureOptions } from "./mixture.ts";
import type { MixtureSteps } from "./mixture_steps.ts";

/** The options with their defaults. */
export type Settings = ReturnType<typeof checkMixture>;

/** @throws RangeError or TypeError if an option is out of range */
export function checkMixture(points: Tensor, options: MixtureOptions) {
  if (points.shape.length !== 2 || points.dtype !== "f32") {
    throw new TypeError(`mixture: points must be an f32 tensor [n, dim], got ${points}`);
  }
  const [n, dim] = points.shape;
  const { components, covariance = "full", starts = 1, seed = 0 } = options;
  const { maxIterations = 100, tolerance = 1e-3, regCovar = 1e-6 } = options;
  for (const [name, value] of Object.entries({ components, starts, maxIterations })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`mixture: ${name} must be an integer of at least 1, got ${value}`);
    }
  }
  if (components > n) {
    throw new RangeError(
      `mixture: ${components} components need at least as many points, got ${n}: ask for fewer`,
    );
  }
  if (covariance !== "full" && covariance !== "diagonal") {
    throw new RangeError(`mixture: covariance must be full or diagonal, got ${covariance}`);
  }
  for (const [name, value] of Object.entries({ tolerance, regCovar })) {
    if (!(value >= 0 && value < Infinity)) {
      throw new RangeError(`mixture: ${name} must be a finite number >= 0, got ${value}`);
    }
  }
  const size = covariance === "full" ? dim * dim : dim;
  const weights = given("weights", options.weights, components);
  if (weights && !weights.every((v) => v > 0)) {
    throw new RangeError(`mixture: weights must be positive, got ${Math.min(...weights)}`);
  }
  return {
    ...{ components, covariance, starts, seed, maxIterations, tolerance, regCovar, weights },
    means: given("means", options.means, components * dim),
    precisions: given("precisions", options.precisions, components * size),
    signal: options.signal,
    onIteration: options.onIteration,
  };
}

function given(name: string, values: ArrayLike<number> | undefined, size: number) {
  if (!values) return undefined;
  const out = Float64Array.from(values);
  if (out.length !== size || !out.every(Number.isFinite)) {
    throw new RangeError(`mixture: ${name} must be ${size} finite numbers, got ${out.length}`);
  }
  return out;
}

/** Components to start from: what is given, and for the rest the clusters of k-means. */
export async function startOf(
  steps: MixtureSteps,
  settings: Settings,
  scale: Float64Array,
  start: number,
): Promise<Component[]> {
  const { components: k, covariance, weights, means, precisions } = settings;
  const { centre } = steps, dim = centre.length;
  const found = weights && means && precisions ? [] : await clusters(steps, settings, scale, start);
  const total = weights?.reduce((sum, v) => sum + v, 0) ?? 1;
  return Array.from({ length: k }, (_, c) => {
    const weight = weights ? weights[c] / total : found[c].weight;
    const mean = means
      ? means.slice(c * dim, (c + 1) * dim).map((v, j) => v - centre[j])
      : found[c].mean;
    if (!precisions) return { ...found[c], weight, mean };
    const size = precisions.length / k;
    const matrix = precisions.slice(c * size, (c + 1) * size);
    return fromPrecision(weight, mean, matrix, covariance, `the given component ${c}`);
  });
}

/** The moments of the clusters of k-means. */
async function clusters(
  steps: MixtureSteps,
  { components: k, covariance, regCovar, seed, signal }: Settings,
  scale: Float64Array,
  start: number,
): Promise<Component[]> {
  const { device, points, centre } = steps, dim = centre.length;
  const options = { clusters: k, starts: 1, seed: (seed + start) % 2 ** 32, signal };
  const { labels, centres } = await kmeans(device, points, options);
  const size = covariance === "full" ? dim + 1 : 1;
  const variance = new Float64Array(covariance === "full" ? dim * dim : dim);
  scale.forEach((v, j) => variance[j * size] = v * v);
  const around = Array.from({ length: k }, (_, c) => {
    const mean = centre.map((v, j) => centres[c * dim + j] - v);
    return fromCovariance(1, mean, variance, "the points");
  });
  const moments = await steps.start(labels, around);
  const [n] = points.shape;
  return around.map((one, c) => maximise(one, moments[c], n, regCovar, `cluster ${c} of k-means`));
}
