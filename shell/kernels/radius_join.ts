import { kernel, linear, reads, updates } from "./kernel.ts";
import wgsl from "../../shaders/radius_join.wgsl" with { type: "text" };

/** Points of a leaf or of a block of queries, at most. */
export const RADIUS_BLOCK = 32;

/** What is done with a pair within the radius. */
export const RADIUS_TASK = { count: 0, link: 1, reach: 2 } as const;

/** A row that belongs to no set, or that nothing has reached. */
export const NO_ROW = 2 ** 32 - 1;

const panels = (n: number) => Math.ceil(n / 8);

/** Panels that a WASM body packs. */
const packed = (p: { readonly members: number; readonly queries: number; readonly task: number }) =>
  panels(p.members) + (p.task === RADIUS_TASK.reach ? panels(p.queries) : 0);

/**
 * Visits all pairs of a query i and a member j with `||x_i - x_j||^2 <= E`, by a tree of boxes; a
 * box that is farther away is passed over. What happens to `value`, one word for each row of x:
 *
 * | task  | queries | for each pair                                                             |
 * | ----- | ------- | ------------------------------------------------------------------------- |
 * | count | members | `value_i += 1`: with zeros before, the number of members near i, with i   |
 * | link  | members | the trees of i and j are joined: a root is the lowest row of its set      |
 * | reach | others  | `value_i = min(value_i, value_j)`                                         |
 *
 * Trees of `link` are parents: `value_r = r` is a root. Joins come in any order and leave forests
 * of many forms, but of the same sets; `roots` makes them the same words.
 *
 * x is [n, dim]. `order` are the rows of the members [members], those of leaf l from `start_l` to
 * `start_(l+1) - 1`, start is [leaves + 1] with multiples of 8 but for the last; leaves is a power
 * of two. `box` is [2 leaves, 2, w], w = dim rounded up to a multiple of 4: smallest and largest
 * coordinates of node 1, the root, of nodes 2 t and 2 t + 1 below node t, of the leaves from node
 * `leaves` on; zeros in the padding. `query` [queries] and `block` are for queries what order and
 * start are for members; where the queries are the members, they are the same. A leaf or a block
 * holds 1 to 32 rows. One call takes blocks `first` to `first + count - 1` (as many as there are).
 * `pack` 1: a WASM body copies the points into panels first; 0 in later steps of the same plan,
 * whose scratch memory has them still.
 *
 * Distances are decided as float64 decides them, by the sum of squared differences in the order of
 * the dimensions, rounded after every operation: float32 tells most pairs apart (above `hi` a pair
 * is apart, up to `lo` it is within), what lies between is computed anew. E is given by the words
 * of its float64, from 2^-1000 to 2^1000. With `split` 1 a point is `x + low`; else low is not read.
 *
 * @see Patwary et al. (2012), A new scalable parallel DBSCAN algorithm using the disjoint-set data
 * structure
 */
export const radiusJoin = kernel({
  name: "radius_join",
  buffers: {
    x: reads("f32"),
    low: reads("f32"),
    query: reads("u32"),
    block: reads("u32"),
    order: reads("u32"),
    start: reads("u32"),
    box: reads("f32"),
    value: updates("u32"),
  },
  params: {
    dim: "u32",
    members: "u32",
    queries: "u32",
    leaves: "u32",
    blocks: "u32",
    first: "u32",
    count: "u32",
    task: "u32",
    split: "u32",
    pack: "u32",
    lo: "f32",
    hi: "f32",
    square_high: "u32",
    square_low: "u32",
  },
  wgsl,
  grid: ({ count }) => linear(Math.ceil(count * RADIUS_BLOCK / 64)),
  stages: [{ name: "radius_join_pack", items: packed, grain: () => 256 }],
  items: ({ count }) => count,
  grain: ({ dim }) => Math.max(1, Math.round(64 / dim)),
  scratch: (p) =>
    32 * p.dim * packed(p) + 4 * p.leaves + p.count * (384 + 32 * Math.ceil(p.dim / 4)),
  flops: ({ dim, members, queries }) => 3 * dim * members * queries,
  bytes: ({ dim, members, queries }) => 4 * dim * (members + queries),
});
