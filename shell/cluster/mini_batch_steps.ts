/** The tensors and programs of K-Means by mini-batches. */

import type { Device, Numbers } from "../device/device.ts";
import { centreUpdate } from "../kernels/centre_update.ts";
import { findNonfinite, FINITE_BLOCK } from "../kernels/find_nonfinite.ts";
import { nearest } from "../kernels/nearest.ts";
import { unitRows } from "../kernels/unit_rows.ts";
import { weightedCentreUpdate } from "../kernels/weighted_centre_update.ts";
import { Graph } from "../plan/graph.ts";
import { compile, type Plan } from "../plan/plan.ts";
import { data, state, type Tensor } from "../plan/tensor.ts";
import type { Philox } from "../random.ts";
import type { Metric } from "./kmeans_options.ts";
import { SHORTEST } from "./unit_points.ts";

/** Rows that come in batches, and how a batch gets into a program. */
export interface BatchSource {
  /** Number of rows. */
  readonly n: number;
  /** Numbers in a row. */
  readonly width: number;
  /** Rows that can be staged at a time; Infinity if all of them are on the device. */
  readonly window: number;
  /**
   * Records a batch, [m, width] f32: the rows `index[at ..]`, `at` being a scalar of the step, or
   * the staged rows from the scalar `staged` on.
   */
  batch(g: Graph, index: Tensor, m: number): Tensor;
  /** Puts the rows `ids`, at most `window`, where the next step finds them. */
  stage(ids: Uint32Array): void | Promise<void>;
}

/** Sizes of a clustering by mini-batches. */
export interface MiniBatchSizes {
  readonly clusters: number;
  readonly batch: number;
  readonly metric: Metric;
  /** How much each row of the source counts, not all 0. Default 1. */
  readonly weights?: Float64Array;
}

/** A batch in a program, and what must be looked at before it is used. */
export interface Batch {
  readonly x: Tensor;
  /** Where the first number is that is not finite, by block. */
  readonly nonfinite: Tensor;
  /** 0 for a row of length 0; only for `cosine`. */
  readonly factor?: Tensor;
}

/** What `find_nonfinite` answers for a block of finite numbers. */
const NONE = 2 ** 32 - 1;

/** Records a batch as the metric sees it. */
export function recordBatch(
  g: Graph,
  source: BatchSource,
  index: Tensor,
  m: number,
  metric: Metric,
): Batch {
  const raw = source.batch(g, index, m);
  const nonfinite = g.output(g.temp([Math.ceil(raw.size / FINITE_BLOCK)], "u32"));
  g.call(findNonfinite, { x: raw, first: nonfinite }, { n: raw.size });
  if (metric === "euclidean") return { x: g.output(raw), nonfinite };
  const x = g.output(g.temp(raw.shape)), factor = g.output(g.temp([m]));
  g.call(unitRows, { x: raw, y: x, factor }, { m, dim: source.width, epsilon: SHORTEST });
  return { x, nonfinite, factor };
}

/** @throws RangeError if a number of the batch is not finite or a row has no direction */
export async function requireUsable(
  device: Device,
  plan: Plan,
  batch: Batch,
  ids: Uint32Array,
): Promise<void> {
  const { nonfinite, factor, x } = batch;
  const wrong = (await device.read(nonfinite, plan)).find((at) => at !== NONE);
  const width = x.size / ids.length;
  if (wrong !== undefined) {
    throw new RangeError(
      "miniBatchKmeans: every number must be finite, got NaN or infinity in row " +
        `${ids[Math.floor(wrong / width)]}, column ${
          wrong % width
        }: remove or fill in such rows first`,
    );
  }
  const zero = factor ? (await device.read(factor, plan)).indexOf(0) : -1;
  if (zero < 0) return;
  throw new RangeError(
    `miniBatchKmeans: a row of length 0 has no cosine distance, got row ${
      ids[zero]
    }: remove such ` +
      "rows or take the euclidean distance",
  );
}

/** Centres on a device, and the programs that move them and place rows. */
export class MiniBatches {
  readonly #index: Tensor;
  readonly #centres: Tensor;
  /** Running means: the centres themselves, or before they are brought to length 1. */
  readonly #means: Tensor;
  /** Rows that each centre has had: their number, or the sum of their weights. */
  readonly #masses: Tensor;
  readonly #factor: Tensor;
  /** Of the rows of a batch, relative to the mean weight. */
  readonly #weight?: Tensor;
  readonly #mean: number;
  readonly #step: { plan: Plan; batch: Batch; distance: Tensor };
  /** Row numbers of the last step's batch. */
  #last: Uint32Array = new Uint32Array(0);
  readonly #place: { plan: Plan; batch: Batch; label: Tensor; square: Tensor };

  constructor(
    readonly device: Device,
    readonly source: BatchSource,
    readonly sizes: MiniBatchSizes,
  ) {
    const { clusters: k, batch: m, metric, weights } = sizes;
    const dim = source.width;
    this.#index = data("batch index", [m], "u32");
    this.#centres = state("centres", [k, dim]);
    this.#means = metric === "cosine" ? state("means", [k, dim]) : this.#centres;
    this.#masses = state("masses", [k], weights ? "f32" : "u32");
    this.#weight = weights && data("weights", [m]);
    this.#mean = weights ? weights.reduce((a, b) => a + b, 0) / weights.length : 1;
    this.#factor = state("factor of means", [k]);
    this.#step = this.#recordStep();
    this.#place = this.#recordPlace();
  }

