/** What the tests of the clustering kernels share: points in groups, float64 distances. */

import { randoms } from "../harness.ts";

/** `n` points in `k` groups that are far apart, around `origin`. */
export function groups(n: number, dim: number, k: number, origin = 0): Float32Array {
  const x = randoms(n * dim, 11);
  const centres = centresOf(dim, k, origin);
  return x.map((v, i) => v + centres[((Math.floor(i / dim) * 7) % k) * dim + i % dim]);
}

/** The middles of the groups: distinct points of a grid, a little displaced. */
export function centresOf(dim: number, k: number, origin = 0): Float32Array {
  const small = randoms(k * dim, 5, -0.5, 0.5);
  return small.map((v, i) => {
    const j = Math.floor(i / dim), d = i % dim;
    return v + origin + 8 * (d === 0 ? j : (j + d) % 3);
  });
}

/** `||x_i - c_j||^2` in float64. */
export function square(
  x: ArrayLike<number>,
  i: number,
  c: ArrayLike<number>,
  j: number,
  dim: number,
): number {
  let sum = 0;
  for (let d = 0; d < dim; d++) sum += (x[i * dim + d] - c[j * dim + d]) ** 2;
  return sum;
}

/** Integers 0 to `high` - 1, with many equal distances. */
export const integers = (n: number, high: number, seed: number): Float32Array =>
  randoms(n, seed, 0, high).map(Math.floor);
