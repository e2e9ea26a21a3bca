import { kernel, reads, updates } from "./kernel.ts";
import wgsl from "../../shaders/chain_step.wgsl" with { type: "text" };

/**
 * A step of the nearest-neighbour chain: takes the nearest cluster of the chain's tip, the first
 * smallest of `distance` and `slot` [blocks] by the order of `nearest_cluster`, and
 *
 * - if it is the cluster before the tip, merges the two: the one in slot a, the lower, goes into b.
 *   `merges[2 m]` and `merges[2 m + 1]` become a and b, the chain loses both, and
 *   `s = s_a + s_b`, `c = c_b + s_a / s (c_a - c_b)`,
 *   `v = (s_a v_a + s_b v_b) / s + s_a s_b / s^2 ||c_a - c_b||^2`;
 * - else puts it on the chain.
 *
 * Then `more` further steps look for the nearest cluster themselves: one worker, or one workgroup, that
 * is quicker than all where clusters are few. An empty chain starts from the lowest slot that holds a cluster. With one cluster left nothing is
 * done, so a few steps too many do no harm. centre, cluster, status and linkage as in `nearest_cluster`;
 * chain is [slots], merges is [at least 2 (clusters - 1)].
 *
 * @see Murtagh (1983), A survey of recent advances in hierarchical clustering algorithms
 */
export const chainStep = kernel({
  name: "chain_step",
  buffers: {
    distance: reads("f32"),
    slot: reads("u32"),
    centre: updates("f32"),
    cluster: updates("f32"),
    chain: updates("u32"),
    merges: updates("u32"),
    status: updates("u32"),
  },
  params: { slots: "u32", dim: "u32", blocks: "u32", linkage: "u32", more: "u32" },
  wgsl,
  grid: () => [1],
  items: () => 1,
});
