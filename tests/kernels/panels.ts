/** What the tests of kernels share whose clusters or points lie in panels of 8 slots. */

import { clusterDistances, FAR, NO_SLOT } from "../../shell/kernels/nearest_cluster.ts";

/** Slots of whole panels. */
export const padded = (count: number) => 8 * Math.ceil(count / 8);

/** Rows of `dim` numbers as panels [slots / 8, dim, 8]; what no row fills is zero. */
export function panels(rows: Float32Array, dim: number): Float32Array {
  const out = new Float32Array(padded(rows.length / dim) * dim);
  rows.forEach((v, at) => out[place(Math.floor(at / dim), at % dim, dim)] = v);
  return out;
}

/** Where coordinate d of a slot lies. */
export const place = (slot: number, d: number, dim: number) =>
  (slot >> 3) * dim * 8 + d * 8 + (slot & 7);

/** Squared distance of two slots in float64. */
export function squareOf(x: ArrayLike<number>, a: number, b: number, dim: number): number {
  let sum = 0;
  for (let d = 0; d < dim; d++) sum += (x[place(a, d, dim)] - x[place(b, d, dim)]) ** 2;
  return sum;
}

/** Smallest value and its place for each block of 256; those of `first` before equal others. */
export function leastOfBlocks(values: readonly number[], first: number, none: number) {
  const distance: number[] = [], slot: number[] = [];
  for (let from = 0; from < values.length; from += 256) {
    const some = values.slice(from, from + 256), low = Math.min(...some);
    distance.push(low);
    if (low === none) slot.push(NO_SLOT);
    else {slot.push(
        values[first] === low && first - from in some ? first : from + some.indexOf(low),
      );}
  }
  return { distance, slot };
}

/** Distances of cluster `tip` to the others, in float64; FAR where there is none. */
export function clusterDistancesFrom(
  tip: number,
  centre: ArrayLike<number>,
  cluster: ArrayLike<number>,
  dim: number,
  linkage: number,
): number[] {
  const slots = cluster.length / 2;
  return Array.from({ length: slots }, (_, i) => {
    const a = cluster[tip], b = cluster[i];
    if (i === tip || b === 0) return FAR;
    const square = squareOf(centre, tip, i, dim);
    return linkage === clusterDistances.ward
      ? 2 * a * b / (a + b) * square
      : square + cluster[slots + tip] + cluster[slots + i];
  });
}
