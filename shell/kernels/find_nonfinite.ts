import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/find_nonfinite.wgsl" with { type: "text" };

/** Numbers in a block. */
export const FINITE_BLOCK = 16_384;

/**
 * `first[b]` = index of the first NaN or infinity among numbers 16,384 b to 16,384 b + 16,383 of
 * the n of x; 2^32 - 1 if all are finite.
 */
export const findNonfinite = kernel({
  name: "find_nonfinite",
  buffers: { x: reads("f32"), first: writes("u32") },
  params: { n: "u32" },
  wgsl,
  grid: ({ n }) => linear(Math.ceil(n / FINITE_BLOCK)),
  items: ({ n }) => Math.ceil(n / FINITE_BLOCK),
  grain: () => 8,
  bytes: ({ n }) => 4 * n,
});
