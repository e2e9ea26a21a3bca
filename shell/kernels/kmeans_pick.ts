import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/kmeans_pick.wgsl" with { type: "text" };

/**
 * Draws points for k-means++. Point t is the first of block `block[t]` (`rows` rows) at which the
 * running sum of `nearest[best]` over the block exceeds `offset[t]`; the last one above zero if
 * none does. With `given`, it is point `block[t]` itself. Its number goes to index, its row to row.
 *
 * x is [n, dim]; nearest is [trials, n]; block, offset and index are [count]; row is [count, dim].
 */
export const kmeansPick = kernel({
  name: "kmeans_pick",
  buffers: {
    x: reads("f32"),
    nearest: reads("f32"),
    block: reads("u32"),
    offset: reads("f32"),
    index: writes("u32"),
    row: writes("f32"),
  },
  params: { n: "u32", dim: "u32", count: "u32", rows: "u32", best: "u32", given: "u32" },
  wgsl,
  grid: ({ count }) => linear(Math.ceil(count / 64)),
  items: ({ count }) => count,
});
