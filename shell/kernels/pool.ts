/** Geometry that the pooling kernels share: images [n, h, w, c] and windows [n, oh, ow, c]. */

import { linear } from "./kernel.ts";

/**
 * Parameters of a pooling kernel. Window (oy, ox) covers the rows `oy stride_h - pad_h` to
 * `... + kh - 1` and the columns `ox stride_w - pad_w` to `... + kw - 1`, of which it must hold at
 * least one row and one column of the image; the rest is padding.
 */
export const poolParams = {
  n: "u32",
  h: "u32",
  w: "u32",
  c: "u32",
  kh: "u32",
  kw: "u32",
  stride_h: "u32",
  stride_w: "u32",
  pad_h: "u32",
  pad_w: "u32",
  oh: "u32",
  ow: "u32",
} as const;

type Sizes = { readonly [K in keyof typeof poolParams]: number };

/** Invocations of a workgroup. */
const GROUP = 64;

/** Elements read that make a claim worth while. */
const CLAIM = 16_384;

/** Elements of the images. */
export const imageSize = ({ n, h, w, c }: Sizes): number => n * h * w * c;

/** Elements of the result. */
export const pooledSize = ({ n, oh, ow, c }: Sizes): number => n * oh * ow * c;

/** Launch over the windows: an invocation per element, a WASM item per row. */
export const overWindows = {
  grid: (p: Sizes) => linear(Math.ceil(pooledSize(p) / GROUP)),
  items: ({ n, oh }: Sizes) => n * oh,
  grain: ({ ow, c, kh, kw }: Sizes) => Math.ceil(CLAIM / (ow * c * kh * kw)),
};

/** Launch over the pixels of the images: an invocation per element, a WASM item per row. */
export const overPixels = {
  grid: (p: Sizes) => linear(Math.ceil(imageSize(p) / GROUP)),
  items: ({ n, h }: Sizes) => n * h,
  grain: ({ w, c }: Sizes) => Math.ceil(CLAIM / (w * c)),
};
