import type { Device } from "../device/device.ts";
import { Cancelled } from "../errors.ts";
import { requireSmall } from "../ops/finite.ts";
import { Philox } from "../random.ts";
import { checkWeights, type Metric, requireCounts, requireOneOf } from "./kmeans_options.ts";
import type { Placement } from "./kmeans_predict.ts";
import { type BatchSource, MiniBatches } from "./mini_batch_steps.ts";
import { bestStart } from "./mini_batch_start.ts";
import { unitRows } from "./normalise.ts";

export type { BatchSource } from "./mini_batch_steps.ts";

/** How to cluster by mini-batches. */
export interface MiniBatchOptions {
  /** Number of clusters k, 1 to n. */
  readonly clusters: number;
  /** Rows of a batch. Default 1,024, at most n. */
  readonly batch?: number;
  /** Steps at most, in passes over n rows. Default 100. */
  readonly epochs?: number;
  /**
   * Rows of a batch: drawn at random with repetition, the default; or in order, from the last row
   * on to the first again, so that shards are read one after the other. In order, rows should lie
   * in no order that has to do with clusters.
   */
  readonly draw?: "random" | "in order";
  /** Samples from which k-means++ starts, of which the best is kept. Default 3. */
  readonly starts?: number;
  /** Centres to start from, k rows, instead of k-means++ on samples. */
  readonly centres?: Float32Array;
  /**
   * A centre that has had fewer than this times the rows of the largest is moved to a random row of
   * the batch. Default 0.01; 0 for never.
   */
  readonly reassign?: number;
  /**
   * Steps without a lower smoothed inertia after which the run stops. Default 10; 0 for never.
   */
  readonly patience?: number;
  /**
   * How much each row counts, n numbers of 0 or more: it moves its centre so many times as far, and
   * is drawn for a start so many times as often. Default 1.
   */
  readonly weights?: ArrayLike<number>;
  /** `cosine`: rows and centres at length 1. Default `euclidean`. */
  readonly metric?: Metric;
  /** Of the random numbers, an integer in [0, 2^32). Default 0. */
  readonly seed?: number;
  /** Stops the work: `Cancelled` is thrown. */
  readonly signal?: AbortSignal;
  /** Called for each step; `inertia` is that of the batch per row, before the centres move. */
  readonly onStep?: (one: { step: number; steps: number; inertia: number }) => void;
}

/** A clustering by mini-batches. */
export interface MiniBatchResult extends Placement {
  /** k rows; of length 1 for `cosine`. */
  readonly centres: Float32Array;
  /** How far apart two points are. */
  readonly metric: Metric;
  /** Sum of the squared distances of all rows, or weighted sum; for `cosine`, of the distances. */
  readonly inertia: number;
  /** Inertia of each batch per row, before the centres moved. */
  readonly history: readonly number[];
  /** Batches that were taken. */
  readonly steps: number;
  /** Why it ended: the smoothed inertia fell no more, or the steps were used up. */
  readonly stopReason: "patience" | "limit";
  /** Clusters that have rows. */
  readonly found: number;
}

type Settings = ReturnType<typeof check>;

/** Key of the host's random streams: batches, reassignments, starts. */
const STREAM = { batches: 0x6d620000, reassign: 0x6d620001, starts: 0x6d630000 } as const;

/**
 * K-Means for rows that come in batches: each step assigns a batch to the nearest centres and moves
 * every centre to the mean of all rows it was ever given, `c_j += (x_i - c_j) w_i / mass_j`, where
 * mass_j is the sum of their weights, x_i's included. Memory on the device is a batch and a stage,
 * whatever n is. A last pass over all rows gives labels,
 * distances and the inertia. The same seed gives the same bits for any number of workers.
 *
 * @param source rows, resident or streamed: what `upload` makes is one
 * @throws RangeError if an option is out of range, there are fewer rows than clusters, a number is
 * not finite, or a row has length 0 and the metric is `cosine`
 * @throws Cancelled if the signal is aborted
 * @see Sculley (2010), Web-scale k-means clustering, algorithm 1; scikit-learn's MiniBatchKMeans
 * for reassignment and the rule to stop
 */
export async function miniBatchKmeans(
  device: Device,
  source: BatchSource,
  options: MiniBatchOptions,
): Promise<MiniBatchResult> {
  const settings = check(source, options);
  const { clusters, batch, metric, weights } = settings;
  const steps = new MiniBatches(device, source, { clusters, batch, metric, weights });
  try {
    await steps.load();
    steps.begin(await startOf(device, source, settings));
    const { history, stopReason } = await descend(steps, source, settings);
    const { labels, distances, inertia } = await lastPass(steps, source, settings);
    requireSmall("miniBatchKmeans", inertia);
    const found = new Set(labels).size;
    const centres = await steps.centres();
    const end = { history, steps: history.length, stopReason, found };
    return { labels, distances, centres, metric, inertia, ...end };
  } finally {
    steps.free();
  }
}

