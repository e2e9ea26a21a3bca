/** Leading eigenvectors of a large symmetric matrix, of which only products are known. */

import { Philox } from "../random.ts";
import { symmetricEigen } from "./eigen.ts";

/** A symmetric matrix A with all its eigenvalues in [-1, 1]. */
export interface Operator {
  readonly n: number;
  /**
   * `out = alpha A x + beta x + gamma out`, row by row: x and out are [n, p]. A row of out is read
   * before it is written and by no other row.
   */
  apply(x: Float64Array, out: Float64Array, p: number, factors: Factors): void;
}

/** Of {@link Operator.apply}. */
export interface Factors {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
}

/** How exactly and how long to iterate. */
export interface SpectrumOptions {
  /** Eigenvectors that are wanted. */
  readonly count: number;
  /** A unit eigenvector that is known and left out, with the largest eigenvalue. */
  readonly known?: Float64Array;
  readonly random: Philox;
  /** Called between rounds: looks at a signal and lets others run. */
  readonly pause: () => Promise<void>;
}

/** Vectors more than wanted: they keep the next eigenvalues out of the way. */
const MORE = 4;
/** Degree of the polynomial between two Rayleigh-Ritz steps. */
const DEGREE = 24;
const ROUNDS = 24;
/** Lengths of `A v - theta v` that are small enough for a first layout. */
const RESIDUAL = 1e-4;

/**
 * The eigenvectors of the `count` largest eigenvalues after the known one, [n, count], by subspace
 * iteration with Chebyshev polynomials: each round multiplies the block by a polynomial of A that is
 * at most 1 on the eigenvalues below those of the block and grows fast above, then rotates it to
 * Ritz vectors. The same start and order of additions give the same bits.
 *
 * @throws RangeError if there are fewer than count + 1 rows
 * @see Zhou, Saad, Tiago, Chelikowsky (2006), Self-consistent-field calculations using
 * Chebyshev-filtered subspace iteration
 */
export async function leadingVectors(a: Operator, options: SpectrumOptions): Promise<Float64Array> {
  const { count, known, random, pause } = options;
  const p = Math.min(count + MORE, a.n - (known ? 1 : 0));
  if (p < count) {
    throw new RangeError(`eigenvectors: ${count} need at least ${count + 1} rows, got ${a.n}`);
  }
  let x: Float64Array = Float64Array.from({ length: a.n * p }, () => random.uniform() - 0.5);
  let ax: Float64Array = new Float64Array(x.length);
  let cut = 0.5;
  for (let round = 0; round < ROUNDS; round++) {
    await pause();
    if (round > 0) [x, ax] = filter(a, x, ax, p, cut);
    orthonormalise(x, p, known);
    a.apply(x, ax, p, { alpha: 1, beta: 0, gamma: 0 });
    const { values, vectors } = symmetricEigen(products(x, ax, p), p);
    rotate(x, vectors, p);
    rotate(ax, vectors, p);
    if (residual(x, ax, values, p, count) < RESIDUAL) break;
    cut = Math.min(Math.max(values[p - 1], -0.5), 1 - 1e-9);
  }
  return Float64Array.from(
    { length: a.n * count },
    (_, at) => x[Math.floor(at / count) * p + at % count],
  );
}

/** `T_m((A - c) / h) x` with [-1, cut] as the interval [c - h, c + h]; returns it and a spare. */
function filter(
  a: Operator,
  x: Float64Array,
  spare: Float64Array,
  p: number,
  cut: number,
): [Float64Array, Float64Array] {
  const c = (cut - 1) / 2, h = (cut + 1) / 2;
  let before = x, now = spare;
  a.apply(before, now, p, { alpha: 1 / h, beta: -c / h, gamma: 0 });
  for (let degree = 2; degree <= DEGREE; degree++) {
    a.apply(now, before, p, { alpha: 2 / h, beta: -2 * c / h, gamma: -1 });
    [before, now] = [now, before];
  }
  return [now, before];
}

/** Makes the columns orthonormal and orthogonal to a known one; twice, for what rounding leaves. */
function orthonormalise(x: Float64Array, p: number, known?: Float64Array): void {
  for (let j = 0; j < p; j++) {
    scaleColumn(x, p, j, 1 / Math.sqrt(dot(x, p, j, x, p, j)));
    for (let pass = 0; pass < 2; pass++) {
      if (known) subtract(x, p, j, known, 1, 0);
      for (let i = 0; i < j; i++) subtract(x, p, j, x, p, i);
    }
    scaleColumn(x, p, j, 1 / Math.sqrt(dot(x, p, j, x, p, j)));
  }
}

function dot(x: Float64Array, p: number, j: number, y: Float64Array, q: number, i: number) {
  let sum = 0;
  for (let a = j, b = i; a < x.length; a += p, b += q) sum += x[a] * y[b];
  return sum;
}

function scaleColumn(x: Float64Array, p: number, j: number, factor: number): void {
  for (let at = j; at < x.length; at += p) x[at] *= factor;
}

/** Takes the part along a unit column out. */
function subtract(x: Float64Array, p: number, j: number, y: Float64Array, q: number, i: number) {
  const along = dot(x, p, j, y, q, i);
  for (let a = j, b = i; a < x.length; a += p, b += q) x[a] -= along * y[b];
}

/** `x^T y`, [p, p]. */
function products(x: Float64Array, y: Float64Array, p: number): Float64Array {
  const out = new Float64Array(p * p);
  for (let at = 0; at < x.length; at += p) {
    for (let i = 0; i < p; i++) {
      const v = x[at + i];
      for (let j = 0; j < p; j++) out[i * p + j] += v * y[at + j];
    }
  }
  return out;
}

/** x <- x v^T, row by row: v has eigenvectors in its rows. */
function rotate(x: Float64Array, v: Float64Array, p: number): void {
  const row = new Float64Array(p);
  for (let at = 0; at < x.length; at += p) {
    row.fill(0);
    for (let i = 0; i < p; i++) {
      for (let j = 0; j < p; j++) row[j] += x[at + i] * v[j * p + i];
    }
    x.set(row, at);
  }
}

/** The greatest length of `A v - theta v` among the first columns. */
function residual(
  x: Float64Array,
  ax: Float64Array,
  values: Float64Array,
  p: number,
  count: number,
) {
  const squares = new Float64Array(count);
  for (let at = 0; at < x.length; at += p) {
    for (let j = 0; j < count; j++) squares[j] += (ax[at + j] - values[j] * x[at + j]) ** 2;
  }
  return Math.sqrt(Math.max(...squares));
}