  #assign(g: Graph) {
    const { clusters: k, batch: m, metric } = this.sizes;
    const batch = recordBatch(g, this.source, this.#index, m, metric);
    const label = g.temp([m], "u32"), distance = g.temp([m]);
    const t = { z: batch.x, mu: this.#centres, label, distance };
    g.call(nearest, t, { m, k, dim: this.source.width });
    return { batch, label, distance };
  }

  #recordStep() {
    const { clusters: k, batch: m, metric } = this.sizes;
    const dim = this.source.width;
    const g = new Graph("mini-batch step");
    const { batch, label, distance } = this.#assign(g);
    const t = { z: batch.x, label, mu: this.#means };
    if (this.#weight) {
      const weighted = { ...t, weight: this.#weight, mass: this.#masses };
      g.call(weightedCentreUpdate, weighted, { m, k, dim });
    } else g.call(centreUpdate, { ...t, count: this.#masses }, { m, k, dim });
    if (metric === "cosine") {
      const unit = { x: this.#means, y: this.#centres, factor: this.#factor };
      g.call(unitRows, unit, { m: k, dim, epsilon: SHORTEST });
    }
    g.output(distance);
    return { plan: compile(g), batch, distance };
  }

  #recordPlace() {
    const g = new Graph("mini-batch placement");
    const { batch, label, distance } = this.#assign(g);
    const square = g.output(distance);
    return { batch, label: g.output(label), square, plan: compile(g) };
  }

  async load(): Promise<void> {
    await this.device.load(this.#step.plan);
    await this.device.load(this.#place.plan);
  }

  /** Begins anew from centres that no row was given to. */
  begin(centres: Float32Array): void {
    this.device.write(this.#centres, centres);
    this.device.write(this.#means, centres);
    const { clusters, weights } = this.sizes;
    this.device.write(this.#masses, new (weights ? Float32Array : Uint32Array)(clusters));
  }

  /**
   * One step.
   * @returns the inertia per row of the batch before it, and how many rows each centre has had, or
   * the sum of their weights in units of the mean weight
   */
  async step(ids: Uint32Array): Promise<{ inertia: number; masses: Uint32Array | Float32Array }> {
    const { device, sizes: { metric, weights } } = this;
    const { plan, batch, distance } = this.#step;
    this.#last = ids;
    if (weights) {
      device.write(this.#weight!, Float32Array.from(ids, (i) => weights[i] / this.#mean));
    }
    await this.#run(plan, ids);
    const [distances, masses] = await Promise.all([
      device.read(distance, plan),
      device.read(this.#masses),
      requireUsable(device, plan, batch, ids),
    ]);
    let sum = 0;
    distances.forEach((one, i) => sum += weights ? weights[ids[i]] * one : one);
    const half = metric === "cosine" ? 2 : 1;
    return { inertia: sum / half / ids.length, masses: masses as Uint32Array | Float32Array };
  }

  /** Nearest centres of rows and the squared distances to them. */
  async place(ids: Uint32Array): Promise<{ label: Numbers; square: Numbers }> {
    const { device } = this;
    const { plan, batch, label, square } = this.#place;
    await this.#run(plan, ids);
    const [labels, squares] = await Promise.all([
      device.read(label, plan),
      device.read(square, plan),
      requireUsable(device, plan, batch, ids),
    ]);
    return { label: labels, square: squares };
  }

  async #run(plan: Plan, ids: Uint32Array): Promise<void> {
    this.device.write(this.#index, ids);
    await this.source.stage(ids);
    this.device.run(plan, [{ at: 0, staged: 0 }]);
  }

  /**
   * Moves centres that have had fewer than `ratio` times the rows of the largest to random rows of
   * the last batch, half of it at most, and lets them count as much as the least of the others.
   */
  async reassign(
    masses: Uint32Array | Float32Array,
    ratio: number,
    random: Philox,
  ): Promise<void> {
    const { device } = this;
    const { batch: m, weights } = this.sizes;
    const rows = random.permutation(m).filter((i) => !weights || weights[this.#last[i]] > 0);
    const starving = starvingCentres(masses, ratio, Math.min(rows.length, Math.floor(m / 2)));
    if (starving.length === 0) return;
    const others = Array.from(masses).filter((_, j) => !starving.includes(j));
    const least = masses.slice(0, 1).fill(Math.min(...others));
    const { plan, batch } = this.#step, width = this.source.width;
    for (const [s, j] of starving.entries()) {
      const range = { at: rows[s] * width, length: width };
      const row = await device.read(batch.x, plan, range);
      device.write(this.#centres, row, j * width);
      device.write(this.#means, row, j * width);
      device.write(this.#masses, least, j);
    }
  }

  async centres(): Promise<Float32Array> {
    return await this.device.read(this.#centres) as Float32Array;
  }

  /** Gives the memory back, but for the source's. */
  free(): void {
    this.device.unload(this.#step.plan);
    this.device.unload(this.#place.plan);
    this.device.free(this.#index, this.#centres, this.#masses, this.#factor);
    if (this.#weight) this.device.free(this.#weight);
    if (this.#means !== this.#centres) this.device.free(this.#means);
  }
}

/** The centres with the fewest rows, fewer than `ratio` times the most, `limit` of them at most. */
export function starvingCentres(
  counts: ArrayLike<number>,
  ratio: number,
  limit: number,
): number[] {
  const most = Math.max(...Array.from(counts));
  const few = Array.from(counts, (_, j) => j).filter((j) => counts[j] < ratio * most);
  few.sort((a, b) => counts[a] - counts[b] || a - b);
  return few.slice(0, limit).sort((a, b) => a - b);
}
