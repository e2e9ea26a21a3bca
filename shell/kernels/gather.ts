/** Rows of a data set by an index: how a batch is made on the device. */

import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/gather.wgsl" with { type: "text" };

/** Elements of y that make a claim worth while, about 5 us. */
const CLAIM = 16_384;

/** Launch of the gather kernels: an invocation per element of y, a WASM item per row. */
export const gatherLaunch = {
  grid: (p: { readonly m: number; readonly width: number }) =>
    linear(Math.ceil(p.m * p.width / 64)),
  items: (p: { readonly m: number }) => p.m,
  grain: (p: { readonly width: number }) => Math.ceil(CLAIM / p.width),
};

/**
 * `y[i, :] = source[index[at + i], :]` for i < m, bit for bit: source is [rows, width], index is
 * [at + m] or longer, y is [m, width]. Where the index is `rows` or more, the row of y is NaN.
 */
export const gather = kernel({
  name: "gather",
  buffers: { source: reads("f32"), index: reads("u32"), y: writes("f32") },
  params: { rows: "u32", m: "u32", width: "u32", at: "u32" },
  wgsl,
  ...gatherLaunch,
  bytes: ({ m, width }) => 8 * m * width,
});
