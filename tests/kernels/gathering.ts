/** Cases and the reference of the gather kernels. */

import type { Numbers } from "../../shell/device/device.ts";

/** Arguments of a gather. */
export interface Gather {
  readonly rows: number;
  readonly m: number;
  readonly width: number;
  readonly at: number;
}

/** One row, one word; widths round vectors and workgroups; an MNIST batch; a long column. */
export const GATHERS: readonly Gather[] = [
  { rows: 1, m: 1, width: 1, at: 0 },
  { rows: 5, m: 7, width: 3, at: 2 },
  { rows: 9, m: 4, width: 4, at: 1 },
  { rows: 9, m: 5, width: 17, at: 0 },
  { rows: 100, m: 64, width: 63, at: 3 },
  { rows: 100, m: 3, width: 65, at: 100 },
  { rows: 300, m: 256, width: 784, at: 11 },
  { rows: 70_000, m: 70_000, width: 1, at: 5 },
];

/** A repeatable index of `at + m` rows; every 13th is just out of range, some far out. */
export function indices({ rows, m, at }: Gather): Uint32Array {
  return Uint32Array.from({ length: at + m }, (_, i) => {
    if (i % 13 === 12) return i % 2 ? rows : 2 ** 32 - 1;
    return (i * 7919 + 3) % rows;
  });
}

/** `y[i, j] = source[index[at + i], j]`, `missing` for rows that are not there. */
export function pick(p: Gather, source: Numbers, index: Numbers, missing: number): number[] {
  const y = new Array<number>(p.m * p.width);
  for (let i = 0; i < p.m; i++) {
    const row = index[p.at + i];
    for (let j = 0; j < p.width; j++) {
      y[i * p.width + j] = row < p.rows ? source[row * p.width + j] : missing;
    }
  }
  return y;
}
