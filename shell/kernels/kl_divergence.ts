import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/kl_divergence.wgsl" with { type: "text" };

/** Elements whose terms make one output. */
const BLOCK = 1024;

/** Number of partial sums that {@link klDivergence} writes for `n` elements. */
export function klDivergenceBlocks(n: number): number {
  return Math.ceil(n / BLOCK);
}

/**
 * `loss[b] = scale * sum of p log(p / q)` over block b of 1,024 elements, p the goal: goal and q
 * are [n], within [0, 1], loss is [klDivergenceBlocks(n)]. A p of 0 (below 2^-126) adds 0 whatever
 * q is; p > 0 where q is 0 makes infinity.
 */
export const klDivergence = kernel({
  name: "kl_divergence",
  buffers: { goal: reads("f32"), q: reads("f32"), loss: writes("f32") },
  params: { n: "u32", scale: "f32" },
  wgsl,
  grid: ({ n }) => linear(klDivergenceBlocks(n)),
  items: ({ n }) => klDivergenceBlocks(n),
  grain: () => 4,
  flops: ({ n }) => 25 * n,
  bytes: ({ n }) => 8 * n,
});
