/** What the tests of the convolution's kernels share. */

import { type ConvSizes } from "../../shell/kernels/conv.ts";

/** A convolution in short: images n, h, w, ci; kernel kh, kw, co; strides; padding on four sides. */
interface Short {
  readonly image: readonly [n: number, h: number, w: number, c: number];
  readonly kernel: readonly [h: number, w: number, co: number];
  readonly stride?: readonly [h: number, w: number];
  /** Top, bottom, left, right. */
  readonly pad?: readonly [number, number, number, number];
}

/** All sizes of a convolution. */
export function sizes({ image, kernel, stride = [1, 1], pad = [0, 0, 0, 0] }: Short): ConvSizes {
  const [n, ih, iw, ci] = image;
  const [kh, kw, co] = kernel;
  const [sh, sw] = stride;
  const [top, bottom, left, right] = pad;
  const oh = Math.floor((ih + top + bottom - kh) / sh) + 1;
  const ow = Math.floor((iw + left + right - kw) / sw) + 1;
  return { n, ih, iw, ci, oh, ow, co, kh, kw, sh, sw, top, left };
}

/**
 * Kernels of one tap and as large as the image; strides above the kernel's size; padding on all
 * sides, on one, and wider than the kernel; groups of 12 images and some more; rows left over behind the last window; channels around
 * the edges of tiles (1, 3, 4, 8, 12); patches longer than a stretch of 512; layers of a
 * convolutional autoencoder.
 */
export const CONVOLUTIONS: readonly ConvSizes[] = ([
  { image: [1, 1, 1, 1], kernel: [1, 1, 1] },
  { image: [1, 5, 7, 3], kernel: [1, 1, 5] },
  { image: [2, 4, 6, 4], kernel: [4, 6, 8] },
  { image: [1, 7, 5, 1], kernel: [3, 3, 1], pad: [1, 1, 1, 1] },
  { image: [3, 8, 8, 1], kernel: [5, 5, 4], stride: [2, 2], pad: [2, 2, 2, 2] },
  { image: [2, 9, 7, 5], kernel: [3, 2, 33], stride: [2, 3], pad: [0, 1, 1, 0] },
  { image: [1, 11, 10, 8], kernel: [3, 3, 3], stride: [3, 3], pad: [1, 2, 0, 1] },
  { image: [2, 7, 7, 33], kernel: [2, 3, 4], stride: [1, 2] },
  { image: [2, 10, 9, 3], kernel: [2, 1, 2], stride: [3, 2] },
  { image: [1, 3, 4, 2], kernel: [3, 3, 9], pad: [4, 3, 3, 5] },
  { image: [3, 6, 6, 13], kernel: [5, 5, 3], pad: [2, 2, 2, 2] },
  { image: [1, 4, 5, 130], kernel: [3, 3, 12], pad: [1, 1, 1, 1] },
  { image: [2, 3, 3, 20], kernel: [2, 2, 140], stride: [1, 1], pad: [1, 0, 0, 1] },
  { image: [1, 2, 3, 7], kernel: [7, 8, 6], pad: [3, 4, 5, 2] },
  { image: [14, 6, 7, 2], kernel: [3, 3, 5], stride: [2, 2], pad: [1, 1, 1, 1] },
  { image: [25, 5, 4, 12], kernel: [3, 3, 12], pad: [1, 1, 1, 1] },
  { image: [12, 2, 3, 11], kernel: [3, 3, 13], pad: [4, 3, 3, 5] },
  { image: [5, 28, 28, 1], kernel: [5, 5, 32], stride: [2, 2], pad: [2, 2, 2, 2] },
  { image: [3, 14, 14, 32], kernel: [5, 5, 64], stride: [2, 2], pad: [2, 2, 2, 2] },
  { image: [4, 7, 7, 64], kernel: [3, 3, 128], stride: [2, 2] },
] as Short[]).map(sizes);

/** Number of elements of the tensors of a convolution. */
export const counts = (p: ConvSizes) => ({
  x: p.n * p.ih * p.iw * p.ci,
  w: p.kh * p.kw * p.ci * p.co,
  y: p.n * p.oh * p.ow * p.co,
});

/**
 * Calls `visit` for every product that a convolution sums, with the indices of its three elements:
 * `y[i] += x[j] w[k]`. The two gradients are sums over the same list.
 */
export function eachTerm(p: ConvSizes, visit: (y: number, x: number, w: number) => void): void {
  for (let i = 0; i < p.n; i++) {
    for (let r = 0; r < p.oh; r++) {
      for (let c = 0; c < p.ow; c++) {
        for (let u = 0; u < p.kh; u++) {
          const row = r * p.sh + u - p.top;
          if (row < 0 || row >= p.ih) continue;
          for (let v = 0; v < p.kw; v++) {
            const column = c * p.sw + v - p.left;
            if (column < 0 || column >= p.iw) continue;
            const y = ((i * p.oh + r) * p.ow + c) * p.co;
            const x = ((i * p.ih + row) * p.iw + column) * p.ci;
            const w = (u * p.kw + v) * p.ci * p.co;
            for (let k = 0; k < p.ci; k++) {
              for (let o = 0; o < p.co; o++) visit(y + o, x + k, w + k * p.co + o);
            }
          }
        }
      }
    }
  }
}

/** `x * w` from the formula in float64. */
export function convolve(p: ConvSizes, x: ArrayLike<number>, w: ArrayLike<number>): Float64Array {
  const out = new Float64Array(counts(p).y);
  eachTerm(p, (i, j, k) => out[i] += x[j] * w[k]);
  return out;
}

/** `dz *^T w` from the formula in float64. */
export function spread(p: ConvSizes, dz: ArrayLike<number>, w: ArrayLike<number>): Float64Array {
  const out = new Float64Array(counts(p).x);
  eachTerm(p, (i, j, k) => out[j] += dz[i] * w[k]);
  return out;
}
