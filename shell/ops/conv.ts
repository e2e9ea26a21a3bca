import { type Activation, activationGrad, ACTIVATIONS } from "../kernels/activation.ts";
import { conv, convBlock, convGradW, convGradX, type ConvSizes } from "../kernels/conv.ts";
import { sumColumns } from "../kernels/sum_columns.ts";
import type { Graph } from "../plan/graph.ts";
import type { Tensor } from "../plan/tensor.ts";
import { type ImageShape, imagesOf } from "./images.ts";

/**
 * Zeros around an image: as many on every side, or [vertical, horizontal], or
 * [top, bottom, left, right]. "valid" is 0; "same" pads so that stride 1 keeps the size and stride
 * s divides it by s, rounded up, with the odd zero at the bottom and on the right, as TensorFlow.
 */
export type Padding =
  | number
  | readonly [vertical: number, horizontal: number]
  | readonly [top: number, bottom: number, left: number, right: number]
  | "same"
  | "valid";

/** How a convolution moves over its image. */
export interface ConvOptions {
  /** Step of the window, one number or [vertical, horizontal]; default 1. */
  readonly stride?: number | readonly [number, number];
  /** Default 0. */
  readonly padding?: Padding;
  /** Default identity. */
  readonly activation?: Activation;
  /** [h, w, c] of a sample, where x is not [n, h, w, c]. */
  readonly image?: ImageShape;
}

/** The same for a transposed convolution, whose padding is that of the convolution it transposes. */
export interface ConvTransposeOptions extends ConvOptions {
  /**
   * Height and width of the result. With a stride several sizes are convolved to that of x; the
   * default is the smallest, (h - 1) stride + kh - top - bottom, and with "same" h stride.
   */
  readonly size?: readonly [height: number, width: number];
}

const NONE = { bias: 0, activation: 0, gate: 0 };

/**
 * A convolutional layer, `y = act(x * w + b)`: x [n, h, w, ci], w [kh, kw, ci, co], b [co],
 * y [n, oh, ow, co] with `oh = floor((h + top + bottom - kh) / stride) + 1`. As in all of deep
 * learning the kernel is not mirrored: y[r, c] sums x[r stride + u - top, c stride + v - left]
 * w[u, v].
 *
 * As in {@link linear} the activation is folded in; backward, so is the derivative of the
 * activation that made x if this layer is its only reader.
 *
 * @param b bias, or null for none
 * @throws RangeError if the shapes do not fit, or the padded image is smaller than the kernel
 */
export function conv2d(
  g: Graph,
  x: Tensor,
  w: Tensor,
  b: Tensor | null,
  options: ConvOptions = {},
): Tensor {
  const p = convolvedSizes(x, w, b, options);
  const code = ACTIVATIONS[options.activation ?? "identity"];
  const y = g.temp([p.n, p.oh, p.ow, p.co]);
  y.activation = code;
  // A kernel's argument list is fixed: w stands in for what is not read.
  const epilogue = { bias: b ? 1 : 0, activation: code, gate: 0 };
  g.call(conv, { x, w, b: b ?? w, a: w, y }, { ...p, ...epilogue });
  g.onBackward(y, b ? [x, w, b] : [x, w], (dy) => {
    const dz = beforeActivation(g, y, dy);
    g.addGrad(x, (dx) => {
      g.call(convGradX, { dz, w, b: w, x, dx }, { ...p, ...NONE, gate: g.gate(x) });
    });
    g.addGrads(b ? [w, b] : [w], ([dw, db]) => gradW(g, p, x, dz, dw, db));
  });
  return y;
}

/**
 * A transposed convolution, `y = act(x *^T w + b)`: the map from y to x of {@link conv2d} the other
 * way round, for decoders. x [n, h, w, ci], w [kh, kw, co, ci], the shape that the convolution from
 * y to x has, b [co], y [n, oh, ow, co]. Each pixel of x adds w times its channels to a window of
 * y; what falls on the padding is cut off.
 *
 * Forward it is the gradient of a convolution's input, backward a convolution.
 *
 * @param b bias, or null for none
 * @throws RangeError if the shapes do not fit, or no image of the given size is convolved to x
 * @see Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016
 */
