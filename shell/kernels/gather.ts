/** Rows of a data set by an index: how a batch is made on the device. */

import { kernel, linear, reads, type Values, writes } from "./kernel.ts";
import wgsl from "../../shaders/gather.wgsl" with { type: "text" };
import u32Wgsl from "../../shaders/gather_u32.wgsl" with { type: "text" };
import u8Wgsl from "../../shaders/gather_u8.wgsl" with { type: "text" };

/** Elements of y that make a claim worth while, about 5 us. */
const CLAIM = 16_384;

const params = { rows: "u32", m: "u32", width: "u32", at: "u32" } as const;

/** Launch: an invocation per element of y, a WASM item per row. */
const launch = {
  grid: (p: Values<typeof params>) => linear(Math.ceil(p.m * p.width / 64)),
  items: (p: Values<typeof params>) => p.m,
  grain: (p: Values<typeof params>) => Math.max(1, Math.ceil(CLAIM / p.width)),
};

/**
 * `y[i, :] = source[index[at + i], :]` for i < m, bit for bit: source is [rows, width], index is
 * [at + m] or longer, y is [m, width]. Where the index is `rows` or more, the row of y is NaN.
 */
export const gather = kernel({
  name: "gather",
  buffers: { source: reads("f32"), index: reads("u32"), y: writes("f32") },
  params,
  wgsl,
  ...launch,
  bytes: ({ m, width }) => 8 * m * width,
});

/** The same for u32, labels for instance. Where the index is `rows` or more, y is 2^32 - 1. */
export const gatherU32 = kernel({
  name: "gather_u32",
  buffers: { source: reads("u32"), index: reads("u32"), y: writes("u32") },
  params,
  wgsl: u32Wgsl,
  ...launch,
  bytes: ({ m, width }) => 8 * m * width,
});

/**
 * `y[i, :] = scale * source[index[at + i], :] + shift` for i < m: source is u8 [rows, width], index
 * is [at + m] or longer, y is f32 [m, width]. Rows may begin at any byte. Where the index is `rows`
 * or more, the row of y is NaN.
 */
export const gatherU8 = kernel({
  name: "gather_u8",
  buffers: { source: reads("u8"), index: reads("u32"), y: writes("f32") },
  params: { ...params, scale: "f32", shift: "f32" },
  wgsl: u8Wgsl,
  ...launch,
  flops: ({ m, width }) => 2 * m * width,
  bytes: ({ m, width }) => 5 * m * width,
});
