/** What the tests of the dense layer's kernels share. */

/** Sizes of a layer: m samples, k inputs, n outputs. */
export interface Sizes {
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/**
 * Around the edges of tiles (4, 6, 8, 12, 16, 32, 48 and 64 wide, 16 and 512 deep), in all orders;
 * layers of the classifier and of the autoencoder; squares of tiles of 64.
 */
export const SIZES: readonly Sizes[] = [
  [1, 1, 1],
  [1, 7, 1],
  [7, 1, 2],
  [2, 3, 5],
  [4, 4, 4],
  [6, 8, 12],
  [15, 16, 17],
  [16, 17, 15],
  [17, 15, 16],
  [33, 31, 32],
  [31, 33, 49],
  [47, 48, 33],
  [65, 63, 66],
  [63, 130, 64],
  [64, 128, 10],
  [10, 64, 130],
  [129, 9, 11],
  [5, 513, 14],
  [14, 3, 1025],
  [513, 18, 6],
  [256, 784, 500],
  [1030, 5, 1027],
  [1027, 6, 1030],
  [3, 1025, 1029],
].map(([m, k, n]) => ({ m, k, n }));

/** Activations and their slopes by the output, by code: identity, relu, leaky relu, sigmoid, tanh. */
export const ACTS = [
  { name: "identity", f: (z: number) => z, slope: () => 1 },
  { name: "relu", f: (z: number) => z > 0 || z !== z ? z : 0, slope: (y: number) => y > 0 ? 1 : 0 },
  {
    name: "leaky relu",
    f: (z: number) => z > 0 ? z : 0.01 * z,
    slope: (y: number) => y > 0 ? 1 : 0.01,
  },
  { name: "sigmoid", f: (z: number) => 1 / (1 + Math.exp(-z)), slope: (y: number) => y * (1 - y) },
  { name: "tanh", f: Math.tanh, slope: (y: number) => 1 - y * y },
] as const;

/** A matrix by its element function, so that a transpose costs nothing. */
export type Matrix = (i: number, j: number) => number;

/** Rows of `width` elements. */
export const rows = (a: ArrayLike<number>, width: number): Matrix => (i, j) => a[i * width + j];

/** The other way round. */
export const transposed = (a: Matrix): Matrix => (i, j) => a(j, i);

/** `a b` from the formula in float64: a is [m, k], b is [k, n]. */
export function product(a: Matrix, b: Matrix, { m, k, n }: Sizes): Float64Array {
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let q = 0; q < k; q++) {
      const left = a(i, q);
      for (let j = 0; j < n; j++) c[i * n + j] += left * b(q, j);
    }
  }
  return c;
}

/** Slopes of `f` at `at` by central differences. */
export function differences(f: (z: Float64Array) => number, at: ArrayLike<number>): Float64Array {
  const h = 1e-5;
  const z = Float64Array.from(at);
  return z.map((value, i) => {
    z[i] = value + h;
    const above = f(z);
    z[i] = value - h;
    const below = f(z);
    z[i] = value;
    return (above - below) / (2 * h);
  });
}

/** Remembers the answer for each argument list's first buffer: the same cases run on many devices. */
export function once<B, P, R>(key: (buffers: B) => object, f: (buffers: B, params: P) => R) {
  const known = new WeakMap<object, R>();
  return (buffers: B, params: P): R => {
    const object = key(buffers);
    let answer = known.get(object);
    if (answer === undefined) known.set(object, answer = f(buffers, params));
    return answer;
  };
}

/**
 * Cases by the length of their sums, and the rounding error to allow: with factors within 1, terms
 * are 1/9 in the square, a sum of `depth` terms errs by about depth / 5 half units in the last
 * place of 1, and 5 times that is not exceeded by chance.
 */
export function byDepth<C>(cases: readonly C[], depth: (one: C) => number) {
  const limits = [8, 64, 520, Infinity];
  return limits.map((limit, i) => {
    const some = cases.filter((c) => depth(c) <= limit && depth(c) > (limits[i - 1] ?? 0));
    return { cases: some, abs: Math.max(4, ...some.map(depth)) * 2 ** -24 };
  }).filter(({ cases }) => cases.length > 0);
}