export function convTranspose2d(
  g: Graph,
  x: Tensor,
  w: Tensor,
  b: Tensor | null,
  options: ConvTransposeOptions = {},
): Tensor {
  const p = transposedSizes(x, w, b, options);
  const code = ACTIVATIONS[options.activation ?? "identity"];
  const y = g.temp([p.n, p.ih, p.iw, p.ci]);
  y.activation = code;
  const epilogue = { bias: b ? 1 : 0, activation: code, gate: 0 };
  g.call(convGradX, { dz: x, w, b: b ?? w, x: w, dx: y }, { ...p, ...epilogue });
  g.onBackward(y, b ? [x, w, b] : [x, w], (dy) => {
    const dz = beforeActivation(g, y, dy);
    g.addGrad(x, (dx) => {
      g.call(conv, { x: dz, w, b: w, a: x, y: dx }, { ...p, ...NONE, gate: g.gate(x) });
    });
    g.addGrad(w, (dw) => gradW(g, p, dz, x, dw));
    if (b) g.addGrad(b, (db) => sumPixels(g, dz, db));
  });
  return y;
}

function convolvedSizes(
  x: Tensor,
  w: Tensor,
  b: Tensor | null,
  options: ConvOptions,
): ConvSizes {
  const { n, h: ih, w: iw, c: ci } = imagesOf("conv2d", x, options.image);
  checkWeights("conv2d", w, b, `${ci}, co`, w.shape[2] === ci, w.shape[3]);
  const window = windowOf("conv2d", w, options);
  const [kh, kw, , co] = w.shape;
  const { sh, sw } = window;
  const { top, bottom, left, right } = window.pad(ih, iw);
  const [height, width] = [ih + top + bottom, iw + left + right];
  if (height < kh || width < kw) {
    const padded = height > ih || width > iw ? ` padded to ${height}x${width},` : "";
    throw new RangeError(
      `conv2d: the image, ${ih}x${iw},${padded} is smaller than the kernel, ${kh}x${kw}: ` +
        "pad it or take a smaller kernel",
    );
  }
  const [oh, ow] = [Math.floor((height - kh) / sh) + 1, Math.floor((width - kw) / sw) + 1];
  return { n, ih, iw, ci, oh, ow, co, kh, kw, sh, sw, top, left };
}

/** Sizes of the convolution from y to x. */
function transposedSizes(
  x: Tensor,
  w: Tensor,
  b: Tensor | null,
  options: ConvTransposeOptions,
): ConvSizes {
  const { n, h: oh, w: ow, c: co } = imagesOf("convTranspose2d", x, options.image);
  checkWeights("convTranspose2d", w, b, `co, ${co}`, w.shape[3] === co, w.shape[2]);
  const window = windowOf("convTranspose2d", w, options);
  const [kh, kw, ci] = w.shape;
  const { sh, sw } = window;
  const [ih, iw] = options.size ?? smallest(window, options.padding, [oh, ow], [kh, kw]);
  if (!(positive(ih) && positive(iw))) {
    throw new RangeError(
      `convTranspose2d: the result must have at least one pixel, got ${ih}x${iw}: ` +
        "pad less or give a larger size",
    );
  }
  const { top, bottom, left, right } = window.pad(ih, iw);
  const [h, v] = [ih + top + bottom - kh, iw + left + right - kw];
  if (Math.floor(h / sh) + 1 !== oh || Math.floor(v / sw) + 1 !== ow) {
    throw new RangeError(
      `convTranspose2d: an image of ${ih}x${iw} is not convolved to the ${oh}x${ow} of x by a ` +
        `kernel ${kh}x${kw} with stride ${sh}x${sw} and this padding: give another size`,
    );
  }
  return { n, ih, iw, ci, oh, ow, co, kh, kw, sh, sw, top, left };
}

/** The smallest image that is convolved to `rows` x `columns`; with "same", a round one. */
function smallest(
  { sh, sw, pad }: Window,
  padding: Padding | undefined,
  [rows, columns]: readonly [number, number],
  [kh, kw]: readonly [number, number],
): readonly [number, number] {
  if (padding === "same") return [rows * sh, columns * sw];
  const { top, bottom, left, right } = pad(0, 0);
  return [(rows - 1) * sh + kh - top - bottom, (columns - 1) * sw + kw - left - right];
}

