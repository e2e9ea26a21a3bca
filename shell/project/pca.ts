import type { Device } from "../device/device.ts";
import { requireFinite, requireSmall } from "../ops/finite.ts";
import { Philox } from "../random.ts";
import type { Tensor } from "../plan/tensor.ts";
import { Centred } from "./centred.ts";
import { orthonormalise, symmetricEigen } from "./eigen.ts";
import { mapRows } from "./map_rows.ts";

/** How principal components are found. */
export type PcaSolver = "covariance" | "randomised";

/** What {@link pca} may be told. */
export interface PcaOptions {
  /** How many; by default min(n, dim), for the randomised solver at most 50. */
  readonly components?: number;
  /** By default "covariance" up to a width of 1,000, else "randomised". */
  readonly solver?: PcaSolver;
  /** Scores are divided by their standard deviations (default false). */
  readonly whiten?: boolean;
  /** Of the randomised solver: 32-bit unsigned (default 0). */
  readonly seed?: number;
  /** Power iterations of the randomised solver (default 7). */
  readonly powerIterations?: number;
  /** Stops the work: `Cancelled` is thrown. */
  readonly signal?: AbortSignal;
}

/** Width up to which the covariance is made: its eigenvectors take some seconds then. */
const WIDE = 1000;
/** Components of the randomised solver unless told otherwise. */
const DEFAULT_WIDE = 50;
/** Directions that a randomised range has beyond the components. */
const OVERSAMPLING = 10;
/** Stream of random numbers of the directions. */
const STREAM = 0x9ca;

/** Numbers that define a projection on principal components. */
export interface PcaParts {
  /** Column means, [dim]. */
  readonly mean: Float64Array;
  /** Unit vectors, [count, dim] row-major, by descending variance. */
  readonly components: Float64Array;
  /** Variance of the scores on each component, with n - 1 in the denominator. */
  readonly explainedVariance: Float64Array;
  /** The same as shares of the total variance; 0 if that is 0. */
  readonly explainedVarianceRatio: Float64Array;
  /** `sqrt((n - 1) variance)`: singular values of the centred points. */
  readonly singularValues: Float64Array;
  /** Scores are divided by their standard deviations. */
  readonly whiten: boolean;
}

/** Principal components: scores of points, and points of scores. */
export class Pca implements PcaParts {
  readonly mean: Float64Array;
  readonly components: Float64Array;
  readonly explainedVariance: Float64Array;
  readonly explainedVarianceRatio: Float64Array;
  readonly singularValues: Float64Array;
  readonly whiten: boolean;

  /** Takes what `pca` found, or what was saved of it. */
  constructor(parts: PcaParts) {
    this.mean = parts.mean;
    this.components = parts.components;
    this.explainedVariance = parts.explainedVariance;
    this.explainedVarianceRatio = parts.explainedVarianceRatio;
    this.singularValues = parts.singularValues;
    this.whiten = parts.whiten;
  }

  /** Number of components. */
  get count(): number {
    return this.explainedVariance.length;
  }

  /** Width of the points. */
  get dim(): number {
    return this.mean.length;
  }

