/** The data of the golden values of projections. */

import tsne from "../golden/tsne.json" with { type: "json" };

/** A matrix, row-major. */
export interface Matrix {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** Integers from 0 to `levels - 1`, as the script that makes the golden values draws them. */
function draws(n: number, seed: number, levels: number): number[] {
  let s = (seed * 2654435761) % 2 ** 32;
  return Array.from({ length: n }, () => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    return Math.floor(s * levels / 2 ** 32);
  });
}

/** 40 points of rank 6 in 1,300 dimensions, all integers. */
function wide(): Matrix {
  const factors = [12, 8, 5, 3, 2, 1];
  const left = draws(40 * 6, 3, 9).map((v, i) => v * factors[i % 6]);
  const right = draws(6 * 1300, 4, 7).map((v) => v - 3);
  const data = Array.from({ length: 40 * 1300 }, (_, at) => {
    const i = Math.floor(at / 1300), j = at % 1300;
    return factors.reduce((sum, _, c) => sum + left[i * 6 + c] * right[c * 1300 + j], 0);
  });
  return { shape: [40, 1300], data };
}

const digits = Array.from(tsne.digits, (letter) => letter.charCodeAt(0) - 97);

/** Data sets by name. */
export const SETS: Readonly<Record<string, Matrix>> = {
  digits: { shape: [digits.length / 64, 64], data: digits },
  iris: tsne.iris,
  wide: wide(),
};

/** A matrix as the golden files have it: itself or the name of one. */
export const matrixOf = (x: Matrix | string): Matrix => typeof x === "string" ? SETS[x] : x;
