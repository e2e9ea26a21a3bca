/**
 * Convolutions: forward, gradient of the input, which is also the transposed convolution, and
 * gradients of weights and bias.
 *
 * Images are NHWC: a pixel's channels lie together, so that a row of a window is one run of memory,
 * results are rows of a matrix product, and the bias is added along the lanes. Weights are
 * [kh, kw, ci, co], rows of that same product. The matrix of all patches is never made: each body
 * cuts pieces from the images as it goes.
 */

import { type Gpu, kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/conv.wgsl" with { type: "text" };
import tiledWgsl from "../../shaders/conv_tiled.wgsl" with { type: "text" };
import gradWWgsl from "../../shaders/conv_grad_w.wgsl" with { type: "text" };
import gradWTiledWgsl from "../../shaders/conv_grad_w_tiled.wgsl" with { type: "text" };
import gradXWgsl from "../../shaders/conv_grad_x.wgsl" with { type: "text" };
import gradXTiledWgsl from "../../shaders/conv_grad_x_tiled.wgsl" with { type: "text" };

/**
 * Sizes of a convolution: `n` images of `ih` x `iw` pixels and `ci` channels become `oh` x `ow`
 * pixels and `co` channels by a kernel `kh` x `kw` with strides `sh`, `sw`. `top` and `left` rows
 * and columns of zeros lie before the image; how many lie behind follows from `oh` and `ow`.
 */
export interface ConvSizes {
  readonly n: number;
  readonly ih: number;
  readonly iw: number;
  readonly ci: number;
  readonly oh: number;
  readonly ow: number;
  readonly co: number;
  readonly kh: number;
  readonly kw: number;
  readonly sh: number;
  readonly sw: number;
  readonly top: number;
  readonly left: number;
}

const SIZES = {
  n: "u32",
  ih: "u32",
  iw: "u32",
  ci: "u32",
  oh: "u32",
  ow: "u32",
  co: "u32",
  kh: "u32",
  kw: "u32",
  sh: "u32",
  sw: "u32",
  top: "u32",
  left: "u32",
} as const;

/** What happens to a result before it is stored; see {@link conv}. */
const EPILOGUE = { bias: "u32", activation: "u32", gate: "u32" } as const;

const divide = (a: number, b: number) => Math.ceil(a / b);
const align = (bytes: number) => divide(bytes, 64) * 64;

/** WASM, as in engine/conv_product.ts: an item, a stretch of depth, a slot. */
const ITEM_ROWS = 48;
const ITEM_COLUMNS = 128;
const DEPTH = 512;
const SLOT_BYTES = 4416;

/** WASM, as in engine/conv_grad_w.ts. */
const ITEM_ROWS_W = 96;
const ITEM_COLUMNS_W = 64;
const SLOT_BYTES_W = 256;

const SLOTS = 64;
const FLAG_BYTES = 64;
const PANEL_ROWS = 12;
const PANEL_COLUMNS = 8;

/** Multiply-adds that make a claim worth while, 2 to 3 us. */
const CLAIM = 1 << 16;

const panels = (columns: number) => divide(columns, PANEL_COLUMNS);

/** Bytes of slots with their flags. */
const slots = (items: number, bytes: number) => Math.min(items, SLOTS) * (FLAG_BYTES + bytes);

/** Bytes of a slot of conv and conv_grad_x. */
const slotBytes = (columns: number, depth: number) =>
  SLOT_BYTES +
  4 * ITEM_ROWS * Math.min(panels(columns) * PANEL_COLUMNS, ITEM_COLUMNS) +
  4 * PANEL_ROWS * Math.min(depth, DEPTH);

const itemsOf = (rows: number, columns: number) =>
  divide(rows, ITEM_ROWS) * divide(columns, ITEM_COLUMNS);

/** Pixels of the result, elements of a patch, elements of the kernel. */
const pixelsOut = (p: ConvSizes) => p.n * p.oh * p.ow;
const patch = (p: ConvSizes) => p.kh * p.kw * p.ci;

/** Pixels and depth of the largest of the phases of conv_grad_x. */
const pixelsOfPhase = (p: ConvSizes) => p.n * divide(p.ih, p.sh) * divide(p.iw, p.sw);
const depthOfPhase = (p: ConvSizes) => divide(p.kh, p.sh) * divide(p.kw, p.sw) * p.co;

/** Sizes of conv_grad_w, and the parts of its sums. */
type ConvParts = ConvSizes & { readonly block: number };
const partsOf = (p: ConvParts) => divide(pixelsOut(p), p.block);

const flops = (p: ConvSizes) => 2 * pixelsOut(p) * patch(p) * p.co;
const bytes = (p: ConvSizes) =>
  4 * (p.n * p.ih * p.iw * p.ci + patch(p) * p.co + pixelsOut(p) * p.co);

/** GPU: side of an invocation's tile in the direct body, and invocations of its workgroups. */
const TILE = 16;
const LANES = 4;

/** GPU: results above which the tiled body takes squares of 64, as for the dense layer. */
const LARGE = 1 << 20;

/** Rows and columns of a product, and how many products there are. */
type Shape<P> = (p: P) => readonly [rows: number, columns: number, products: number];

const forward: Shape<ConvSizes> = (p) => [pixelsOut(p), p.co, 1];
const inputs: Shape<ConvSizes> = (p) => [pixelsOfPhase(p), p.ci, p.sh * p.sw];
const weights: Shape<ConvParts> = (p) => [patch(p), p.co, partsOf(p)];

/** Workgroups of the direct body. */
const direct = <P>(shape: Shape<P>) => (p: P) => {
  const [rows, columns, products] = shape(p);
  return linear(divide(products * divide(rows, TILE) * divide(columns, TILE), LANES));
};

/** The body with tiles in workgroup memory: a GPU's choice; on a CPU it only costs. */
function tiled<P>(wgsl: string, shape: Shape<P>) {
  const side = (p: P) => {
    const [rows, columns, products] = shape(p);
    return products * rows * columns < LARGE ? 8 : 16;
  };
  return {
    wgsl,
    constants: (p: P) => ({ SIDE: side(p) }),
    grid: (p: P) => {
      const [rows, columns, products] = shape(p);
      return linear(products * divide(rows, 4 * side(p)) * divide(columns, 4 * side(p)));
    },
    when: (gpu: Gpu) => !gpu.software,
  };
}

/**
 * `y = act(x * w + b) gate'(a)`: `y[i, r, c, o]` starts from the sum of
 * `x[i, r sh + u - top, c sw + v - left, k] w[u, v, k, o]` over u, v, k, where x is zero outside of
 * the image. x is [n, ih, iw, ci], w is [kh, kw, ci, co], b is [co], y and a are [n, oh, ow, co].
 *
 * `bias` 0: b is not read. `activation`: 0 identity, 1 relu, 2 leaky relu (slope .01), 3 sigmoid,
 * 4 tanh. `gate`, a code of the same list: the result is multiplied by the derivative of the
 * activation whose output is a; 0: a is not read. A layer needs the former, the gradient of a
 * transposed convolution the latter.
 */
export const conv = kernel({
  name: "conv",
  buffers: {
    x: reads("f32"),
    w: reads("f32"),
    b: reads("f32"),
    a: reads("f32"),
    y: writes("f32"),
  },
  params: { ...SIZES, ...EPILOGUE },
  wgsl,
  grid: direct(forward),
  variants: { tiled: tiled(tiledWgsl, forward) },
  stages: [{
    name: "conv_pack",
    items: (p) => panels(p.co),
    grain: (p) => Math.max(1, Math.round(600 / patch(p))),
  }],
  items: (p) => itemsOf(pixelsOut(p), p.co),
  grain: (p) =>
    Math.max(1, Math.floor(CLAIM / (ITEM_ROWS * patch(p) * Math.min(p.co, ITEM_COLUMNS)))),
  scratch: (p) =>
    align(32 * panels(p.co) * patch(p)) +
    slots(itemsOf(pixelsOut(p), p.co), slotBytes(p.co, patch(p))),
  flops,
  bytes,
});

/**
 * `dx = act(dz *^T w + b) gate'(x)`: `dx[i, y, x, k]` starts from the sum of
 * `dz[i, r, c, o] w[u, v, k, o]` over all r, u with `r sh + u - top = y`, c, v with
 * `c sw + v - left = x`, and o. dz is [n, oh, ow, co], w is [kh, kw, ci, co], b is [ci], dx and x
 * are [n, ih, iw, ci].
 *
 * This is the gradient of the input of {@link conv}, into which the derivative of the activation
 * that made x is folded by `gate`; and the transposed convolution of dz with `bias` and
 * `activation`. 0 in any of them: b or x is not read.
 */
export const convGradX = kernel({
  name: "conv_grad_x",
  buffers: {
    dz: reads("f32"),
    w: reads("f32"),
    b: reads("f32"),
    x: reads("f32"),
    dx: writes("f32"),
  },
  params: { ...SIZES, ...EPILOGUE },
  wgsl: gradXWgsl,
  grid: direct(inputs),
  variants: { tiled: tiled(gradXTiledWgsl, inputs) },
  stages: [{
    name: "conv_grad_x_pack",
    items: (p) => p.kh * p.kw * panels(p.ci),
    grain: (p) => Math.max(1, Math.round(600 / p.co)),
  }],
  items: (p) => p.sh * p.sw * itemsOf(pixelsOfPhase(p), p.ci),
  grain: (p) =>
    Math.max(1, Math.floor(CLAIM / (ITEM_ROWS * depthOfPhase(p) * Math.min(p.ci, ITEM_COLUMNS)))),
  scratch: (p) =>
    align(32 * panels(p.ci) * p.kh * p.kw * p.co) +
    slots(p.sh * p.sw * itemsOf(pixelsOfPhase(p), p.ci), slotBytes(p.ci, depthOfPhase(p))),
  flops,
  bytes,
});

/** Products in parallel that conv_grad_w aims at, and the fewest pixels of a part. */
const PRODUCTS = 64;
const SHORTEST = 512;

const rectangles = (p: ConvSizes) =>
  divide(divide(patch(p), PANEL_ROWS), ITEM_ROWS_W / PANEL_ROWS) * divide(p.co, ITEM_COLUMNS_W);

/**
 * Pixels in a part of {@link convGradW}: a small kernel over many pixels gives few sums of many
 * terms, which only parts can share among workers. Depends on the sizes alone, and so do the bits.
 */
export function convBlock(p: ConvSizes): number {
  const parts = divide(PRODUCTS, rectangles(p));
  return Math.max(SHORTEST, divide(divide(pixelsOut(p), parts), 4) * 4);
}

/**
 * `dw[q] = ` sum of `x[i, r sh + u - top, c sw + v - left, k] dz[i, r, c, o]` and `db[q] = ` sum of
 * `dz[i, r, c, o]` over the pixels (i, r, c) of part q, `block` of them in order, fewer in the last.
 * x is [n, ih, iw, ci], dz is [n, oh, ow, co], dw is [parts, kh, kw, ci, co], db is [parts, co]; the
 * gradients are the sums over parts. `bias` 0: db is not written.
 */
export const convGradW = kernel({
  name: "conv_grad_w",
  buffers: { x: reads("f32"), dz: reads("f32"), dw: writes("f32"), db: writes("f32") },
  params: { ...SIZES, block: "u32", bias: "u32" },
  wgsl: gradWWgsl,
  grid: direct(weights),
  variants: { tiled: tiled(gradWTiledWgsl, weights) },
  stages: [{ name: "conv_grad_w_start", items: () => 1 }],
  items: (p) => partsOf(p) * rectangles(p),
  scratch: (p) =>
    slots(
      partsOf(p) * rectangles(p),
      SLOT_BYTES_W +
        4 * Math.min(p.block, DEPTH) *
          (PANEL_ROWS + Math.min(panels(p.co) * PANEL_COLUMNS, ITEM_COLUMNS_W)),
    ),
  flops,
  bytes,
});
