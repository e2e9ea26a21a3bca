import type { Device } from "../device/device.ts";
import { Cancelled } from "../errors.ts";
import { requireFinite } from "../ops/finite.ts";
import type { Tensor } from "../plan/tensor.ts";
import { Philox } from "../random.ts";
import { fitCurve } from "./umap_curve.ts";
import { fuzzyUnion, type Lists, memberships, smoothDistances } from "./umap_graph.ts";
import { layOut, type LayoutHooks, type LayoutSettings } from "./umap_layout.ts";
import { MOST_NEIGHBOURS } from "../neighbours/neighbours.ts";
import { listsOf, type Metric } from "./umap_neighbours.ts";
import { randomStart, spectralStart, spread } from "./umap_start.ts";

/** Where a run has got to. */
export interface UmapProgress {
  /** What is going on. */
  readonly stage: "neighbours" | "layout";
  /** Parts of the stage that are done, and all: pairs of tiles, epochs. */
  readonly done: number;
  /** Of how much. */
  readonly total: number;
  /** In the layout: the positions now, [n, dimensions]. */
  readonly positions?: () => Promise<Float32Array>;
}

/** How a run is watched and stopped. */
export interface UmapHooks {
  /** Stops the work: `Cancelled` is thrown. */
  readonly signal?: AbortSignal;
  /** The run waits for what it returns. */
  readonly onProgress?: (progress: UmapProgress) => void | Promise<void>;
  /** Epochs between two calls, made even; by default as many as take some tens of milliseconds. */
  readonly every?: number;
}

/** How to map. */
export interface UmapOptions extends UmapHooks {
  /** Of the map, from 1 to 256. Default 2. */
  readonly dimensions?: number;
  /**
   * Neighbours that make up a point's surroundings, itself among them, 2 to 1,024. Default
   * 15, or all points if there are fewer.
   */
  readonly neighbours?: number;
  /** Default "euclidean". */
  readonly metric?: Metric;
  /** Distance on the map below which points count as together, 0 to spread. Default 0.1. */
  readonly minDist?: number;
  /** Scale of the map. Default 1. */
  readonly spread?: number;
  /** Default 500, 200 for more than 10,000 points. */
  readonly epochs?: number;
  /** Of the first epoch; it falls linearly to 0. Default 1. */
  readonly learningRate?: number;
  /** Weight gamma of the push between points that are not neighbours. Default 1. */
  readonly repulsion?: number;
  /** Points drawn for each edge that is due. Default 5. */
  readonly negatives?: number;
  /**
   * Where the layout begins: the spectrum of the graph, at random, or given positions, [n,
   * dimensions], such as principal components. Each dimension is then stretched to [0, 10].
   */
  readonly init?: "spectral" | "random" | Float32Array;
  /** An integer in [0, 2^32). Default 0. */
  readonly seed?: number;
}

/** A map, with what it takes to place new points on it. */
export interface UmapMap extends LayoutSettings {
  /** [n, dimensions]. */
  readonly positions: Float32Array;
  /** Nearest points that the graph was made of. */
  readonly neighbours: number;
  /** How far apart two points are. */
  readonly metric: Metric;
}

/** Key of the host's random streams. */
const STREAM = 0x756d0000;

/** Numbers of the points that the host reads at once. */
const CHUNK = 1 << 20;

/**
 * UMAP: a map of few dimensions on which points lie close that are neighbours. The exact nearest
 * neighbours make a fuzzy graph with weights w_ij in (0, 1]; the positions y_i lower the cross
 * entropy of w and `q_ij = 1 / (1 + a ||y_i - y_j||^(2 b))`, by stochastic gradient descent with
 * points drawn at random as non-neighbours. a and b follow from minDist and spread.
 *
 * It differs from the reference implementation, umap-learn, in three things. The neighbours are
 * exact. In the layout all points move at once, from the positions before the epoch, with a damped
 * step (see `layOut`); the same seed gives the same bits for any number of workers. And the parts
 * of a graph that is not connected are placed by their means' principal components. On digits the
 * maps have the same trustworthiness, accuracy of nearest neighbours and cross entropy within the
 * spread over seeds (`tests/project/umap.test.ts`).
 *
 * @param points [n, dim] f32, on the device
 * @throws RangeError if an option is out of range, there are fewer than 3 points or fewer than
 * neighbours, a number is not finite, or a row is all zeros under cosine
 * @throws TypeError if the points are of another shape or type
 * @throws Cancelled if the signal is aborted
 * @see McInnes, Healy, Melville (2018), UMAP: Uniform manifold approximation and projection for
 * dimension reduction
 */
export async function umap(
  device: Device,
  points: Tensor,
  options: UmapOptions = {},
): Promise<UmapMap> {
  const settings = check(points, options);
  const { dimensions, neighbours, metric, seed, init: start } = settings;
  await requireFinite(device, points, "umap");
  const lists = await listsOf(device, points, metric, {
    k: neighbours - 1,
    signal: options.signal,
    onProgress: neighbourProgress(options),
  });
  const graph = graphOf(lists, neighbours);
  const random = new Philox(seed, STREAM);
  const n = points.shape[0];
  const pause = () => breathe(options.signal);
  const means = (of: Uint32Array, count: number) => meansOf(device, points, metric, of, count);
  const begin = start === "spectral"
    ? await spectralStart(graph, { dimensions, random, pause, means })
    : start === "random"
    ? randomStart(n, dimensions, random)
    : Float64Array.from(start);
  const positions = await layOut(
    ...[device, graph, spread(begin, dimensions), settings, layoutHooks(options)] as const,
  );
  const { a, b, epochs, learningRate, repulsion, negatives } = settings;
  const layout = { a, b, dimensions, epochs, learningRate, repulsion, negatives, seed };
  return { positions, neighbours, metric, ...layout };
}

