import type { Device } from "../device/device.ts";
import { requireFinite } from "../ops/finite.ts";
import type { Tensor } from "../plan/tensor.ts";
import { Philox } from "../random.ts";
import { type Ending, type Iteration, Lloyd, type StopReason } from "./lloyd.ts";
import { Seeding } from "./seeding.ts";

/** How to cluster. */
export interface KmeansOptions {
  /** Number of clusters k, 1 to n. */
  readonly clusters: number;
  /** Runs from different starts, of which the best is kept. Default 10; 1 with `centres`. */
  readonly starts?: number;
  /** Of the random numbers, an integer in [0, 2^32). Default 0. */
  readonly seed?: number;
  /** Iterations of one start, at most. Default 300. */
  readonly maxIterations?: number;
  /**
   * Stop when the sum of the centres' squared steps is at most this times the mean variance of the
   * dimensions. Default 1e-4; 0 goes on until no label changes.
   */
  readonly tolerance?: number;
  /** Centres to start from, k rows, instead of k-means++. */
  readonly centres?: Float32Array;
  readonly signal?: AbortSignal;
  /** Called for each iteration, a few at a time. */
  readonly onIteration?: (one: Iteration & { readonly start: number }) => void;
}

/** A clustering. */
export interface KmeansResult {
  /** Cluster of each point. */
  readonly labels: Uint32Array;
  /** Euclidean distance of each point to the centre of its cluster. */
  readonly distances: Float32Array;
  /** k rows of dim numbers. */
  readonly centres: Float32Array;
  /** Sum of the squared distances. */
  readonly inertia: number;
  /** Of the start that was kept. */
  readonly iterations: number;
  /** False if the iterations were used up. */
  readonly converged: boolean;
  /** "duplicates": there are fewer distinct points than clusters, and some clusters are empty. */
  readonly stopReason: StopReason;
}

/** Key of the host's random streams for starts: start s uses stream `STREAM + s`. */
const STREAM = 0x6b6d0000;

/**
 * K-Means: centres c_1 to c_k and labels that lower `sum_i ||x_i - c_label(i)||^2`, by Lloyd's
 * algorithm from greedy k-means++ starts. An empty cluster is given the point farthest from its
 * centre. The same seed gives the same bits for any number of workers.
 *
 * @param points [n, dim] f32, on the device
 * @throws RangeError if an option is out of range, there are fewer points than clusters, or a
 * number is not finite
 * @throws Cancelled if the signal is aborted
 * @see Lloyd (1982), Least squares quantization in PCM; Arthur and Vassilvitskii (2007), k-means++
 */
export async function kmeans(
  device: Device,
  points: Tensor,
  options: KmeansOptions,
): Promise<KmeansResult> {
  const settings = check(points, options);
  await requireFinite(device, points, "kmeans");
  const variance = settings.tolerance > 0 ? await meanVariance(device, points) : 0;
  const { clusters, maxIterations } = settings;
  const lloyd = new Lloyd(device, points, clusters, maxIterations, settings.tolerance * variance);
  const seeding = settings.centres ? null : new Seeding(device, points, lloyd.tensors.centres);
  try {
    await lloyd.load();
    await seeding?.load();
    return await bestOf(lloyd, seeding, settings);
  } finally {
    seeding?.free();
    lloyd.free();
  }
}

type Settings = ReturnType<typeof check>;

/** Runs all starts and keeps the one with the smallest inertia, the first of equals. */
async function bestOf(
  lloyd: Lloyd,
  seeding: Seeding | null,
  settings: Settings,
): Promise<KmeansResult> {
  const { device } = lloyd;
  let best: KmeansResult | undefined;
  for (let start = 0; start < settings.starts; start++) {
    if (seeding) await seeding.seed(new Philox(settings.seed, STREAM + start));
    else device.write(lloyd.tensors.centres, settings.centres!);
    const { signal, onIteration } = settings;
    const report = onIteration && ((one: Iteration) => onIteration({ ...one, start }));
    const ending = await lloyd.run(signal, report);
    if (!best || ending.inertia < best.inertia) best = await resultOf(lloyd, ending);
  }
  return best!;
}

async function resultOf(lloyd: Lloyd, ending: Ending): Promise<KmeansResult> {
  const { device } = lloyd;
  const { label, distance, centres } = lloyd.tensors;
  const [labels, squares, rows] = await Promise.all(
    [label, distance, centres].map((one) => device.read(one)),
  );
  return {
    labels: labels as Uint32Array,
    distances: (squares as Float32Array).map(Math.sqrt),
    centres: rows as Float32Array,
    inertia: ending.inertia,
    iterations: ending.iterations,
    converged: ending.reason !== "limit",
    stopReason: ending.reason,
  };
}

/** Mean over the dimensions of the points' variance: the inertia of one cluster, by n dim. */
async function meanVariance(device: Device, points: Tensor): Promise<number> {
  const [, dim] = points.shape;
  const one = new Lloyd(device, points, 1, 2, 0);
  try {
    await one.load();
    const first = await device.read(points, undefined, { at: 0, length: dim });
    device.write(one.tensors.centres, first);
    return (await one.run()).inertia / points.size;
  } finally {
    one.free();
  }
}

/** The options with their defaults. @throws RangeError or TypeError if one is out of range */
function check(points: Tensor, options: KmeansOptions) {
  const { clusters, centres, seed = 0, maxIterations = 300, tolerance = 1e-4 } = options;
  const starts = options.starts ?? (centres ? 1 : 10);
  if (points.shape.length !== 2 || points.dtype !== "f32") {
    throw new TypeError(`kmeans: points must be an f32 tensor [n, dim], got ${points}`);
  }
  const [n, dim] = points.shape;
  for (const [name, value] of Object.entries({ clusters, starts, maxIterations })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`kmeans: ${name} must be an integer of at least 1, got ${value}`);
    }
  }
  if (clusters > n) {
    throw new RangeError(
      `kmeans: ${clusters} clusters need at least as many points, got ${n}: ask for fewer clusters`,
    );
  }
  if (!(tolerance >= 0 && tolerance < Infinity)) {
    throw new RangeError(`kmeans: tolerance must be a finite number >= 0, got ${tolerance}`);
  }
  if (centres && (centres.length !== clusters * dim || !centres.every(Number.isFinite))) {
    throw new RangeError(
      `kmeans: centres must be ${clusters} rows of ${dim} finite numbers, got ${centres.length}`,
    );
  }
  if (centres && starts > 1) {
    throw new RangeError(`kmeans: given centres are one start, got starts ${starts}`);
  }
  const { signal, onIteration } = options;
  return { clusters, starts, seed, maxIterations, tolerance, centres, signal, onIteration };
}
