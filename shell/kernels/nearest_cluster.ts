import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/nearest_cluster.wgsl" with { type: "text" };

/** Slots that share one nearest cluster; see the two bodies. */
export const SLOT_BLOCK = 256;

/** Numbers of centres that make a claim worth while, about 2 us. */
const CLAIM = 16_384;

/** No slot, and its distance: the largest of float32, since GPUs promise nothing of infinity. */
export const NO_SLOT = 2 ** 32 - 1;
export const FAR = 3.4028234663852886e38;

/** Words of `status`, shared by the kernels that merge clusters. */
export const chainStatus = {
  /** Clusters that are left. */
  left: 0,
  /** Clusters on the chain. */
  length: 1,
  /** Merges so far. */
  merges: 2,
  /** No slot below this one holds a cluster. */
  first: 3,
  /** The end of the chain, whose nearest cluster is looked for. */
  tip: 4,
  /** The cluster before it, or {@link NO_SLOT}. */
  before: 5,
  /** Slots in use; those from here on hold nothing. */
  slots: 6,
  words: 8,
} as const;

/** How far apart two clusters are. */
export const clusterDistances = { ward: 0, average: 1 } as const;

/**
 * The cluster nearest to the tip of a chain, block by block of 256 slots: `distance_b` is the
 * smallest distance from cluster `status[4]` to another one in block b, `slot_b` is where that is;
 * {@link FAR} and {@link NO_SLOT} where there is none. Of equals cluster `status[5]` comes
 * first, then the lowest slot. With sizes s, means c and spreads v, distances are
 *
 *     linkage 0 (Ward)      2 s_a s_b / (s_a + s_b) ||c_a - c_b||^2
 *     linkage 1 (average)   ||c_a - c_b||^2 + v_a + v_b
 *
 * the latter being the mean of the squared distances of all pairs, if v is the mean squared distance
 * of a cluster's points to its mean. Both have the same bits from a to b as from b to a.
 *
 * centre is [slots / 8, dim, 8], eight means side by side; cluster is [2, slots], sizes and
 * spreads, where size 0 marks a slot that holds nothing; `slots` is a multiple of 8. distance and
 * slot are [ceil(slots / 256)].
 *
 * @see Ward (1963), Hierarchical grouping to optimize an objective function; Muellner (2011), Modern
 * hierarchical, agglomerative clustering algorithms, figure 2
 */
export const nearestCluster = kernel({
  name: "nearest_cluster",
  buffers: {
    centre: reads("f32"),
    cluster: reads("f32"),
    status: reads("u32"),
    distance: writes("f32"),
    slot: writes("u32"),
  },
  params: { slots: "u32", dim: "u32", linkage: "u32" },
  wgsl,
  grid: ({ slots }) => linear(Math.ceil(slots / SLOT_BLOCK)),
  items: ({ slots }) => Math.ceil(slots / SLOT_BLOCK),
  grain: ({ dim }) => Math.max(1, Math.round(CLAIM / (SLOT_BLOCK * dim))),
  flops: ({ slots, dim }) => 3 * slots * dim,
  bytes: ({ slots, dim }) => 4 * slots * (dim + 2),
});
