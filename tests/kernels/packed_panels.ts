/** What the tests of kernels that take panels share. */

/** Panels of rows as `pack_panels` writes them; the last row fills up the last panel. */
export function panels(x: Float32Array, dim: number): Float32Array {
  const n = x.length / dim;
  return Float32Array.from({ length: Math.ceil(n / 8) * 8 * dim }, (_, at) => {
    const p = Math.floor(at / (8 * dim)) * 8 + at % 8;
    return x[Math.min(p, n - 1) * dim + Math.floor(at / 8) % dim];
  });
}

/** Distance of row i of some panels to row j of others, in float64. */
export function distance(
  x: ArrayLike<number>,
  i: number,
  y: ArrayLike<number>,
  j: number,
  dim: number,
): number {
  const at = (p: number, d: number) => (Math.floor(p / 8) * dim + d) * 8 + p % 8;
  let square = 0;
  for (let d = 0; d < dim; d++) square += (x[at(i, d)] - y[at(j, d)]) ** 2;
  return Math.sqrt(square);
}
