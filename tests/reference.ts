/** Naive float64 networks for tests: matrices as arrays of rows, formulas as in the textbook. */

import type { Activation } from "../shell/kernels/activation.ts";

/** A matrix: rows of numbers. */
export type Matrix = number[][];

/** Rows of `width` numbers from a flat list. */
export function matrix(values: ArrayLike<number>, width: number): Matrix {
  const rows = values.length / width;
  return Array.from(
    { length: rows },
    (_, i) => Array.from({ length: width }, (_, j) => values[i * width + j]),
  );
}

/** The activation functions. */
export const ACT: Record<Activation, (v: number) => number> = {
  identity: (v) => v,
  relu: (v) => Math.max(0, v),
  leaky_relu: (v) => v > 0 ? v : 0.01 * v,
  sigmoid: (v) => 1 / (1 + Math.exp(-v)),
  tanh: Math.tanh,
};

/** `act(x w + b)`. */
export function denseLayer(x: Matrix, w: Matrix, b: number[] | null, act: Activation): Matrix {
  return x.map((row) =>
    w[0].map((_, j) => ACT[act](row.reduce((s, v, i) => s + v * w[i][j], b ? b[j] : 0)))
  );
}

/** Mean squared error over all elements. */
export function meanSquare(y: Matrix, t: Matrix): number {
  let s = 0, n = 0;
  y.forEach((row, i) => row.forEach((v, j) => [s, n] = [s + (v - t[i][j]) ** 2, n + 1]));
  return s / n;
}

/** Mean softmax cross-entropy. */
export function crossEntropyOf(x: Matrix, labels: ArrayLike<number>): number {
  let s = 0;
  x.forEach((row, i) => {
    const top = Math.max(...row);
    s += Math.log(row.reduce((a, v) => a + Math.exp(v - top), 0)) + top - row[labels[i]];
  });
  return s / x.length;
}

/** Mean binary cross-entropy from logits. */
export function binaryCrossEntropyOf(x: Matrix, t: Matrix): number {
  let s = 0, n = 0;
  x.forEach((row, i) =>
    row.forEach((v, j) => {
      s += Math.max(v, 0) - v * t[i][j] + Math.log1p(Math.exp(-Math.abs(v)));
      n++;
    })
  );
  return s / n;
}

/** Central differences of `f` at `x`, one element after the other. */
export function centralDifferences(
  f: (x: Float64Array) => number,
  x: ArrayLike<number>,
  h = 1e-5,
): Float64Array {
  const at = Float64Array.from(x);
  return Float64Array.from(at, (v, i) => {
    at[i] = v + h;
    const up = f(at);
    at[i] = v - h;
    const down = f(at);
    at[i] = v;
    return (up - down) / (2 * h);
  });
}
