import { kernel, linear, reads, updates, writes } from "./kernel.ts";
import wgsl from "../../shaders/tree_nearest.wgsl" with { type: "text" };
import { SLOT_BLOCK } from "./nearest_cluster.ts";

/** Numbers of points that make a claim worth while, about 2 us. */
const CLAIM = 16_384;

/** Words of `status`, shared by the kernels that grow a spanning tree. */
export const treeStatus = {
  /** Points that are not in the tree. */
  left: 0,
  /** Edges so far. */
  edges: 1,
  /** The point that was added last. */
  tip: 2,
  /** Slots in use; those from here on hold nothing. */
  slots: 3,
  words: 4,
} as const;

/**
 * Prim's algorithm looks where to grow: for each point i outside the tree, with t the point added
 * last, in slot `status[2]`,
 *
 *     d = ||x_i - x_t||^2;  if d < nearest_i:  nearest_i = d, parent_i = status[1]
 *
 * so that nearest is the squared distance to the tree and parent the number of the edge that brought
 * the point of the tree that is so near (0: the first point). Then, block by block of 256 slots,
 * `distance_b` is the smallest `nearest` and `slot_b` the lowest slot that has it; `FAR` and `NO_SLOT`
 * of `nearest_cluster` where every point is in the tree.
 *
 * point is [slots / 8, dim, 8], eight points side by side; nearest and parent are [slots], with
 * nearest below 0 where a slot holds nothing or a point of the tree; `slots` is a multiple of 8.
 *
 * @see Prim (1957), Shortest connection networks and some generalizations
 */
export const treeNearest = kernel({
  name: "tree_nearest",
  buffers: {
    point: reads("f32"),
    status: reads("u32"),
    nearest: updates("f32"),
    parent: updates("u32"),
    distance: writes("f32"),
    slot: writes("u32"),
  },
  params: { slots: "u32", dim: "u32" },
  wgsl,
  grid: ({ slots }) => linear(Math.ceil(slots / SLOT_BLOCK)),
  items: ({ slots }) => Math.ceil(slots / SLOT_BLOCK),
  grain: ({ dim }) => Math.max(1, Math.round(CLAIM / (SLOT_BLOCK * dim))),
  flops: ({ slots, dim }) => 3 * slots * dim,
  bytes: ({ slots, dim }) => 4 * slots * (dim + 3),
});
