import type { Device } from "../device/device.ts";
import { requireFinite, requireSmall } from "../ops/finite.ts";
import type { Tensor } from "../plan/tensor.ts";
import { Philox } from "../random.ts";
import { check, type KmeansOptions, type Metric, type Settings } from "./kmeans_options.ts";
import { distanceOf } from "./kmeans_predict.ts";
import { type Ending, type Iteration, Lloyd, type StopReason } from "./lloyd.ts";
import { unitRows } from "./normalise.ts";
import { randomPoints, Seeding } from "./seeding.ts";
import { unitPoints } from "./unit_points.ts";

export type { KmeansOptions, Metric } from "./kmeans_options.ts";

/** A clustering. */
export interface KmeansResult {
  /** Cluster of each point. */
  readonly labels: Uint32Array;
  /** Distance of each point to the centre of its cluster: Euclidean, or `1 - cos`. */
  readonly distances: Float32Array;
  /** k rows of dim numbers; of length 1 for `cosine`. */
  readonly centres: Float32Array;
  /** How far apart two points are. */
  readonly metric: Metric;
  /** Weighted sum of the squared distances; for `cosine`, of the distances. */
  readonly inertia: number;
  /**
   * Inertia in each iteration, of its labels and the centres before they moved; empty unless
   * `history` was asked for.
   */
  readonly history: readonly number[];
  /** Of the start that was kept. */
  readonly iterations: number;
  /** False if the iterations were used up. */
  readonly converged: boolean;
  /**
   * "duplicates": there are fewer distinct points than clusters, and some clusters are empty. Where
   * rounding makes a difference between equal points, only {@link found} tells.
   */
  readonly stopReason: StopReason;
  /** Clusters that have points. */
  readonly found: number;
  /** A sentence for people if something is odd: fewer clusters than asked for, not converged. */
  readonly warning?: string;
}

/** Key of the host's random streams for starts: start s uses stream `STREAM + s`. */
const STREAM = 0x6b6d0000;

/**
 * K-Means: centres c_1 to c_k and labels that lower `sum_i w_i ||x_i - c_label(i)||^2`, by Lloyd's
 * algorithm from greedy k-means++ starts. An empty cluster is given the point farthest from its
 * centre. With the cosine metric, spherical K-Means: `sum_i w_i (1 - cos(x_i, c_label(i)))`. The
 * same seed gives the same bits for any number of workers.
 *
 * If there are fewer distinct points than clusters, every point lies on its centre, some clusters
 * are empty, and the result says so in `found`, `stopReason` and `warning`.
 *
 * @param points [n, dim] f32, on the device
 * @throws RangeError if an option is out of range, there are fewer points than clusters, a number
 * is not finite or so large that its square is not, or a point has length 0 and the metric is
 * `cosine`
 * @throws Cancelled if the signal is aborted
 * @see Lloyd (1982), Least squares quantization in PCM; Arthur and Vassilvitskii (2007), k-means++;
 * Dhillon and Modha (2001), Concept decompositions for large sparse text data, for the cosine
 */
export async function kmeans(
  device: Device,
  points: Tensor,
  options: KmeansOptions,
): Promise<KmeansResult> {
  const settings = check(points, options);
  await requireFinite(device, points, "kmeans");
  if (settings.metric === "euclidean") return await run(device, points, settings);
  const unit = await unitPoints(device, points, "kmeans");
  try {
    return await run(device, unit, withUnitCentres(settings, points.shape[1]));
  } finally {
    device.free(unit);
  }
}

/** All starts, on points as the metric sees them. */
async function run(device: Device, points: Tensor, settings: Settings): Promise<KmeansResult> {
  const { clusters, maxIterations: limit, weights, history } = settings;
  const variance = settings.tolerance > 0 ? await meanVariance(device, points) : 0;
  const tolerance = settings.tolerance * variance;
  const unit = settings.metric === "cosine";
  const lloyd = new Lloyd(device, points, clusters, { limit, tolerance, weights, unit, history });
  const seeding = settings.centres || settings.init === "random"
    ? null
    : new Seeding(device, points, lloyd.tensors.centres, weights);
  try {
    await lloyd.load();
    await seeding?.load();
    return await bestOf(lloyd, seeding, settings);
  } finally {
    seeding?.free();
    lloyd.free();
  }
}

