import { kernel, linear, reads, updates, writes } from "./kernel.ts";
import wgsl from "../../shaders/tsne_leaves.wgsl" with { type: "text" };

/** Points of a leaf. */
export const TSNE_LEAF = 8;

/**
 * The leaves of a tree over the points of a map. Leaf l holds the 8 points `order[8 l]` to
 * `order[8 l + 7]`, fewer at the end: neighbours in the order should be neighbours in the map.
 *
 * y is [n, 4], coordinates padded with zeros to 4; order is a permutation of 0 to n - 1. Writes
 * their coordinates to `points`, [leaves, 3, 8], x of all, y of all, z of all, the last point once
 * more in places past n; and for node l of the tree
 *
 * - `centre`, [nodes, 4]: the mean of the points, and how many they are;
 * - `box`, [nodes, 8]: their least coordinates, 0, their largest, 0;
 * - `side`, [nodes]: the square of the longest side of the box.
 */
export const tsneLeaves = kernel({
  name: "tsne_leaves",
  buffers: {
    y: reads("f32"),
    order: reads("u32"),
    points: writes("f32"),
    centre: updates("f32"),
    box: updates("f32"),
    side: updates("f32"),
  },
  params: { n: "u32" },
  wgsl,
  grid: ({ n }) => linear(Math.ceil(Math.ceil(n / TSNE_LEAF) / 64)),
  items: ({ n }) => Math.ceil(n / TSNE_LEAF),
  grain: () => 32,
});
