import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/kmeans_pick.wgsl" with { type: "text" };

/**
 * Draws points for k-means++: `index_t` is the first point of block `block_t` (of `rows` rows) at
 * which the running sum of `nearest[best]` over the block exceeds `offset_t`, or the block's last
 * point above zero if none does.
 *
 * nearest is [trials, n], squared distances; block, offset and index are [count].
 */
export const kmeansPick = kernel({
  name: "kmeans_pick",
  buffers: {
    nearest: reads("f32"),
    block: reads("u32"),
    offset: reads("f32"),
    index: writes("u32"),
  },
  params: { n: "u32", count: "u32", rows: "u32", best: "u32" },
  wgsl,
  grid: ({ count }) => linear(Math.ceil(count / 64)),
  items: ({ count }) => count,
});
