/** What the tests of batch normalisation share: the formulas in float64, x as m rows of c. */

/** Mean and biased variance of column j over rows `begin` to `end`. */
export function momentsOf(
  x: ArrayLike<number>,
  c: number,
  j: number,
  begin: number,
  end: number,
): { readonly mean: number; readonly variance: number } {
  let mean = 0, square = 0;
  for (let i = begin; i < end; i++) mean += x[i * c + j] / (end - begin);
  for (let i = begin; i < end; i++) square += (x[i * c + j] - mean) ** 2;
  return { mean, variance: square / (end - begin) };
}

/** What the layer makes of x; mean and variance are those of x unless given. */
export function normalised(
  x: ArrayLike<number>,
  gamma: ArrayLike<number>,
  beta: ArrayLike<number>,
  epsilon: number,
  given?: { readonly mean: ArrayLike<number>; readonly variance: ArrayLike<number> },
): Float64Array {
  const c = gamma.length, m = x.length / c;
  const y = new Float64Array(x.length);
  for (let j = 0; j < c; j++) {
    const { mean, variance } = given
      ? { mean: given.mean[j], variance: given.variance[j] }
      : momentsOf(x, c, j, 0, m);
    const s = Math.sqrt(variance + epsilon);
    for (let i = 0; i < m; i++) y[i * c + j] = gamma[j] * (x[i * c + j] - mean) / s + beta[j];
  }
  return y;
}

/** Rows and columns: one of each, tails of vectors, several blocks, wide, tall. */
export const SHAPES: readonly (readonly [m: number, c: number])[] = [
  [1, 1],
  [2, 3],
  [7, 4],
  [31, 5],
  [32, 1],
  [33, 2],
  [64, 17],
  [65, 64],
  [100, 7],
  [3, 1025],
  [1000, 33],
  [5, 5000],
  [9999, 6],
];
