import { averagePool as averageKernel, averagePoolGrad } from "../kernels/average_pool.ts";
import { maxPool as maxKernel, maxPoolGrad } from "../kernels/max_pool.ts";
import type { Graph } from "../plan/graph.ts";
import type { Tensor } from "../plan/tensor.ts";
import { type ImageShape, imagesOf } from "./images.ts";

/** One number for both directions, or [down, right]. */
type Pair = number | readonly [number, number];

/** Windows of a pooling. */
export interface PoolOptions {
  /** Rows and columns of a window. */
  readonly window: Pair;
  /** Steps from window to window; default the window. */
  readonly stride?: Pair;
  /** Pixels added on each side, at most half a window; default 0. */
  readonly padding?: Pair;
  /** [h, w, c] of a sample, where x is not [n, h, w, c]. */
  readonly image?: ImageShape;
}

/** Windows of an average pooling. */
export interface AveragePoolOptions extends PoolOptions {
  /** Divides by `kh kw` everywhere, as if padding were zeros; else by the number of pixels. */
  readonly countPadding?: boolean;
}

/**
 * Maximum over windows of x [n, h, w, c]: y [n, oh, ow, c] with
 * `oh = floor((h + 2 padding - window) / stride) + 1` and `ow` alike. Padding takes no part. The
 * gradient goes to the first of equal maxima; a NaN is larger than any number. As PyTorch does it.
 * @throws RangeError if x is no batch of images, or a window does not fit
 */
export function maxPool(g: Graph, x: Tensor, options: PoolOptions): Tensor {
  const params = geometry("maxPool", x, options);
  const { n, oh, ow, c } = params;
  const y = g.temp([n, oh, ow, c]);
  const index = g.temp(y.shape, "u32");
  g.call(maxKernel, { x, y, index }, params);
  g.onBackward(y, [x], (dy) => {
    g.addGrad(x, (dx) => g.call(maxPoolGrad, { index, dy, dx }, params));
  });
  return y;
}

/**
 * Average over windows of x [n, h, w, c]: y as that of {@link maxPool}. `countPadding` is true by
 * default, as PyTorch's `count_include_pad`; without padding it changes nothing.
 * @throws RangeError if x is no batch of images, or a window does not fit
 */
export function averagePool(g: Graph, x: Tensor, options: AveragePoolOptions): Tensor {
  const params = {
    ...geometry("averagePool", x, options),
    count_padding: options.countPadding ?? true ? 1 : 0,
  };
  const { n, oh, ow, c } = params;
  const y = g.temp([n, oh, ow, c]);
  g.call(averageKernel, { x, y }, params);
  g.onBackward(y, [x], (dy) => {
    g.addGrad(x, (dx) => g.call(averagePoolGrad, { dy, dx }, params));
  });
  return y;
}

/** Parameters of the kernels, checked. */
function geometry(op: string, x: Tensor, options: PoolOptions) {
  const { window, stride = window, padding = 0, image } = options;
  const { n, h, w, c } = imagesOf(op, x, image);
  const [kh, kw] = pair(op, "window", window, 1);
  const [stride_h, stride_w] = pair(op, "stride", stride, 1);
  const [pad_h, pad_w] = pair(op, "padding", padding, 0);
  // A window that lies in the padding alone would have no maximum.
  if (2 * pad_h > kh || 2 * pad_w > kw) {
    throw new RangeError(
      `${op}: padding must be at most half the window [${kh}, ${kw}], got [${pad_h}, ${pad_w}]`,
    );
  }
  const count = (size: number, k: number, step: number, pad: number) =>
    Math.floor((size + 2 * pad - k) / step) + 1;
  const [oh, ow] = [count(h, kh, stride_h, pad_h), count(w, kw, stride_w, pad_w)];
  if (oh < 1 || ow < 1) {
    throw new RangeError(
      `${op}: the window must fit into the padded image [${h + 2 * pad_h}, ${
        w + 2 * pad_w
      }], got [${kh}, ${kw}]`,
    );
  }
  return { n, h, w, c, kh, kw, stride_h, stride_w, pad_h, pad_w, oh, ow };
}

function pair(op: string, what: string, value: Pair, least: number): readonly [number, number] {
  const both = typeof value === "number" ? [value, value] as const : value;
  if (both.length === 2 && both.every((v) => Number.isInteger(v) && v >= least)) return both;
  throw new RangeError(
    `${op}: ${what} must be one or two integers of at least ${least}, got ${value}`,
  );
}