/**
 * The fuzzy graph of points from their nearest neighbours.
 * @param size neighbours as UMAP counts them, with the point itself: one more than in the lists
 */
export function graphOf(lists: Lists, size: number) {
  return fuzzyUnion(lists, memberships(lists, smoothDistances(lists, size)));
}

/** Tells of the search. */
export function neighbourProgress({ onProgress }: UmapHooks) {
  return onProgress &&
    ((done: number, total: number) => void onProgress({ stage: "neighbours", done, total }));
}

/** Tells of the layout. */
export function layoutHooks({ onProgress, signal, every }: UmapHooks): LayoutHooks {
  return {
    ...{ signal, every },
    onEpochs: onProgress && ((progress) => onProgress({ stage: "layout", ...progress })),
  };
}

/** Lets others run. @throws Cancelled if the signal is aborted */
async function breathe(signal?: AbortSignal): Promise<void> {
  await new Promise<void>((done) => setTimeout(done, 0));
  if (signal?.aborted) throw new Cancelled("umap: stopped on request");
}

/** The mean of the points of each part, [count, dim]; of their directions under cosine. */
async function meansOf(
  device: Device,
  points: Tensor,
  metric: Metric,
  of: Uint32Array,
  count: number,
): Promise<Float64Array> {
  const [n, dim] = points.shape;
  const sums = new Float64Array(count * dim), sizes = new Uint32Array(count);
  const rows = Math.max(1, Math.floor(CHUNK / dim));
  for (let first = 0; first < n; first += rows) {
    const length = Math.min(rows, n - first) * dim;
    const some = await device.read(points, undefined, { at: first * dim, length });
    for (let at = 0; at < length; at += dim) {
      const row = some.subarray(at, at + dim), part = of[first + at / dim];
      const size = metric === "cosine"
        ? Math.sqrt((row as Float32Array).reduce((sum, v) => sum + v * v, 0))
        : 1;
      row.forEach((v, t) => sums[part * dim + t] += v / size);
      sizes[part]++;
    }
  }
  return sums.map((v, at) => v / sizes[Math.floor(at / dim)]);
}

/** Neighbours of a map of n points where none are asked for. */
export function usualNeighbours(n: number): number {
  return Math.min(15, n);
}

/** The options with their defaults. @throws RangeError or TypeError if one is out of range */
function check(points: Tensor, options: UmapOptions) {
  if (points.shape.length !== 2 || points.dtype !== "f32") {
    throw new TypeError(`umap: points must be an f32 tensor [n, dim], got ${points}`);
  }
  const [n] = points.shape;
  if (n < 3) throw new RangeError(`umap: a map needs at least 3 points, got ${n}: add points`);
  const { dimensions = 2, neighbours = usualNeighbours(n), seed = 0 } = options;
  const { negatives = 5, init: start = "spectral" } = options;
  const { epochs = n <= 10_000 ? 500 : 200, metric = "euclidean" } = options;
  const { learningRate = 1, repulsion = 1, minDist = 0.1, spread = 1 } = options;
  integer("dimensions", dimensions, 1, 256);
  integer("neighbours", neighbours, 2, MOST_NEIGHBOURS);
  if (neighbours > n) {
    throw new RangeError(
      `umap: neighbours, which count the point itself, must be at most the number of points, ` +
        `${n}, got ${neighbours}: ask for fewer`,
    );
  }
  integer("epochs", epochs, 1, 1e6);
  integer("negatives", negatives, 0, 1000);
  integer("seed", seed, 0, 2 ** 32 - 1);
  integer("every", options.every ?? 1, 1, 1e6);
  for (const [name, value] of Object.entries({ learningRate, repulsion })) {
    if (!(value >= 0 && value <= 1e6)) {
      throw new RangeError(`umap: ${name} must be a number from 0 to 1e6, got ${value}`);
    }
  }
  if (metric !== "euclidean" && metric !== "cosine") {
    throw new RangeError(`umap: metric must be "euclidean" or "cosine", got ${metric}`);
  }
  checkStart(start, n, dimensions);
  const curve = fitCurve(minDist, spread);
  const layout = { dimensions, epochs, learningRate, repulsion, negatives, seed, ...curve };
  return { ...layout, neighbours, metric, init: start };
}

function checkStart(start: unknown, n: number, dimensions: number): void {
  if (start === "spectral" || start === "random") return;
  if (!(start instanceof Float32Array)) {
    throw new TypeError(
      `umap: init must be "spectral", "random" or a Float32Array of positions, got ${start}`,
    );
  }
  if (start.length !== n * dimensions || !start.every(Number.isFinite)) {
    throw new RangeError(
      `umap: init must be ${n} rows of ${dimensions} finite numbers, got ${start.length}`,
    );
  }
}

/** @throws RangeError unless the value is an integer in the range */
export function integer(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new RangeError(`umap: ${name} must be an integer from ${low} to ${high}, got ${value}`);
}
