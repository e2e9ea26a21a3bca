import { kernel, linear, updates } from "./kernel.ts";
import wgsl from "../../shaders/tsne_nodes.wgsl" with { type: "text" };

/** Children of a node. */
export const TSNE_FANOUT = 4;

/**
 * One level of a tree above another: node `first + i`, i < count, holds the nodes `child + 4 i` to
 * `child + 4 i + 3`, but for those from `child + children` on. Writes their mean weighted by their
 * points, their number of points, their common box and the square of its longest side; see
 * `tsne_leaves` for the buffers.
 */
export const tsneNodes = kernel({
  name: "tsne_nodes",
  buffers: { centre: updates("f32"), box: updates("f32"), side: updates("f32") },
  params: { first: "u32", count: "u32", child: "u32", children: "u32" },
  wgsl,
  grid: ({ count }) => linear(Math.ceil(count / 64)),
  items: ({ count }) => count,
  grain: () => 64,
});