async function startOf(device: Device, source: BatchSource, settings: Settings) {
  const { centres, metric, clusters, batch, weights, starts, seed } = settings;
  if (centres) return metric === "cosine" ? unitRows(centres, source.width) : centres;
  const randoms = Array.from({ length: starts }, (_, s) => new Philox(seed, STREAM.starts + s));
  return await bestStart(device, source, { clusters, batch, metric, weights }, randoms);
}

/** Steps until the smoothed inertia falls no more. */
async function descend(steps: MiniBatches, source: BatchSource, settings: Settings) {
  const { batch, epochs, patience, seed, clusters, signal, onStep } = settings;
  const limit = Math.max(1, Math.floor(epochs * source.n / batch));
  const smoothed = new Smoothed(Math.min(1, 2 * batch / (source.n + 1)));
  const history: number[] = [];
  let since = 0;
  while (history.length < limit) {
    stopIf(signal);
    const step = history.length;
    const { inertia, masses } = await steps.step(rowsOf(step, source.n, settings));
    history.push(inertia);
    onStep?.({ step: step + 1, steps: limit, inertia });
    since += batch;
    if (settings.reassign > 0 && (masses.includes(0) || since >= 10 * clusters)) {
      since = 0;
      await steps.reassign(masses, settings.reassign, new Philox(seed, STREAM.reassign, step));
    }
    // The first inertia is that of the start.
    if (step === 0) continue;
    smoothed.take(inertia);
    if (patience > 0 && smoothed.worse >= patience) {
      return { history, stopReason: "patience" as const };
    }
  }
  return { history, stopReason: "limit" as const };
}

/** Exponentially weighted mean of the batches' inertia. */
class Smoothed {
  /** Values in a row that were not the lowest so far. */
  worse = 0;
  #value = NaN;
  #lowest = Infinity;

  /** @param share of a new value */
  constructor(readonly share: number) {}

  take(inertia: number): void {
    const { share } = this;
    this.#value = Number.isNaN(this.#value) ? inertia : this.#value * (1 - share) + inertia * share;
    if (this.#value < this.#lowest) [this.worse, this.#lowest] = [0, this.#value];
    else this.worse++;
  }
}

/** Row numbers of the batch of a step. */
function rowsOf(step: number, n: number, { batch, draw, seed }: Settings): Uint32Array {
  if (draw === "in order") {
    return Uint32Array.from({ length: batch }, (_, i) => (step * batch + i) % n);
  }
  const random = new Philox(seed, STREAM.batches, step);
  return Uint32Array.from({ length: batch }, () => random.below(n));
}

/** Labels, distances and the inertia of all rows. */
async function lastPass(
  steps: MiniBatches,
  { n }: BatchSource,
  { batch, metric, weights, signal }: Settings,
) {
  const labels = new Uint32Array(n), distances = new Float32Array(n);
  let inertia = 0;
  for (let first = 0; first < n; first += batch) {
    stopIf(signal);
    const ids = Uint32Array.from({ length: batch }, (_, i) => Math.min(n - 1, first + i));
    const { label, square } = await steps.place(ids);
    const count = Math.min(batch, n - first);
    for (let i = 0; i < count; i++) {
      labels[first + i] = label[i];
      const one = metric === "cosine" ? square[i] / 2 : square[i];
      inertia += weights ? weights[first + i] * one : one;
      distances[first + i] = metric === "cosine" ? one : Math.sqrt(one);
    }
  }
  return { labels, distances, inertia };
}

function stopIf(signal?: AbortSignal): void {
  if (signal?.aborted) throw new Cancelled("miniBatchKmeans: stopped on request");
}

/** The options with their defaults. @throws RangeError if one is out of range */
function check({ n, width, window }: BatchSource, options: MiniBatchOptions) {
  const { clusters, centres, epochs = 100, starts = 3, reassign = 0.01, patience = 10 } = options;
  const { seed = 0, metric = "euclidean", draw = "random" } = options;
  const batch = Math.min(n, options.batch ?? Math.min(1024, window));
  const what = "miniBatchKmeans";
  requireCounts(what, { clusters, batch, epochs, starts });
  requireOneOf(what, "metric", metric, ["euclidean", "cosine"]);
  requireOneOf(what, "draw", draw, ["random", "in order"]);
  if (clusters > n) {
    throw new RangeError(
      `${what}: ${clusters} clusters need at least as many rows, got ${n}: ask for fewer clusters`,
    );
  }
  if (!(reassign >= 0 && reassign < 1)) {
    throw new RangeError(`${what}: reassign must be at least 0 and below 1, got ${reassign}`);
  }
  if (!(Number.isInteger(patience) && patience >= 0)) {
    throw new RangeError(`${what}: patience must be an integer of at least 0, got ${patience}`);
  }
  if (centres && (centres.length !== clusters * width || !centres.every(Number.isFinite))) {
    throw new RangeError(
      `${what}: centres must be ${clusters} rows of ${width} finite numbers, got ${centres.length}`,
    );
  }
  const { signal, onStep } = options;
  const weights = options.weights && checkWeights(what, options.weights, n);
  const run = { clusters, batch, epochs, draw, starts, centres, reassign, patience };
  return { ...run, metric, weights, seed, signal, onStep };
}
