import type { Device } from "../device/device.ts";
import { FAR, SLOT_BLOCK } from "../kernels/nearest_cluster.ts";
import { treeNearest, treeStatus } from "../kernels/tree_nearest.ts";
import { treeStep } from "../kernels/tree_step.ts";
import { Graph } from "../plan/graph.ts";
import { compile, type Plan } from "../plan/plan.ts";
import { state } from "../plan/tensor.ts";
import { grow, type Growing, type Growth } from "./growth.ts";
import { compact, type Rows, scaled, slotsOf, toPanels } from "./panels.ts";

/** Everything that the kernels share, for n points. */
function allocate(n: number, dim: number) {
  const slots = slotsOf(n), blocks = Math.ceil(slots / SLOT_BLOCK);
  return {
    point: state("points", [slots, dim]),
    nearest: state("nearest", [slots]),
    parent: state("parent", [slots], "u32"),
    status: state("status", [treeStatus.words], "u32"),
    distance: state("distance", [blocks]),
    slot: state("slot", [blocks], "u32"),
    edges: state("edges", [n, 2], "u32"),
  };
}

/**
 * A spanning tree of least total distance by Prim's algorithm, from point 0: always the shortest
 * edge from the tree to a point outside, of equals to the lowest point. Distances are computed when
 * they are needed, each once, and a few numbers for each point are kept.
 *
 * @see Prim (1957), Shortest connection networks and some generalizations; Gower and Ross (1969),
 * Minimum spanning trees and single linkage cluster analysis
 */
class SpanningTree implements Growing {
  readonly plan: Plan;
  readonly total: number;
  readonly pairs: Uint32Array;
  readonly tensors: ReturnType<typeof allocate>;
  /** The point in each slot, and the points in the order in which they joined the tree. */
  #origin: Uint32Array;
  readonly #joined: Uint32Array;
  #recorded = 0;

  constructor(readonly device: Device, n: number, readonly dim: number) {
    const t = this.tensors = allocate(n, dim);
    this.total = n - 1;
    this.pairs = new Uint32Array(2 * this.total);
    this.#origin = Uint32Array.from({ length: n }, (_, i) => i);
    this.#joined = new Uint32Array(n);
    const g = new Graph("spanning tree");
    const sizes = { slots: slotsOf(n), dim };
    g.call(treeNearest, t, sizes);
    g.call(treeStep, t, { ...sizes, blocks: t.slot.size, more: g.scalar("more", "u32") });
    this.plan = compile(g);
  }

  get status() {
    return this.tensors.status;
  }

  get log() {
    return this.tensors.edges;
  }

  async load(rows: Rows): Promise<void> {
    const { device, tensors: t, dim } = this, n = this.total + 1;
    await device.load(this.plan);
    device.write(t.point, toPanels(scaled(rows, dim, false).values, dim));
    const nearest = new Float32Array(slotsOf(n)).fill(-1);
    device.write(t.nearest, nearest.fill(FAR, 1, n));
    device.write(t.status, Uint32Array.of(n - 1, 0, 0, n));
  }

  count(status: Uint32Array) {
    const { edges, slots, left } = treeStatus;
    // The tip is not outside, but must stay.
    return { done: status[edges], slots: status[slots], left: status[left] + 1 };
  }

  record(pairs: Uint32Array): void {
    for (let at = 0; at < pairs.length; at += 2) {
      const point = this.#origin[pairs[at]];
      this.pairs[2 * this.#recorded] = this.#joined[pairs[at + 1]];
      this.pairs[2 * this.#recorded + 1] = point;
      this.#joined[++this.#recorded] = point;
    }
  }

  async close(status: Uint32Array): Promise<void> {
    const { device, tensors: t, dim } = this;
    const [point, nearest] = await Promise.all(
      [t.point, t.nearest].map((one) => device.read(one) as Promise<Float32Array>),
    );
    const parent = await device.read(t.parent) as Uint32Array;
    const tip = status[treeStatus.tip];
    const kept = this.#origin.map((_, slot) => slot)
      .filter((slot) => nearest[slot] >= 0 || slot === tip);
    this.#origin = kept.map((slot) => this.#origin[slot]);
    compact(point, kept, dim);
    device.write(t.point, point);
    device.write(t.nearest, nearest.map((_, i) => i < kept.length ? nearest[kept[i]] : -1));
    device.write(t.parent, kept.map((slot) => parent[slot]));
    status[treeStatus.tip] = kept.indexOf(tip);
    status[treeStatus.slots] = kept.length;
    device.write(t.status, status);
  }

  free(): void {
    this.device.unload(this.plan);
    this.device.free(...Object.values(this.tensors));
  }
}

/**
 * The edges of a spanning tree of least total distance.
 * @param rows n rows of `dim` numbers
 * @returns [n - 1, 2]: the points of each edge, the one that was in the tree first
 * @throws Cancelled if the signal is aborted
 */
export async function spanningTree(
  device: Device,
  rows: Rows,
  dim: number,
  growth: Growth,
): Promise<Uint32Array> {
  const tree = new SpanningTree(device, rows.length / dim, dim);
  try {
    await tree.load(rows);
    await grow(device, tree, growth);
    return tree.pairs;
  } finally {
    tree.free();
  }
}
