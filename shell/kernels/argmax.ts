import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/argmax.wgsl" with { type: "text" };

/** Elements that make a claim worth while, about 10 us. */
const CLAIM = 16_384;

/**
 * `y[i] = ` the least j with the largest `x[i, j]`: x is [m, n], y is u32 [m]. NaN counts as larger
 * than every number, so a row with NaN gives the place of its first NaN.
 */
export const argmax = kernel({
  name: "argmax",
  buffers: { x: reads("f32"), y: writes("u32") },
  params: { m: "u32", n: "u32" },
  wgsl,
  grid: ({ m }) => linear(Math.ceil(m / 64)),
  items: ({ m }) => m,
  grain: ({ n }) => Math.max(1, Math.ceil(CLAIM / n)),
  flops: ({ m, n }) => m * n,
  bytes: ({ m, n }) => 4 * m * n + 4 * m,
});
