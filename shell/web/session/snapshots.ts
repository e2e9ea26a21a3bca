import { kmeans } from "../../cluster/kmeans.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { Device } from "../../device/device.ts";
import type { Model } from "../../methods/model.ts";
import { type Rows, upload } from "../../methods/rows.ts";
import { matchClusters } from "../../metrics/accuracy.ts";
import { pca } from "../../project/pca.ts";
import { data, type Tensor } from "../../plan/tensor.ts";
import { silhouetteSample } from "../../metrics/silhouette_sample.ts";
import { aligned } from "../../run/live_map.ts";
import { agreement } from "../../run/scores.ts";
import type { SessionEvent } from "./types.ts";

type Snapshot = Extract<SessionEvent, { type: "snapshot" }>;

/** Rows that are shown while a model trains, at most and at least. */
const MOST = 20_000, LEAST = 500;
/** Milliseconds that a snapshot may take, and its share of all time. */
const BUDGET = 80, SHARE = 0.1;

/** Pictures of some rows' codes while a model learns, so many that they cost little. */
export class Snapshots {
  #rows: Rows | null = null;
  #ids = new Uint32Array(0);
  #before: Float32Array | null = null;
  #clusters: Uint32Array | null = null;
  #next = 0;

  constructor(
    readonly device: Device,
    readonly dataset: Dataset,
    readonly clusters: number,
  ) {}

  /** A snapshot, if it is time for one. */
  async take(model: Model<{ seed: number }>): Promise<Snapshot | null> {
    const since = performance.now();
    if (since < this.#next) return null;
    if (!this.#rows) this.#choose(Math.min(this.dataset.n, LEAST));
    const made = await this.#make(model);
    const ms = performance.now() - since;
    this.#next = performance.now() + Math.max(250, ms / SHARE);
    this.#adapt(ms);
    return made;
  }

  free(): void {
    this.#rows?.free();
    this.#rows = null;
  }

  /** Evenly spaced rows. */
  #choose(count: number): void {
    const { dataset: { n, data: values, shape }, device } = this;
    const width = shape.reduce((a, b) => a * b, 1);
    this.free();
    this.#ids = Uint32Array.from({ length: count }, (_, i) => Math.floor(i * n / count));
    const chosen = new (values.constructor as Float32ArrayConstructor)(count * width);
    this.#ids.forEach((row, i) =>
      chosen.set(values.subarray(row * width, (row + 1) * width) as Float32Array, i * width)
    );
    this.#rows = upload(device, chosen, width);
    this.#before = null;
    this.#clusters = null;
  }

  /** More rows while there is time for them; the first snapshot compiles, and tells nothing. */
  #adapt(ms: number): void {
    const { n } = this.dataset, count = this.#ids.length;
    const wanted = Math.min(n, MOST, Math.floor(count * BUDGET / Math.max(1, ms)));
    if (wanted >= 2 * count || wanted === n && count < n) this.#choose(Math.min(wanted, 4 * count));
  }

  async #make(model: Model<{ seed: number }>): Promise<Snapshot> {
    const { device } = this, count = this.#ids.length, { width } = model;
    const codes = (await model.codes(this.#rows!)).slice();
    const z = data("codes", [count, width]);
    device.write(z, codes);
    const found = await kmeans(device, z, {
      ...{ clusters: Math.min(this.clusters, count), starts: 1, maxIterations: 20, seed: 1 },
    });
    const positions = width > 1
      ? await (await pca(device, z, { components: 2, seed: 1 })).transform(device, z)
      : Float32Array.from({ length: 2 * count }, (_, i) => i % 2 ? 0 : codes[i >> 1]);
    const silhouette = await silhouetteOf(device, z, found.labels);
    device.free(z);
    this.#before = this.#before ? aligned(positions, this.#before) : positions.slice();
    this.#clusters = this.#renamed(found.labels);
    const { labelNames } = this.dataset;
    const labels = this.dataset.labels &&
      Int32Array.from(this.#ids, (i) => this.dataset.labels![i]);
    return {
      type: "snapshot",
      rows: this.#ids.slice(),
      positions: this.#before.slice(),
      clusters: Int32Array.from(this.#clusters),
      ...labels && { labels, labelNames },
      scores: { ...silhouette, ...agreement(labels, this.#clusters) },
    };
  }

  /** The clusters under the numbers that most of their rows had before. */
  #renamed(labels: Uint32Array): Uint32Array {
    if (!this.#clusters) return labels;
    const before = matchClusters(this.#clusters, labels);
    const taken = new Set(before.values());
    const free = Array.from({ length: this.clusters }, (_, c) => c).filter((c) => !taken.has(c));
    const names = new Map(before);
    for (const label of labels) if (!names.has(label)) names.set(label, free.shift() ?? label);
    return labels.map((label) => names.get(label)!);
  }
}

/** Points whose silhouette is measured. */
const MEASURED = 500;

/** The mean silhouette, where it is defined. */
async function silhouetteOf(
  device: Device,
  points: Tensor,
  labels: Uint32Array,
): Promise<{ silhouette?: number }> {
  const several = new Set(labels).size;
  if (several < 2 || several === labels.length) return {};
  const { mean } = await silhouetteSample(device, points, labels, { size: MEASURED, seed: 1 });
  return { silhouette: mean };
}