  /**
   * Scores `(x - mean) components^T`, [m, count]; whitened ones are divided by their standard
   * deviations, and are 0 where that is 0.
   *
   * @param points [m, dim] f32, on the device
   * @throws TypeError if they are of another shape or type
   * @throws RangeError if a number is not finite
   * @throws Cancelled if the signal is aborted
   */
  async transform(
    device: Device,
    points: Tensor,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Float32Array> {
    checkMatrix(points, this.dim, "pca.transform: points");
    await requireFinite(device, points, "pca.transform");
    const { dim, count } = this;
    const w = new Float32Array(dim * count), bias = new Float32Array(count);
    for (let c = 0; c < count; c++) {
      const deviation = Math.sqrt(this.explainedVariance[c]);
      const factor = !this.whiten ? 1 : deviation > 0 ? 1 / deviation : 0;
      for (let t = 0; t < dim; t++) w[t * count + c] = this.components[c * dim + t] * factor;
    }
    // The mean is subtracted in float32; what its rounding leaves is part of the bias.
    const centre = Float32Array.from(this.mean);
    for (let c = 0; c < count; c++) {
      let sum = 0;
      for (let t = 0; t < dim; t++) sum += (centre[t] - this.mean[t]) * w[t * count + c];
      bias[c] = sum;
    }
    return await mapRows(device, points, { centre, w, bias }, options.signal);
  }

  /**
   * Points `scores components + mean`, [m, dim]: those nearest to the ones that were transformed,
   * in the space of the components.
   *
   * @param scores [m, count] f32, on the device
   * @throws TypeError if they are of another shape or type
   * @throws RangeError if a number is not finite
   * @throws Cancelled if the signal is aborted
   */
  async inverse(
    device: Device,
    scores: Tensor,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Float32Array> {
    checkMatrix(scores, this.count, "pca.inverse: scores");
    await requireFinite(device, scores, "pca.inverse");
    const { dim, count } = this;
    const w = Float32Array.from(this.components, (v, at) => {
      const c = Math.floor(at / dim);
      return this.whiten ? v * Math.sqrt(this.explainedVariance[c]) : v;
    });
    const parts = { centre: new Float32Array(count), w, bias: Float32Array.from(this.mean) };
    return await mapRows(device, scores, parts, options.signal);
  }
}

/**
 * Principal component analysis: the orthonormal directions of largest variance of the points about
 * their mean, in descending order. The largest entry by magnitude of each component is positive
 * (as in scikit-learn since 1.5; earlier versions looked at the scores).
 *
 * Up to a width of 1,000 from the covariance, which the product kernels make tile by tile and whose
 * eigenvectors the host finds in float64; the entries of the covariance have the precision of
 * float32 relative to the standard deviations of their columns. Wider points through a randomised
 * range: products with random directions, power iterations, orthonormal directions after each,
 * then the covariance within that range.
 *
 * Constant columns, duplicates and constant points are fine: variances of 0 are an answer.
 *
 * @param points [n, dim] f32, on the device
 * @throws TypeError if points are of another shape or type
 * @throws RangeError if there are fewer than 2 points, components is not from 1 to min(n, dim), or
 * a number is not finite
 * @throws Cancelled if the signal is aborted
 * @see Halko, Martinsson, Tropp (2011), Finding structure with randomness, algorithms 4.4 and 5.1
 */
export async function pca(
  device: Device,
  points: Tensor,
  options: PcaOptions = {},
): Promise<Pca> {
  checkMatrix(points, undefined, "pca: points");
  const { count, solver } = check(points, options);
  await requireFinite(device, points, "pca");
  const x = new Centred(device, points, options.signal);
  try {
    await x.load();
    const found = solver === "covariance" ? await exact(x) : await range(x, count, options);
    return finish(x, count, found, options.whiten ?? false);
  } finally {
    x.free();
  }
}

interface Found {
  /** Sums of squares about the mean along each direction, descending. */
  readonly values: Float64Array;
  /** Unit vectors as rows. */
  readonly vectors: Float64Array;
  /** Sum of squares about the mean. */
  readonly total: number;
}

async function exact(x: Centred): Promise<Found> {
  const scatter = await x.scatter();
  let total = 0;
  for (let i = 0; i < x.dim; i++) total += scatter[i * x.dim + i];
  requireSmall("pca", total);
  return { ...symmetricEigen(scatter, x.dim), total };
}

/** Directions whose span holds nearly all of the variance that `count` of them can. */
async function range(x: Centred, count: number, options: PcaOptions): Promise<Found> {
  const { n, dim } = x;
  const total = await x.total();
  requireSmall("pca", total);
  const width = Math.min(count + OVERSAMPLING, n, dim);
  const random = new Philox(options.seed ?? 0, STREAM);
  let q: Float64Array = Float64Array.from({ length: width * dim }, () => random.normal());
  for (let round = 0; round <= (options.powerIterations ?? 7); round++) {
    orthonormalise(q, width, dim);
    q = await x.through(q, width, false);
  }
  orthonormalise(q, width, dim);
  const within = symmetricEigen(await x.through(q, width, true), width);
  const vectors = new Float64Array(width * dim);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < width; j++) {
      const factor = within.vectors[i * width + j];
      for (let t = 0; t < dim; t++) vectors[i * dim + t] += factor * q[j * dim + t];
    }
  }
  return { values: within.values, vectors, total };
}

function finish(x: Centred, count: number, found: Found, whiten: boolean): Pca {
  const { n, dim } = x;
  const components = found.vectors.slice(0, count * dim);
  for (let c = 0; c < count; c++) {
    const row = components.subarray(c * dim, (c + 1) * dim);
    let largest = 0;
    for (let t = 1; t < dim; t++) if (Math.abs(row[t]) > Math.abs(row[largest])) largest = t;
    if (row[largest] < 0) { for (let t = 0; t < dim; t++) row[t] = -row[t]; }
  }
  // Rounding can make a variance of nothing negative.
  const squares = found.values.slice(0, count).map((v) => Math.max(v, 0));
  return new Pca({
    mean: x.mean,
    components,
    explainedVariance: squares.map((v) => v / (n - 1)),
    explainedVarianceRatio: squares.map((v) => found.total > 0 ? v / found.total : 0),
    singularValues: squares.map(Math.sqrt),
    whiten,
  });
}

function checkMatrix(x: Tensor, width: number | undefined, what: string): void {
  const wrong = width !== undefined && x.shape[1] !== width;
  if (x.shape.length !== 2 || x.dtype !== "f32" || wrong) {
    throw new TypeError(`${what} must be an f32 tensor [n, ${width ?? "dim"}], got ${x}`);
  }
}

function check(points: Tensor, options: PcaOptions) {
  const [n, dim] = points.shape;
  if (n < 2) throw new RangeError(`pca: a variance needs at least 2 points, got ${n}`);
  const solver = options.solver ?? (dim <= WIDE ? "covariance" : "randomised");
  const most = Math.min(n, dim);
  const count = options.components ??
    (solver === "covariance" ? most : Math.min(most, DEFAULT_WIDE));
  if (!(Number.isInteger(count) && count >= 1 && count <= most)) {
    throw new RangeError(
      `pca: components must be an integer from 1 to ${most}, the smaller of ${n} points and ` +
        `${dim} columns, got ${count}`,
    );
  }
  if (solver !== "covariance" && solver !== "randomised") {
    throw new RangeError(`pca: solver must be covariance or randomised, got ${solver}`);
  }
  const power = options.powerIterations ?? 0;
  if (!(Number.isInteger(power) && power >= 0)) {
    throw new RangeError(`pca: powerIterations must be an integer from 0 on, got ${power}`);
  }
  return { count, solver };
}
