import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/sum_columns.wgsl" with { type: "text" };
import tiledWgsl from "../../shaders/sum_columns_tiled.wgsl" with { type: "text" };

/** Columns in a WASM item: a cache line. */
const COLUMNS = 16;

/** Bytes of an item's sums in float64. */
const SUM_BYTES = 8 * COLUMNS;

/** Rows from which several invocations for each column beat one. */
const TALL = 128;

/** Columns of a workgroup of the tiled body. */
const TILE_COLUMNS = 32;

/** `y[j] = ` sum of `x[i, j]` over i: x is [m, n], y is [n]. */
export const sumColumns = kernel({
  name: "sum_columns",
  buffers: { x: reads("f32"), y: writes("f32") },
  params: { m: "u32", n: "u32" },
  wgsl,
  grid: ({ n }) => linear(Math.ceil(n / 64)),
  variants: {
    tiled: {
      wgsl: tiledWgsl,
      grid: ({ n }) => linear(Math.ceil(n / TILE_COLUMNS)),
      when: (gpu, { m }) => !gpu.software && m >= TALL,
    },
  },
  items: ({ n }) => Math.ceil(n / COLUMNS),
  grain: ({ m }) => Math.max(1, Math.ceil(2048 / m)),
  scratch: ({ n }) => SUM_BYTES * Math.ceil(n / COLUMNS),
  flops: ({ m, n }) => m * n,
  bytes: ({ m, n }) => 4 * m * n,
});
