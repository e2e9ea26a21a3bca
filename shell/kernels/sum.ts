/** Sums over all elements, in steps: each call reduces blocks of 4,096 to one number. */

import { kernel, linear, reads, type Values, writes } from "./kernel.ts";
import sumWgsl from "../../shaders/sum.wgsl" with { type: "text" };
import sumSubgroupWgsl from "../../shaders/sum_subgroup.wgsl" with { type: "text" };
import squaresWgsl from "../../shaders/sum_squares.wgsl" with { type: "text" };
import squaresSubgroupWgsl from "../../shaders/sum_squares_subgroup.wgsl" with { type: "text" };

/** Elements that one partial sum covers. */
const BLOCK = 4096;

/** Number of partial sums of `n` elements, the length of `y`. */
export function sumBlocks(n: number): number {
  return Math.ceil(n / BLOCK);
}

const params = { n: "u32" } as const;

/** What both kernels share: a workgroup, or a WASM item, per block. */
const launch = {
  buffers: { x: reads("f32"), y: writes("f32") },
  params,
  grid: (p: Values<typeof params>) => linear(sumBlocks(p.n)),
  items: (p: Values<typeof params>) => sumBlocks(p.n),
  grain: () => 8,
  bytes: (p: Values<typeof params>) => 4 * p.n,
};

/** The other GPU body: lanes add up by subgroup operations rather than workgroup memory. */
const subgroup = (wgsl: string) => ({
  subgroup: {
    wgsl,
    grid: launch.grid,
    subgroups: true,
    when: (gpu: { readonly subgroups: boolean; readonly software: boolean }) =>
      gpu.subgroups && !gpu.software,
  },
});

/**
 * `y[b] = ` sum of `x[4096 b .. 4096 b + 4095]` (the last block may be shorter): x is [n], y is
 * [{@link sumBlocks}(n)]. Call it again on y until one number is left; three calls do 2^32.
 */
export const sum = kernel({
  name: "sum",
  ...launch,
  wgsl: sumWgsl,
  variants: subgroup(sumSubgroupWgsl),
  flops: ({ n }) => n,
});

/** `y[b] = ` sum of `x[i]^2` over block b, as {@link sum}, which reduces y further. */
export const sumSquares = kernel({
  name: "sum_squares",
  ...launch,
  wgsl: squaresWgsl,
  variants: subgroup(squaresSubgroupWgsl),
  flops: ({ n }) => 2 * n,
});