/** The gradient before the activation of y; in a kernel of its own unless it is folded in. */
function beforeActivation(g: Graph, y: Tensor, dy: Tensor): Tensor {
  if (y.activation === 0 || g.gated(y)) return dy;
  const dz = g.temp(y.shape, "f32", "d");
  g.call(activationGrad, { y, dy, dx: dz }, { n: y.size, activation: y.activation });
  return dz;
}

/** Gradients of weights and bias: the sums of the parts that {@link convGradW} computes. */
function gradW(g: Graph, p: ConvSizes, x: Tensor, dz: Tensor, dw: Tensor, db?: Tensor): void {
  const block = convBlock(p);
  const parts = Math.ceil(p.n * p.oh * p.ow / block);
  const params = { ...p, block, bias: db ? 1 : 0 };
  if (parts === 1) {
    return g.call(convGradW, { x, dz, dw, db: db ?? g.temp([p.co], "f32", "d") }, params);
  }
  const dws = g.temp([parts, dw.size], "f32", "d"), dbs = g.temp([parts, p.co], "f32", "d");
  g.call(convGradW, { x, dz, dw: dws, db: dbs }, params);
  g.call(sumColumns, { x: dws, y: dw }, { m: parts, n: dw.size });
  if (db) g.call(sumColumns, { x: dbs, y: db }, { m: parts, n: p.co });
}

/** Sums over all pixels: first over images, where there are many sums, then over an image. */
function sumPixels(g: Graph, x: Tensor, sums: Tensor): void {
  const [m, h, w, c] = x.shape;
  const image = g.temp([h, w, c], "f32", "d");
  g.call(sumColumns, { x, y: image }, { m, n: image.size });
  g.call(sumColumns, { x: image, y: sums }, { m: h * w, n: c });
}

function checkWeights(
  op: string,
  w: Tensor,
  b: Tensor | null,
  channels: string,
  fits: boolean,
  co: number,
): void {
  if (w.shape.length !== 4 || !fits) {
    throw new RangeError(`${op}: w must be [kh, kw, ${channels}], got [${w.shape.join(", ")}]`);
  }
  if (b && b.size !== co) throw new RangeError(`${op}: b must be [${co}], got [${b.shape}]`);
}

const positive = (v: number) => Number.isInteger(v) && v > 0;

/** Strides, and the padding of an image of given size. */
interface Window {
  readonly sh: number;
  readonly sw: number;
  pad(height: number, width: number): Record<"top" | "bottom" | "left" | "right", number>;
}

function windowOf(op: string, w: Tensor, { stride = 1, padding = 0 }: ConvOptions): Window {
  const [sh, sw] = typeof stride === "number" ? [stride, stride] : stride;
  if (!positive(sh) || !positive(sw)) {
    throw new RangeError(`${op}: stride must be a positive integer or two, got ${stride}`);
  }
  if (padding === "same") {
    const around = (size: number, k: number, s: number) => {
      const all = Math.max((Math.ceil(size / s) - 1) * s + k - size, 0);
      return [Math.floor(all / 2), Math.ceil(all / 2)];
    };
    const pad = (h: number, v: number) => {
      const [[top, bottom], [left, right]] = [around(h, w.shape[0], sh), around(v, w.shape[1], sw)];
      return { top, bottom, left, right };
    };
    return { sh, sw, pad };
  }
  const sides = sidesOf(padding);
  if (!Object.values(sides).every((v) => positive(v + 1))) {
    throw new RangeError(
      `${op}: padding must be "same", "valid" or integers of at least 0: one for all sides, ` +
        `[vertical, horizontal] or [top, bottom, left, right], got ${padding}`,
    );
  }
  return { sh, sw, pad: () => sides };
}

function sidesOf(padding: Exclude<Padding, "same">) {
  const p = padding === "valid" ? 0 : padding;
  if (typeof p === "number") return { top: p, bottom: p, left: p, right: p };
  if (p.length === 2) return { top: p[0], bottom: p[0], left: p[1], right: p[1] };
  const [top, bottom, left, right] = p;
  return { top, bottom, left, right };
}
