/** The dense layer: forward, gradient of the input, gradients of weights and bias. */

import { type Gpu, kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/dense.wgsl" with { type: "text" };
import subgroupWgsl from "../../shaders/dense_subgroup.wgsl" with { type: "text" };
import tiledWgsl from "../../shaders/dense_tiled.wgsl" with { type: "text" };
import gradWWgsl from "../../shaders/dense_grad_w.wgsl" with { type: "text" };
import gradWTiledWgsl from "../../shaders/dense_grad_w_tiled.wgsl" with { type: "text" };
import gradXWgsl from "../../shaders/dense_grad_x.wgsl" with { type: "text" };
import gradXSubgroupWgsl from "../../shaders/dense_grad_x_subgroup.wgsl" with { type: "text" };
import gradXTiledWgsl from "../../shaders/dense_grad_x_tiled.wgsl" with { type: "text" };

/** Rows of a packed panel of the left operand, columns of one of the right; see engine/gemm.ts. */
const PANEL_ROWS = 12;
const PANEL_COLUMNS = 8;

/** Largest rectangle of the result that a WASM item computes. */
const ITEM_ROWS = 48;
const ITEM_COLUMNS = 32;

/** Multiply-adds that make a claim worth while, 2 to 3 us. */
const CLAIM = 1 << 16;

/** Bytes of a tile that hangs over the edge of the result: 6 x 8. */
const SPARE_BYTES = 192;

const align = (bytes: number) => Math.ceil(bytes / 64) * 64;

/** The WASM side of a `rows` x `depth` times `depth` x `columns` product. */
function product<P>(
  name: string,
  shape: (p: P) => readonly [rows: number, columns: number, depth: number],
) {
  const items = (p: P) => {
    const [rows, columns] = shape(p);
    return Math.ceil(rows / ITEM_ROWS) * Math.ceil(columns / ITEM_COLUMNS);
  };
  return {
    name,
    stages: [{
      name: `${name}_pack`,
      items: (p: P) => {
        const [rows, columns] = shape(p);
        return Math.ceil(rows / PANEL_ROWS) + Math.ceil(columns / PANEL_COLUMNS);
      },
      // A panel of a depth of 600 takes 1 to 2 us.
      grain: (p: P) => Math.max(1, Math.round(600 / shape(p)[2])),
    }],
    items,
    grain: (p: P) => Math.max(1, Math.floor(CLAIM / (ITEM_ROWS * ITEM_COLUMNS * shape(p)[2]))),
    scratch: (p: P) => {
      const [rows, columns, depth] = shape(p);
      const a = 4 * Math.ceil(rows / PANEL_ROWS) * PANEL_ROWS * depth;
      const b = 4 * Math.ceil(columns / PANEL_COLUMNS) * PANEL_COLUMNS * depth;
      return align(a) + align(b) + SPARE_BYTES * items(p);
    },
    flops: (p: P) => shape(p).reduce((product, size) => product * size, 2),
    bytes: (p: P) => {
      const [rows, columns, depth] = shape(p);
      return 4 * (rows * depth + depth * columns + rows * columns);
    },
  };
}

/** GPU: side of an invocation's tile in the direct body, and invocations of its workgroups. */
const TILE = 16;
const LANES = 4;

/** GPU: results of a workgroup of the subgroup body, all in one row. */
const WIDTH = 16;

/** GPU: results above which the tiled body takes squares of 64, which use memory half as much. */
const LARGE = 1 << 20;

type Shape<P> = (p: P) => readonly [rows: number, columns: number, depth: number];

/** Workgroups of the direct body. */
const direct = <P>(shape: Shape<P>) => (p: P) => {
  const [rows, columns] = shape(p);
  return linear(Math.ceil(Math.ceil(rows / TILE) * Math.ceil(columns / TILE) / LANES));
};

/** The body with tiles in workgroup memory: a GPU's choice; on a CPU it only costs. */
function tiled<P>(wgsl: string, shape: Shape<P>) {
  const side = (p: P) => shape(p)[0] * shape(p)[1] < LARGE ? 8 : 16;
  return {
    wgsl,
    constants: (p: P) => ({ SIDE: side(p) }),
    grid: (p: P) => {
      const [rows, columns] = shape(p);
      return [Math.ceil(columns / (4 * side(p))), Math.ceil(rows / (4 * side(p)))] as const;
    },
    when: (gpu: Gpu) => !gpu.software,
  };
}

/** The body for few columns and long sums: lanes share a sum and add up by subgroup operations. */
function subgroup<P>(wgsl: string, shape: Shape<P>) {
  return {
    wgsl,
    subgroups: true,
    grid: (p: P) => linear(shape(p)[0] * Math.ceil(shape(p)[1] / WIDTH)),
    when: (gpu: Gpu, p: P) =>
      gpu.subgroups && !gpu.software && shape(p)[1] <= WIDTH && shape(p)[2] >= 128,
  };
}

/** Sizes of a layer: `m` samples, `k` inputs, `n` outputs. */
interface Sizes {
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/** Rows, columns and depth of the three products. */
const forward = (p: Sizes) => [p.m, p.n, p.k] as const;
const inputs = (p: Sizes) => [p.m, p.k, p.n] as const;
const weights = (p: Sizes) => [p.k, p.n, p.m] as const;

/**
 * `y = act(x w + b)`: x is [m, k], w is [k, n], b is [n], y is [m, n]. `bias` 0: b is not read.
 * `activation`: 0 identity, 1 relu, 2 leaky relu (slope .01), 3 sigmoid, 4 tanh.
 */
export const dense = kernel({
  ...product("dense", forward),
  buffers: { x: reads("f32"), w: reads("f32"), b: reads("f32"), y: writes("f32") },
  params: { m: "u32", k: "u32", n: "u32", bias: "u32", activation: "u32" },
  wgsl,
  grid: direct(forward),
  variants: {
    subgroup: subgroup(subgroupWgsl, forward),
    tiled: tiled(tiledWgsl, forward),
  },
});

/**
 * `dx = (dz w^T) * act'(x)`: dz is [m, n], w is [k, n], x and dx are [m, k]. x is the output of the
 * activation that made it; `activation` 0: x is not read.
 */
export const denseGradX = kernel({
  ...product("dense_grad_x", inputs),
  buffers: { dz: reads("f32"), w: reads("f32"), x: reads("f32"), dx: writes("f32") },
  params: { m: "u32", k: "u32", n: "u32", activation: "u32" },
  wgsl: gradXWgsl,
  grid: direct(inputs),
  variants: {
    subgroup: subgroup(gradXSubgroupWgsl, inputs),
    tiled: tiled(gradXTiledWgsl, inputs),
  },
});

/**
 * `dw = x^T dz` and `db = ` column sums of dz: x is [m, k], dz is [m, n], dw is [k, n], db is [n].
 * `bias` 0: db is not written.
 */
export const denseGradW = kernel({
  ...product("dense_grad_w", weights),
  buffers: { x: reads("f32"), dz: reads("f32"), dw: writes("f32"), db: writes("f32") },
  params: { m: "u32", k: "u32", n: "u32", bias: "u32" },
  wgsl: gradWWgsl,
  grid: direct(weights),
  variants: { tiled: tiled(gradWTiledWgsl, weights) },
});
