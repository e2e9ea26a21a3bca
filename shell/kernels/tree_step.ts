import { kernel, reads, updates } from "./kernel.ts";
import wgsl from "../../shaders/tree_step.wgsl" with { type: "text" };

/**
 * Prim's algorithm adds an edge: the point outside the tree with the smallest `distance` [blocks], of
 * equals the one in the lowest slot, becomes part of the tree. `edges[2 e]` is its slot and
 * `edges[2 e + 1]` its parent, as `tree_nearest` gave it; its `nearest` becomes -1. Then `more` further steps do
 * what `tree_nearest` does themselves: one worker, or one workgroup, that is quicker than all where
 * points are few. Without a point
 * outside nothing is done, so a few steps too many do no harm.
 *
 * point as in `tree_nearest`; slot is [blocks], edges is [at least 2 (points - 1)].
 */
export const treeStep = kernel({
  name: "tree_step",
  buffers: {
    distance: reads("f32"),
    slot: reads("u32"),
    point: reads("f32"),
    nearest: updates("f32"),
    parent: updates("u32"),
    edges: updates("u32"),
    status: updates("u32"),
  },
  params: { slots: "u32", dim: "u32", blocks: "u32", more: "u32" },
  wgsl,
  grid: () => [1],
  items: () => 1,
});
