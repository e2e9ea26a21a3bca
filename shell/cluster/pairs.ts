import type { Device } from "../device/device.ts";
import { Cancelled } from "../errors.ts";
import { NO_ROW, RADIUS_TASK, radiusJoin } from "../kernels/radius_join.ts";
import { roots } from "../kernels/roots.ts";
import { Graph } from "../plan/graph.ts";
import { compile, type Plan } from "../plan/plan.ts";
import { data, state, type Tensor } from "../plan/tensor.ts";
import type { Radius } from "./radius.ts";
import { leafStarts, type Tree } from "./spatial.ts";

/** Products of pairs and dimensions in one run, if no box is passed over: a tenth of a second. */
const WORK = 2.5e9;

/** Milliseconds from which on a batch of steps is long enough. */
const SHORT = 50;

/** Points on a device. */
export interface Points {
  /** [n, dim] f32. */
  readonly x: Tensor;
  /** What is added to x for the last digits, or null. */
  readonly low: Tensor | null;
}

/** How far a pass is. */
export interface Watch {
  readonly signal?: AbortSignal;
  /** Called now and then: how many blocks of queries of how many are done. */
  readonly report?: (done: number, total: number) => void;
}

type Task = keyof typeof RADIUS_TASK;

/** Passes over all pairs of points within a radius; one word for each point is what they change. */
export class Pairs {
  readonly value: Tensor;

  constructor(readonly device: Device, readonly points: Points, readonly radius: Radius) {
    this.value = state("value", [points.x.shape[0]], "u32");
  }

  /** Each member's number of members within the radius, itself among them. */
  async count(tree: Tree, watch: Watch): Promise<Uint32Array> {
    this.device.write(this.value, new Uint32Array(this.value.size));
    await this.#pass("count", tree, tree.order, watch);
    return await this.device.read(this.value) as Uint32Array;
  }

  /**
   * For each member the lowest row of its connected component, NO_ROW for other rows: the graph's
   * edges are pairs of members within the radius.
   */
  async link(tree: Tree, watch: Watch): Promise<Uint32Array> {
    const parents = new Uint32Array(this.value.size).fill(NO_ROW);
    for (const row of tree.order) parents[row] = row;
    this.device.write(this.value, parents);
    await this.#pass("link", tree, tree.order, watch);
    const g = new Graph("dbscan roots");
    g.call(roots, { parent: this.value }, { n: this.value.size });
    const plan = compile(g);
    await this.device.load(plan);
    this.device.run(plan);
    this.device.unload(plan);
    return await this.device.read(this.value) as Uint32Array;
  }

  /** After {@link link}: gives each query the smallest value of the members within the radius. */
  async reach(tree: Tree, queries: Uint32Array, watch: Watch): Promise<Uint32Array> {
    await this.#pass("reach", tree, queries, watch);
    return await this.device.read(this.value) as Uint32Array;
  }

  free(): void {
    this.device.free(this.value);
  }

  async #pass(task: Task, tree: Tree, queries: Uint32Array, watch: Watch): Promise<void> {
    const { device, points: { x } } = this;
    const own = queries === tree.order;
    const start = own ? tree.start : leafStarts(queries.length);
    const blocks = start.length - 1, members = tree.order.length;
    const count = Math.min(
      blocks,
      Math.max(1, Math.floor(WORK / (members * x.shape[1] * queries.length / blocks))),
    );
    const t = place(device, tree, own ? null : { queries, start });
    const plan = this.#plan(task, t, { members, queries: queries.length, blocks, count });
    try {
      await device.load(plan);
      await this.#steps(plan, blocks, count, watch);
    } finally {
      device.unload(plan);
      device.free(...Object.values(t));
    }
  }

  /** Runs over all blocks, as many steps at a time as take about a tenth of a second. */
  async #steps(plan: Plan, blocks: number, count: number, { signal, report }: Watch) {
    let batch = 1;
    for (let first = 0; first < blocks;) {
      if (signal?.aborted) throw new Cancelled("dbscan: stopped on request");
      const steps = [];
      const since = performance.now();
      for (; steps.length < batch && first < blocks; first += count) {
        steps.push({ first, pack: first === 0 ? 1 : 0 });
      }
      this.device.run(plan, steps);
      await this.device.sync();
      report?.(Math.min(blocks, first), blocks);
      const ms = performance.now() - since;
      if (ms < SHORT) batch *= 2;
      else if (ms > 4 * SHORT) batch = Math.ceil(batch / 2);
    }
  }

  #plan(
    task: Task,
    t: ReturnType<typeof place>,
    sizes: { members: number; queries: number; blocks: number; count: number },
  ) {
    const { points: { x, low }, value, radius } = this;
    const g = new Graph(`dbscan ${task}`);
    g.call(radiusJoin, { x, low: low ?? x, ...t, value }, {
      dim: x.shape[1],
      ...sizes,
      leaves: t.start.size - 1,
      first: g.scalar("first", "u32"),
      pack: g.scalar("pack", "u32"),
      task: RADIUS_TASK[task],
      split: low ? 1 : 0,
      ...radius,
    });
    return compile(g);
  }
}

/** Writes a tree and, if they are not its own rows, queries with their blocks. */
function place(
  device: Device,
  tree: Tree,
  others: { readonly queries: Uint32Array; readonly start: Uint32Array } | null,
) {
  const put = (name: string, values: Uint32Array | Float32Array) => {
    const tensor = data(name, [values.length], values instanceof Float32Array ? "f32" : "u32");
    device.write(tensor, values);
    return tensor;
  };
  const order = put("order", tree.order), start = put("start", tree.start);
  return {
    order,
    start,
    box: put("box", tree.box),
    query: others ? put("query", others.queries) : order,
    block: others ? put("block", others.start) : start,
  };
}
