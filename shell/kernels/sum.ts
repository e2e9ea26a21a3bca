/** Sums over all elements, in steps: each call reduces blocks of 4,096 to one number. */

import { type Gpu, kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/sum.wgsl" with { type: "text" };
import subgroupWgsl from "../../shaders/sum_subgroup.wgsl" with { type: "text" };

/** Elements that one partial sum covers. */
const BLOCK = 4096;

/** Number of partial sums of `n` elements, the length of `y`. */
export function sumBlocks(n: number): number {
  return Math.ceil(n / BLOCK);
}

/** Launch of the sum kernels: a workgroup, or a WASM item, per block. */
export const sumLaunch = {
  grid: (p: { readonly n: number }) => linear(sumBlocks(p.n)),
  items: (p: { readonly n: number }) => sumBlocks(p.n),
  grain: () => 8,
};

/** The bodies whose lanes add up by subgroup operations rather than in workgroup memory. */
export const bySubgroups = (wgsl: string) => ({
  subgroup: {
    wgsl,
    grid: sumLaunch.grid,
    subgroups: true,
    when: (gpu: Gpu) => gpu.subgroups && !gpu.software,
  },
});

/**
 * `y[b] = ` sum of `x[4096 b .. 4096 b + 4095]` (the last block may be shorter): x is [n], y is
 * [{@link sumBlocks}(n)]. Call it again on y until one number is left; three calls do 2^32.
 */
export const sum = kernel({
  name: "sum",
  buffers: { x: reads("f32"), y: writes("f32") },
  params: { n: "u32" },
  wgsl,
  ...sumLaunch,
  variants: bySubgroups(subgroupWgsl),
  flops: ({ n }) => n,
  bytes: ({ n }) => 4 * n,
});
