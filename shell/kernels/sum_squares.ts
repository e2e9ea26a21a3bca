import { kernel, reads, writes } from "./kernel.ts";
import { bySubgroups, sumBlocks, sumLaunch } from "./sum.ts";
import wgsl from "../../shaders/sum_squares.wgsl" with { type: "text" };
import subgroupWgsl from "../../shaders/sum_squares_subgroup.wgsl" with { type: "text" };

/** Number of partial sums of `n` elements, the length of `y`. */
export const sumSquaresBlocks = sumBlocks;

/**
 * `y[b] = ` sum of `x[i]^2` over i from 4096 b to 4096 b + 4095: x is [n], y is
 * [{@link sumSquaresBlocks}(n)], which `sum` reduces further.
 */
export const sumSquares = kernel({
  name: "sum_squares",
  buffers: { x: reads("f32"), y: writes("f32") },
  params: { n: "u32" },
  wgsl,
  ...sumLaunch,
  variants: bySubgroups(subgroupWgsl),
  flops: ({ n }) => 2 * n,
  bytes: ({ n }) => 4 * n,
});
