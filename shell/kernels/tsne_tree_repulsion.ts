import { kernel, linear, reads, writes } from "./kernel.ts";
import { TSNE_LEAF } from "./tsne_leaves.ts";
import wgsl from "../../shaders/tsne_tree_repulsion.wgsl" with { type: "text" };

/** In `link`: no such node. */
export const NO_NODE = 2 ** 32 - 1;

/**
 * Repulsion of the points of a map from each other by the method of Barnes and Hut: as in
 * `tsne_repulsion`, but the points of a node that is small from afar count as so many at their mean:
 * if `side < theta2 distance^2`, the distance being that of the mean from the box of the leaf whose
 * points ask. So all points of a leaf take the same nodes, and none is nearer than the rule allows;
 * with theta2 0 the sums are exact.
 *
 * Points, centre, box, side and order are those of `tsne_leaves`, with all levels above. The last of
 * the `nodes` is the root; `link[2 i]` is the first child of node i, NO_NODE for a leaf, and
 * `link[2 i + 1]` the node that comes after it and all it holds, NO_NODE at the end. force is
 * [n, 4] and mass [n], by the points' own numbers.
 *
 * @see Barnes, Hut (1986), A hierarchical O(N log N) force-calculation algorithm; van der Maaten
 * (2014), Accelerating t-SNE using tree-based algorithms, section 4.2
 */
export const tsneTreeRepulsion = kernel({
  name: "tsne_tree_repulsion",
  buffers: {
    points: reads("f32"),
    order: reads("u32"),
    centre: reads("f32"),
    box: reads("f32"),
    side: reads("f32"),
    link: reads("u32"),
    force: writes("f32"),
    mass: writes("f32"),
  },
  params: { n: "u32", nodes: "u32", theta2: "f32" },
  wgsl,
  grid: ({ n }) => linear(Math.ceil(n / 64)),
  items: ({ n }) => Math.ceil(n / TSNE_LEAF),
  grain: () => 2,
  scratch: ({ n }) => 128 * Math.ceil(n / TSNE_LEAF),
});
