import { argmax } from "../kernels/argmax.ts";
import { studentT, targetDistribution } from "../ops/clustering.ts";
import { gatherRows } from "../ops/gather.ts";
import { Graph } from "../plan/graph.ts";
import { compile, type Plan } from "../plan/plan.ts";
import { state, type Tensor } from "../plan/tensor.ts";
import { Snapshot } from "./checkpoint.ts";
import type { DeepClustering } from "./deep_clustering.ts";
import { RowMap } from "./infer.ts";
import type { Rows } from "./rows.ts";

/** What a look at all rows tells. */
export interface Look {
  readonly labels: Uint32Array;
  /** Share of the labels that changed since the look before. */
  readonly changed: number;
  /** Whether one cluster has taken all rows, or one is left without any. */
  readonly collapsed: boolean;
}

/** A cluster with more than this share of the rows has taken all. */
const ALL = 0.95;

/**
 * Soft assignment q of all rows, its target distribution p, and the labels, as they were when last
 * looked at: p is a constant for the steps in between. Rows are found by their number, so batches
 * may come in any order.
 */
export class SoftClusters {
  /** Target distribution, [n, k]. */
  readonly #p: Tensor;
  /** Labels of the last look, u32 [n]. */
  readonly #labels: Tensor;
  readonly #map: RowMap;
  readonly #update: Plan;
  readonly #good: Snapshot;

  constructor(readonly model: DeepClustering, readonly rows: Rows) {
    const { clusters: k, alpha } = model.options;
    const { n } = rows;
    this.#p = state("target", [n, k]);
    this.#labels = state("labels", [n], "u32");
    this.#map = new RowMap(
      model.device,
      rows,
      k,
      (g, x) => studentT(g, model.encoder.apply(g, x), model.mu, alpha),
    );
    const g = new Graph("target distribution");
    targetDistribution(g, this.#map.out, this.#p);
    g.call(argmax, { x: this.#map.out, y: this.#labels }, { m: n, n: k });
    this.#update = compile(g);
    const parts = Object.assign({}, ...model.parts.map((part) => part.state));
    this.#good = new Snapshot(model.device, parts);
  }

  async load(): Promise<void> {
    await this.#map.load();
    await this.model.device.load(this.#update);
    await this.#good.load();
  }

  /** What a checkpoint must hold. */
  get state(): Readonly<Record<string, Tensor>> {
    const good = Object.entries(this.#good.copies).map(([name, t]) => [`good ${name}`, t]);
    return { target: this.#p, labels: this.#labels, ...Object.fromEntries(good) };
  }

  /** The target distribution of a batch. */
  target(g: Graph, index: Tensor, m: number): Tensor {
    return gatherRows(g, this.#p, index, m, g.scalar("at", "u32"));
  }

  /** Looks at all rows with the network as it is. */
  async refresh(): Promise<Look> {
    const { device, options } = this.model;
    const before = await device.read(this.#labels) as Uint32Array;
    await this.#map.run();
    device.run(this.#update);
    const labels = await device.read(this.#labels) as Uint32Array;
    const counts = new Uint32Array(options.clusters);
    let changed = 0;
    labels.forEach((label, i) => {
      counts[label]++;
      if (label !== before[i]) changed++;
    });
    const n = labels.length;
    const collapsed = counts.some((count) => count === 0 || (count > ALL * n && counts.length > 1));
    if (!collapsed) this.keep();
    return { labels, changed: changed / n, collapsed };
  }

  /** Remembers the state as good. */
  keep(): void {
    this.#good.take();
  }

  /** Goes back to the last good state: that of the last look that saw no collapse. */
  restore(): void {
    this.#good.restore();
  }

  free(): void {
    this.#map.free();
    this.#good.free();
    this.model.device.unload(this.#update);
    this.model.device.free(this.#p, this.#labels, this.#map.out);
  }
}
