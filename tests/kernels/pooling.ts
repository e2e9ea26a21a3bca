/** What the tests of the pooling kernels share. */

import { poolParams } from "../../shell/kernels/pool.ts";
import { pooledSize } from "../../shell/kernels/pool.ts";

/** Parameters of a pooling kernel. */
export type Geometry = { readonly [K in keyof typeof poolParams]: number };

function geometry(
  [n, h, w, c]: number[],
  [kh, kw]: number[],
  [stride_h, stride_w]: number[],
  [pad_h, pad_w]: number[],
): Geometry {
  const oh = Math.floor((h + 2 * pad_h - kh) / stride_h) + 1;
  const ow = Math.floor((w + 2 * pad_w - kw) / stride_w) + 1;
  return { n, h, w, c, kh, kw, stride_h, stride_w, pad_h, pad_w, oh, ow };
}

/** Windows apart, touching and overlapping, gaps at the edge, padding, channels of all tails. */
export const GEOMETRIES: readonly Geometry[] = [
  geometry([1, 1, 1, 1], [1, 1], [1, 1], [0, 0]),
  geometry([2, 4, 6, 1], [2, 2], [2, 2], [0, 0]),
  geometry([3, 5, 5, 3], [2, 2], [2, 2], [0, 0]),
  geometry([2, 7, 6, 4], [3, 3], [2, 2], [1, 1]),
  geometry([1, 9, 8, 5], [3, 2], [1, 3], [1, 0]),
  geometry([2, 6, 5, 2], [1, 4], [2, 1], [0, 2]),
  geometry([1, 8, 7, 7], [2, 2], [3, 4], [0, 0]),
  geometry([1, 5, 6, 6], [5, 6], [1, 1], [2, 3]),
  geometry([1, 13, 11, 1], [3, 3], [1, 1], [1, 1]),
  geometry([17, 28, 28, 9], [3, 3], [2, 2], [1, 1]),
];

/** The pixels of a window, as places in x, and the number of all its places. */
export function windowOf(g: Geometry, i: number, oy: number, ox: number, j: number): number[] {
  const found: number[] = [];
  for (let ky = 0; ky < g.kh; ky++) {
    for (let kx = 0; kx < g.kw; kx++) {
      const iy = oy * g.stride_h - g.pad_h + ky;
      const ix = ox * g.stride_w - g.pad_w + kx;
      if (iy < 0 || iy >= g.h || ix < 0 || ix >= g.w) continue;
      found.push(((i * g.h + iy) * g.w + ix) * g.c + j);
    }
  }
  return found;
}

/** Every window in the order of y: what `f` makes of the places of its pixels. */
export function overWindows<T>(g: Geometry, f: (places: number[]) => T): T[] {
  const out: T[] = [];
  for (let at = 0; at < pooledSize(g); at++) {
    const j = at % g.c, place = Math.floor(at / g.c);
    const ox = place % g.ow, row = Math.floor(place / g.ow);
    out.push(f(windowOf(g, Math.floor(row / g.oh), row % g.oh, ox, j)));
  }
  return out;
}

/** Place of the maximum: the first of equals, the last NaN. */
export function largest(x: ArrayLike<number>, places: readonly number[]): number {
  return places.reduce((best, at) => x[at] > x[best] || Number.isNaN(x[at]) ? at : best);
}

/** Mean over a window in float64. */
export function mean(g: Geometry, x: ArrayLike<number>, places: number[], padding: number): number {
  return places.reduce((s, at) => s + x[at], 0) / (padding ? g.kh * g.kw : places.length);
}
