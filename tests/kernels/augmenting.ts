/** Random augmentation in float64, from the formula of the kernel's declaration. */

import { fractions, type Source } from "./random.ts";

/** Parameters of the kernel. */
interface Params extends Source {
  readonly m: number;
  readonly h: number;
  readonly w: number;
  readonly c: number;
  readonly turn: number;
  readonly shift_h: number;
  readonly shift_w: number;
  readonly zoom_low: number;
  readonly zoom_high: number;
}

/** The images x [m, h, w, c] rotated, zoomed and shifted. */
export function augmented(x: ArrayLike<number>, p: Params): Float64Array {
  const { m, h, w, c } = p;
  const u = fractions(4 * m, p);
  const y = new Float64Array(m * h * w * c);
  let at = 0;
  for (let i = 0; i < m; i++) {
    const [a, b, d, e] = u.slice(4 * i, 4 * i + 4);
    const angle = 2 * Math.PI * p.turn * (2 * a - 1);
    const shift = [p.shift_h * (2 * b - 1), p.shift_w * (2 * d - 1)];
    const zoom = p.zoom_low + (p.zoom_high - p.zoom_low) * e;
    const [cos, sin] = [Math.cos(angle) / zoom, Math.sin(angle) / zoom];
    for (let row = 0; row < h; row++) {
      for (let column = 0; column < w; column++) {
        const d0 = row - (h - 1) / 2 - shift[0], d1 = column - (w - 1) / 2 - shift[1];
        const from = [(h - 1) / 2 + d0 * cos + d1 * sin, (w - 1) / 2 + d1 * cos - d0 * sin];
        for (let j = 0; j < c; j++) {
          y[at++] = bilinear(x, p, i, from[0], from[1], j);
        }
      }
    }
  }
  return y;
}

function bilinear(
  x: ArrayLike<number>,
  { h, w, c }: Params,
  i: number,
  row: number,
  column: number,
  j: number,
): number {
  const [top, left] = [Math.floor(row), Math.floor(column)];
  let sum = 0;
  for (const r of [top, top + 1]) {
    for (const s of [left, left + 1]) {
      const weight = (1 - Math.abs(row - r)) * (1 - Math.abs(column - s));
      if (r < 0 || r >= h || s < 0 || s >= w || weight === 0) continue;
      sum += weight * x[((i * h + r) * w + s) * c + j];
    }
  }
  return sum;
}