/** Runs all starts and keeps the one with the smallest inertia, the first of equals. */
async function bestOf(
  lloyd: Lloyd,
  seeding: Seeding | null,
  settings: Settings,
): Promise<KmeansResult> {
  let best: KmeansResult | undefined;
  for (let start = 0; start < settings.starts; start++) {
    const random = new Philox(settings.seed, STREAM + start);
    if (seeding) await seeding.seed(random);
    else lloyd.device.write(lloyd.tensors.centres, await startOf(lloyd, settings, random));
    const { signal, onIteration } = settings;
    const report = onIteration && ((one: Iteration) => onIteration({ ...one, start }));
    const ending = await lloyd.run(signal, report);
    requireSmall("kmeans", ending.inertia);
    if (!best || ending.inertia < best.inertia) best = await resultOf(lloyd, ending, settings);
  }
  return best!;
}

/** The given centres, or points at random. */
async function startOf(
  { device, points }: Lloyd,
  { centres, clusters, weights }: Settings,
  random: Philox,
): Promise<Float32Array> {
  if (centres) return centres;
  const [n, dim] = points.shape;
  const chosen = randomPoints(n, clusters, random, weights);
  const rows = new Float32Array(clusters * dim);
  await Promise.all(Array.from(chosen, async (i, j) => {
    rows.set(await device.read(points, undefined, { at: i * dim, length: dim }), j * dim);
  }));
  return rows;
}

async function resultOf(lloyd: Lloyd, ending: Ending, settings: Settings): Promise<KmeansResult> {
  const { device } = lloyd;
  const { label, distance, centres } = lloyd.tensors;
  const [labels, squares, rows] = await Promise.all(
    [label, distance, centres].map((one) => device.read(one)),
  );
  const found = new Set(labels).size;
  const { metric } = settings;
  return {
    labels: labels as Uint32Array,
    distances: distanceOf(metric, squares),
    centres: rows as Float32Array,
    metric,
    inertia: ending.inertia,
    history: ending.history,
    iterations: ending.iterations,
    converged: ending.reason !== "limit",
    stopReason: ending.reason,
    found,
    warning: warningOf(found, ending, settings),
  };
}

function warningOf(found: number, { reason }: Ending, settings: Settings): string | undefined {
  if (found < settings.clusters) {
    const some = found === 1 ? "1 cluster" : `${found} clusters`;
    return `kmeans: found ${some}, asked for ${settings.clusters}: perhaps there are ` +
      "no more distinct points, so ask for fewer clusters";
  }
  if (reason !== "limit") return undefined;
  return `kmeans: not converged after ${settings.maxIterations} iterations: allow more, or a ` +
    "larger tolerance";
}

/** Mean over the dimensions of the points' variance: the inertia of one cluster, by n dim. */
async function meanVariance(device: Device, points: Tensor): Promise<number> {
  const [, dim] = points.shape;
  const one = new Lloyd(device, points, 1, { limit: 2, tolerance: 0 });
  try {
    await one.load();
    const first = await device.read(points, undefined, { at: 0, length: dim });
    device.write(one.tensors.centres, first);
    const { inertia } = await one.run();
    requireSmall("kmeans", inertia);
    return inertia / points.size;
  } finally {
    one.free();
  }
}

/** The settings with given centres at length 1. */
function withUnitCentres(settings: Settings, dim: number): Settings {
  const { centres } = settings;
  if (!centres) return settings;
  const unit = unitRows(centres, dim);
  for (let j = 0; j < settings.clusters; j++) {
    if (!unit.subarray(j * dim, (j + 1) * dim).some((v) => v !== 0)) {
      throw new RangeError(
        `kmeans: a centre of length 0 has no cosine distance, got one in row ${j} of centres`,
      );
    }
  }
  return { ...settings, centres: unit };
}
