/** The shape of a tree over points in a given order, and the calls that fill it. */

import type { Device } from "../device/device.ts";
import { TSNE_LEAF, tsneLeaves } from "../kernels/tsne_leaves.ts";
import { TSNE_FANOUT, tsneNodes } from "../kernels/tsne_nodes.ts";
import { NO_NODE, tsneTreeRepulsion } from "../kernels/tsne_tree_repulsion.ts";
import type { Graph } from "../plan/graph.ts";
import { data, state, type Tensor } from "../plan/tensor.ts";
import { hilbertOrder } from "./hilbert.ts";

/** Nodes of each level, the leaves first, the root last. */
export function levelsOf(n: number): number[] {
  const levels = [Math.ceil(n / TSNE_LEAF)];
  while (levels[levels.length - 1] > 1) {
    levels.push(Math.ceil(levels[levels.length - 1] / TSNE_FANOUT));
  }
  return levels;
}

/** First child of each node and the node after it and all it holds, as `tsne_tree_repulsion` asks. */
export function linksOf(levels: readonly number[]): Uint32Array {
  const first = levels.map((_, l) => levels.slice(0, l).reduce((a, b) => a + b, 0));
  const link = new Uint32Array(2 * (first[levels.length - 1] + 1)).fill(NO_NODE);
  // From the root down: where a node leads is where its last child does.
  for (let l = levels.length - 1; l > 0; l--) {
    for (let i = 0; i < levels[l]; i++) {
      const node = first[l] + i;
      const begin = first[l - 1] + i * TSNE_FANOUT;
      const end = Math.min(begin + TSNE_FANOUT, first[l]);
      link[2 * node] = begin;
      for (let child = begin; child < end; child++) {
        link[2 * child + 1] = child + 1 < end ? child + 1 : link[2 * node + 1];
      }
    }
  }
  return link;
}

/**
 * A tree over the points of a map whose leaves are runs of 8 points in the order of Hilbert's curve
 * and whose nodes are runs of 4 nodes. Its shape depends on their number alone; what it holds is
 * computed on the device at each iteration, and the order now and then by the host. So there is
 * nothing to balance, and points at one place do no harm.
 */
export class Tree {
  readonly #levels: readonly number[];
  readonly #t;

  constructor(readonly y: Tensor, readonly n: number, readonly dims: number) {
    this.#levels = levelsOf(n);
    const nodes = this.#levels.reduce((a, b) => a + b, 0);
    this.#t = {
      order: data("order", [n], "u32"),
      link: data("links", [nodes, 2], "u32"),
      points: state("points of leaves", [this.#levels[0], 3, TSNE_LEAF]),
      centre: state("centres", [nodes, 4]),
      box: state("boxes", [nodes, 8]),
      side: state("sides", [nodes]),
    };
  }

  /** Writes the shape. The plans must be loaded. */
  start(device: Device): void {
    device.write(this.#t.link, linksOf(this.#levels));
  }

  /** Puts the points in order: `positions` is [n, 4]. */
  sort(device: Device, positions: Float32Array): void {
    device.write(this.#t.order, hilbertOrder(positions, 4, this.dims));
  }

  /** Records the repulsion of all points. */
  record(g: Graph, force: Tensor, mass: Tensor, theta: number): void {
    const { y, n } = this, t = this.#t;
    g.call(tsneLeaves, { y, ...t }, { n });
    let child = 0;
    this.#levels.forEach((count, l) => {
      if (l === 0) return;
      const children = this.#levels[l - 1];
      g.call(tsneNodes, t, { first: child + children, count, child, children });
      child += children;
    });
    const nodes = t.side.size;
    g.call(tsneTreeRepulsion, { ...t, force, mass }, { n, nodes, theta2: theta * theta });
  }

  free(device: Device): void {
    device.free(...Object.values(this.#t));
  }
}
