import { kernel, reads, writes } from "./kernel.ts";
import { rowwise } from "./rowwise.ts";
import wgsl from "../../shaders/target_distribution.wgsl" with { type: "text" };

/**
 * `goal_ij = (q_ij^2 / f_j) / sum_l (q_il^2 / f_l)`: q and goal are [m, k], f, [k], holds the
 * column sums of q over the whole data set. A cluster without members, f_j = 0 (below 2^-126), has
 * goal_ij = 0, and a row whose terms are all 0 stays 0.
 *
 * @see Xie, Girshick, Farhadi (2016), Unsupervised deep embedding for clustering analysis, eq. 3
 */
export const targetDistribution = kernel({
  name: "target_distribution",
  buffers: { q: reads("f32"), f: reads("f32"), goal: writes("f32") },
  params: { m: "u32", k: "u32" },
  wgsl,
  grid: rowwise.grid,
  items: rowwise.items,
  grain: ({ k }) => Math.max(1, Math.round(2048 / k)),
  flops: ({ m, k }) => 4 * m * k,
  bytes: ({ m, k }) => 8 * m * k,
});
