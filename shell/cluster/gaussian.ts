/** Gaussian densities in float64 on the host: covariances, their factors, and the maximisation step. */

import { DataError } from "../errors.ts";

/** Shape of the covariances: a matrix for each component, or its diagonal alone. */
export type Covariance = "full" | "diagonal";

/**
 * A component as the kernels see it. With W = `whiten` [dim, dim], `y = (x - mean) W` has unit
 * covariance, and `x - mean = y spread^T`; for diagonal ones both are [dim].
 */
export interface Component {
  readonly weight: number;
  readonly mean: Float64Array;
  readonly whiten: Float64Array;
  readonly spread: Float64Array;
  readonly covariance: Float64Array;
}

/** Sums over all points, weighted by responsibilities r, of whitened differences y. */
export interface Moments {
  /** Sum of r. */
  readonly mass: number;
  /** [dim]: sum of r y. */
  readonly first: Float64Array;
  /** [dim, dim]: sum of r y^T y; [dim] for diagonal ones: of r y^2. */
  readonly second: Float64Array;
}

/** Lower triangular L with L L^T = a, or undefined if a is not positive definite. */
export function cholesky(a: Float64Array, dim: number): Float64Array | undefined {
  const l = new Float64Array(dim * dim);
  for (let j = 0; j < dim; j++) {
    for (let i = j; i < dim; i++) {
      let sum = a[i * dim + j];
      for (let t = 0; t < j; t++) sum -= l[i * dim + t] * l[j * dim + t];
      if (i === j && !(sum > 0 && sum < Infinity)) return undefined;
      l[i * dim + j] = i === j ? Math.sqrt(sum) : sum / l[j * dim + j];
    }
  }
  return l;
}

/** The inverse of a lower triangular matrix, transposed: upper triangular. */
function inverseTransposed(l: Float64Array, dim: number): Float64Array {
  const out = new Float64Array(dim * dim);
  for (let j = 0; j < dim; j++) {
    for (let i = j; i < dim; i++) {
      let sum = i === j ? 1 : 0;
      for (let t = j; t < i; t++) sum -= l[i * dim + t] * out[j * dim + t];
      out[j * dim + i] = sum / l[i * dim + i];
    }
  }
  return out;
}

/** `a b^T` of two [dim, dim] matrices. */
function timesTransposed(a: Float64Array, b: Float64Array, dim: number): Float64Array {
  const out = new Float64Array(dim * dim);
  for (let i = 0; i < dim; i++) {
    for (let j = 0; j < dim; j++) {
      let sum = 0;
      for (let t = 0; t < dim; t++) sum += a[i * dim + t] * b[j * dim + t];
      out[i * dim + j] = sum;
    }
  }
  return out;
}

const diagonalOnly = (a: Float64Array, dim: number) => a.length === dim;

/** A component from its covariance. @throws DataError if that is not positive definite */
export function fromCovariance(
  weight: number,
  mean: Float64Array,
  covariance: Float64Array,
  what: string,
): Component {
  const dim = mean.length;
  if (diagonalOnly(covariance, dim)) {
    if (!covariance.every((v) => v > 0 && v < Infinity)) throw notPositive(what);
    const spread = covariance.map(Math.sqrt);
    return { weight, mean, covariance, spread, whiten: spread.map((v) => 1 / v) };
  }
  const spread = cholesky(covariance, dim);
  if (!spread) throw notPositive(what);
  return { weight, mean, covariance, spread, whiten: inverseTransposed(spread, dim) };
}

/** A component from its precision. @throws DataError if that is not positive definite */
export function fromPrecision(
  weight: number,
  mean: Float64Array,
  precision: Float64Array,
  kind: Covariance,
  what: string,
): Component {
  const dim = mean.length;
  if (kind === "diagonal") {
    return fromCovariance(weight, mean, precision.map((v) => 1 / v), what);
  }
  const whiten = cholesky(precision, dim);
  if (!whiten) throw notPositive(what);
  const spread = inverseTransposed(whiten, dim);
  return { weight, mean, whiten, spread, covariance: timesTransposed(spread, spread, dim) };
}

function notPositive(what: string): DataError {
  return new DataError(
    `mixture: the covariance of ${what} is not positive definite: raise regCovar, ask for fewer ` +
      'components, or use covariance "diagonal"',
  );
}

/**
 * ln of weight and density at the mean: `ln w + ln |det W| - dim / 2 ln(2 pi)`. W is triangular, or a
 * diagonal.
 */
export function logConstant({ weight, mean, whiten }: Component): number {
  const dim = mean.length;
  const step = diagonalOnly(whiten, dim) ? 1 : dim + 1;
  let sum = Math.log(weight) - dim / 2 * Math.log(2 * Math.PI);
  for (let j = 0, at = 0; j < dim; j++, at += step) sum += Math.log(Math.abs(whiten[at]));
  return sum;
}

/** So little mass that a component without points divides by it (10 eps, as scikit-learn does). */
const LEAST = 10 * 2 ** -52;

/**
 * The component that fits moments best, which are relative to `before`: with
 * `S = spread`, `f = first / mass` and `C = second / mass - f^T f`, mean + S f and S C S^T, with
 * `regCovar` added to the diagonal. Whitened moments lose no digits of a narrow component.
 */
export function maximise(
  before: Component,
  { mass, first, second }: Moments,
  points: number,
  regCovar: number,
  what: string,
): Component {
  const dim = before.mean.length, { spread } = before;
  const total = mass + LEAST;
  const f = first.map((v) => v / total);
  const weight = total / points;
  if (diagonalOnly(second, dim)) {
    const mean = before.mean.map((v, j) => v + spread[j] * f[j]);
    const covariance = second.map((v, j) =>
      Math.max(0, v / total - f[j] * f[j]) * spread[j] ** 2 + regCovar
    );
    return fromCovariance(weight, mean, covariance, what);
  }
  const central = second.map((v, at) => v / total - f[Math.floor(at / dim)] * f[at % dim]);
  const mean = before.mean.map((v, i) => {
    let sum = v;
    for (let t = 0; t < dim; t++) sum += spread[i * dim + t] * f[t];
    return sum;
  });
  // (S C) S^T, C being symmetric.
  const half = timesTransposed(spread, central, dim);
  const covariance = timesTransposed(half, spread, dim);
  for (let j = 0; j < dim; j++) covariance[j * dim + j] += regCovar;
  return fromCovariance(weight, mean, covariance, what);
}
