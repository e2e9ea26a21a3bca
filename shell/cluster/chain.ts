import type { Device } from "../device/device.ts";
import { chainStep } from "../kernels/chain_step.ts";
import {
  chainStatus,
  clusterDistances,
  nearestCluster,
  NO_SLOT,
  SLOT_BLOCK,
} from "../kernels/nearest_cluster.ts";
import { Graph } from "../plan/graph.ts";
import { compile, type Plan } from "../plan/plan.ts";
import { state } from "../plan/tensor.ts";
import { grow, type Growing, type Growth } from "./growth.ts";
import { compact, type Rows, scaled, slotsOf, toPanels } from "./panels.ts";

/** Everything that the kernels share, for n points. */
function allocate(n: number, dim: number) {
  const slots = slotsOf(n), blocks = Math.ceil(slots / SLOT_BLOCK);
  return {
    centre: state("centres", [slots, dim]),
    cluster: state("clusters", [2, slots]),
    status: state("status", [chainStatus.words], "u32"),
    distance: state("distance", [blocks]),
    slot: state("slot", [blocks], "u32"),
    chain: state("chain", [slots], "u32"),
    merges: state("merges", [n, 2], "u32"),
  };
}

/**
 * Merges clusters by the nearest-neighbour chain: from any cluster to its nearest, from that to its
 * nearest, until two are each other's nearest. They are merged, and the chain goes on from where it
 * was. For Ward's distance and for the mean squared distance of all pairs the tree is the one that
 * always merging the closest two would give, but for equal distances; and both follow from sizes,
 * means and spreads, so that memory is a few numbers for each point.
 *
 * Of equally near clusters the one before the tip comes first, then the one with the lowest number;
 * a merged cluster has the higher number of its two. A step is two kernels, thousands of steps go
 * in one message, and now and then the host closes the gaps that merged clusters leave.
 *
 * @see Murtagh (1983), A survey of recent advances in hierarchical clustering algorithms; Muellner
 * (2011), Modern hierarchical, agglomerative clustering algorithms, section 3.2
 */
class Chain implements Growing {
  readonly plan: Plan;
  readonly total: number;
  readonly pairs: Uint32Array;
  readonly tensors: ReturnType<typeof allocate>;
  /** The point by whose number the cluster in each slot goes. */
  #origin: Uint32Array;
  #recorded = 0;

  constructor(
    readonly device: Device,
    n: number,
    readonly dim: number,
    linkage: keyof typeof clusterDistances,
  ) {
    const t = this.tensors = allocate(n, dim);
    const slots = slotsOf(n), blocks = t.slot.size;
    this.total = n - 1;
    this.pairs = new Uint32Array(2 * this.total);
    this.#origin = Uint32Array.from({ length: n }, (_, i) => i);
    const g = new Graph("nearest-neighbour chain");
    const sizes = { slots, dim, linkage: clusterDistances[linkage] };
    g.call(nearestCluster, t, sizes);
    g.call(chainStep, t, { ...sizes, blocks, more: g.scalar("more", "u32") });
    this.plan = compile(g);
  }

  get status() {
    return this.tensors.status;
  }

  get log() {
    return this.tensors.merges;
  }

  async load(rows: Rows): Promise<void> {
    const { device, tensors: t, dim } = this, n = this.total + 1;
    await device.load(this.plan);
    device.write(t.centre, toPanels(scaled(rows, dim, true).values, dim));
    device.write(t.cluster, new Float32Array(n).fill(1));
    device.write(t.status, Uint32Array.of(n, 1, 0, 0, 0, NO_SLOT, n, 0));
  }

  count(status: Uint32Array) {
    const { merges, slots, left } = chainStatus;
    return { done: status[merges], slots: status[slots], left: status[left] };
  }

  record(pairs: Uint32Array): void {
    pairs.forEach((slot) => this.pairs[this.#recorded++] = this.#origin[slot]);
  }

  async close(status: Uint32Array): Promise<void> {
    const { device, tensors: t, dim } = this;
    const [cluster, centre] = await Promise.all(
      [t.cluster, t.centre].map((one) => device.read(one) as Promise<Float32Array>),
    );
    const chain = await device.read(t.chain) as Uint32Array;
    const kept = this.#origin.map((_, slot) => slot).filter((slot) => cluster[slot] > 0);
    this.#origin = kept.map((slot) => this.#origin[slot]);
    const slots = cluster.length / 2;
    const moved = new Uint32Array(slots), packed = new Float32Array(2 * slots);
    kept.forEach((slot, i) => {
      moved[slot] = i;
      packed[i] = cluster[slot];
      packed[slots + i] = cluster[slots + slot];
    });
    compact(centre, kept, dim);
    device.write(t.centre, centre);
    device.write(t.cluster, packed);
    // What lies behind the end of the chain is not read.
    device.write(t.chain, chain.map((slot) => moved[slot]));
    const { first, tip, before } = chainStatus;
    status[first] = 0;
    status[tip] = moved[status[tip]];
    if (status[before] !== NO_SLOT) status[before] = moved[status[before]];
    status[chainStatus.slots] = kept.length;
    device.write(t.status, status);
  }

  free(): void {
    this.device.unload(this.plan);
    this.device.free(...Object.values(this.tensors));
  }
}

/**
 * The merges of a nearest-neighbour chain.
 * @param rows n rows of `dim` numbers
 * @returns [n - 1, 2]: a point of either cluster of each merge
 * @throws Cancelled if the signal is aborted
 */
export async function chainMerges(
  device: Device,
  rows: Rows,
  dim: number,
  linkage: keyof typeof clusterDistances,
  growth: Growth,
): Promise<Uint32Array> {
  const chain = new Chain(device, rows.length / dim, dim, linkage);
  try {
    await chain.load(rows);
    await grow(device, chain, growth);
    return chain.pairs;
  } finally {
    chain.free();
  }
}
