import type { Device } from "../device/device.ts";
import { copy } from "../kernels/copy.ts";
import { nearest } from "../kernels/nearest.ts";
import { reduceSum } from "../ops/reduce.ts";
import { Graph } from "../plan/graph.ts";
import { compile, type Plan } from "../plan/plan.ts";
import { data, state, type Tensor } from "../plan/tensor.ts";
import type { Philox } from "../random.ts";
import {
  type Batch,
  type BatchSource,
  type MiniBatchSizes,
  recordBatch,
  requireUsable,
} from "./mini_batch_steps.ts";
import { blockOf, Seeding } from "./seeding.ts";

/**
 * Starting centres by greedy k-means++ on random samples of the rows, three batches or three times
 * k of them; of weighted rows, samples with repetition, each row drawn in proportion to its weight.
 * With several starts, the centres nearest to the rows of one more sample.
 *
 * @param randoms one for each start
 */
export async function bestStart(
  device: Device,
  source: BatchSource,
  sizes: MiniBatchSizes,
  randoms: readonly Philox[],
): Promise<Float32Array> {
  const start = new Start(device, source, sizes);
  try {
    await start.load();
    let best: Float32Array | undefined, least = Infinity;
    for (const [s, random] of randoms.entries()) {
      if (s === 0 && randoms.length > 1) await start.sample(start.judge, random);
      await start.sample(start.rows, random);
      await start.seeding.seed(random);
      const inertia = randoms.length > 1 ? await start.inertia() : 0;
      if (best && !(inertia < least)) continue;
      best = await device.read(start.centres) as Float32Array;
      least = inertia;
    }
    return best!;
  } finally {
    start.free();
  }
}

/** Samples on a device, k-means++ on one of them, and the inertia of the other. */
class Start {
  readonly rows: Tensor;
  readonly judge: Tensor;
  readonly centres: Tensor;
  readonly seeding: Seeding;
  readonly #size: number;
  /** Sums of the weights of the rows before each one, and of all. */
  readonly #cumulative?: Float64Array;
  readonly #index: Tensor;
  readonly #take: ReadonlyMap<Tensor, { plan: Plan; batch: Batch }>;
  readonly #measure: { plan: Plan; loss: Tensor };

  constructor(
    readonly device: Device,
    readonly source: BatchSource,
    { clusters: k, batch, metric, weights }: MiniBatchSizes,
  ) {
    const { n, width: dim, window } = source;
    const m = this.#size = Math.min(n, window, Math.max(3 * batch, 3 * k));
    if (weights) {
      const sums = this.#cumulative = new Float64Array(n + 1);
      weights.forEach((w, i) => sums[i + 1] = sums[i] + w);
    }
    this.#index = data("sample index", [m], "u32");
    this.rows = state("sample", [m, dim]);
    this.judge = state("sample to judge by", [m, dim]);
    this.centres = state("centres", [k, dim]);
    this.seeding = new Seeding(device, this.rows, this.centres);
    this.#take = new Map([this.rows, this.judge].map((y) => {
      const g = new Graph("mini-batch sample");
      const batch = recordBatch(g, source, this.#index, m, metric);
      g.call(copy, { x: batch.x, y }, { n: m * dim });
      return [y, { plan: compile(g), batch }];
    }));
    const g = new Graph("mini-batch start");
    const distance = g.temp([m]), label = g.temp([m], "u32");
    g.call(nearest, { z: this.judge, mu: this.centres, label, distance }, { m, k, dim });
    const loss = g.output(reduceSum(g, distance));
    this.#measure = { plan: compile(g), loss };
  }

  async load(): Promise<void> {
    for (const { plan } of this.#take.values()) await this.device.load(plan);
    await this.device.load(this.#measure.plan);
    await this.seeding.load();
  }

  /** Draws rows. */
  async sample(to: Tensor, random: Philox): Promise<void> {
    const { plan, batch } = this.#take.get(to)!;
    const ids = this.#cumulative
      ? weightedRows(this.#cumulative, this.#size, random)
      : differentRows(this.source.n, this.#size, random);
    this.device.write(this.#index, ids);
    await this.source.stage(ids);
    this.device.run(plan, [{ at: 0, staged: 0 }]);
    await requireUsable(this.device, plan, batch, ids);
  }

  async inertia(): Promise<number> {
    const { plan, loss } = this.#measure;
    this.device.run(plan);
    const [sum] = await this.device.read(loss, plan);
    return sum;
  }

  free(): void {
    for (const { plan } of this.#take.values()) this.device.unload(plan);
    this.device.unload(this.#measure.plan);
    this.seeding.free();
    this.device.free(this.#index, this.rows, this.judge, this.centres);
  }
}

/**
 * `count` different numbers below n, all sets equally likely, in memory of that size.
 * @see Floyd's sampling in Bentley and Floyd (1987), A sample of brilliance
 */
function differentRows(n: number, count: number, random: Philox): Uint32Array {
  const chosen = new Set<number>();
  for (let j = n - count; j < n; j++) {
    const i = random.below(j + 1);
    chosen.add(chosen.has(i) ? j : i);
  }
  return Uint32Array.from(chosen);
}

/** `count` rows with repetition, in proportion to their weights. */
function weightedRows(cumulative: Float64Array, count: number, random: Philox): Uint32Array {
  const total = cumulative[cumulative.length - 1];
  return Uint32Array.from({ length: count }, () => blockOf(cumulative, random.uniform() * total));
}
