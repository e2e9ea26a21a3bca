import type { Device, Numbers } from "../device/device.ts";
import { Cancelled } from "../errors.ts";
import { centredRows } from "../kernels/centred_rows.ts";
import { nearest } from "../kernels/nearest.ts";
import { squaredDistances } from "../kernels/squared_distances.ts";
import { unitRows } from "../kernels/unit_rows.ts";
import { requireFinite } from "../ops/finite.ts";
import { Graph } from "../plan/graph.ts";
import { compile } from "../plan/plan.ts";
import { data, state, type Tensor } from "../plan/tensor.ts";
import { type Metric, requirePoints } from "./kmeans_options.ts";
import { requireDirections, SHORTEST } from "./unit_points.ts";

/** What is left of a clustering to place other points: a result of K-Means has it. */
export interface Centres {
  /** k rows of dim numbers; of length 1 for `cosine`. */
  readonly centres: Float32Array;
  /** How far apart two points are. */
  readonly metric: Metric;
}

/** Where points belong. */
export interface Placement {
  /** Cluster of each point. */
  readonly labels: Uint32Array;
  /** Distance of each point to the centre of its cluster, in the metric of the clustering. */
  readonly distances: Float32Array;
}

/** Options of {@link kmeansPredict} and {@link kmeansTransform}. */
export interface PlaceOptions {
  /** Stops the work: `Cancelled` is thrown. */
  readonly signal?: AbortSignal;
  /** Called now and then: how many points of how many are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Numbers of a tile: points and what is computed for them. */
const TILE = 1 << 20;

/**
 * The cluster of other points, that of the nearest centre; of equal distances the lowest. Working
 * memory is a tile of points.
 *
 * @param found a result of `kmeans` or `miniBatchKmeans`
 * @param points [m, dim] f32, on the device
 * @throws RangeError if the points have another width than the centres, a number is not finite, or
 * a point has length 0 and the metric is `cosine`
 * @throws Cancelled if the signal is aborted
 */
export async function kmeansPredict(
  device: Device,
  points: Tensor,
  found: Centres,
  options: PlaceOptions = {},
): Promise<Placement> {
  const [m] = points.shape;
  const labels = new Uint32Array(m), distances = new Float32Array(m);
  await eachTile(device, points, found, options, {
    what: "kmeansPredict",
    width: () => 2,
    record(g, z, mu) {
      const [rows, dim] = z.shape, [k] = mu.shape;
      const label = g.output(g.temp([rows], "u32")), distance = g.output(g.temp([rows]));
      g.call(nearest, { z, mu, label, distance }, { m: rows, k, dim });
      return [label, distance];
    },
    take([label, distance], first) {
      const count = Math.min(m - first, label.length);
      labels.set(label.subarray(0, count), first);
      distances.set(distanceOf(found.metric, distance.subarray(0, count)), first);
    },
  });
  return { labels, distances };
}

/**
 * Distances of points to every centre, [m, k] row by row, in the metric of the clustering:
 * `||x_i - c_j||`, or `1 - cos(x_i, c_j)`.
 *
 * @param found a result of `kmeans` or `miniBatchKmeans`
 * @param points [m, dim] f32, on the device
 * @throws RangeError if the points have another width than the centres, a number is not finite, or
 * a point has length 0 and the metric is `cosine`
 * @throws Cancelled if the signal is aborted
 */
export async function kmeansTransform(
  device: Device,
  points: Tensor,
  found: Centres,
  options: PlaceOptions = {},
): Promise<Float32Array> {
  checkWidth("kmeansTransform", points, found);
  const [m, dim] = points.shape;
  const k = found.centres.length / dim;
  const all = new Float32Array(m * k);
  await eachTile(device, points, found, options, {
    ...distances(k),
    what: "kmeansTransform",
    take([d], first) {
      const count = Math.min((m - first) * k, d.length);
      all.set(distanceOf(found.metric, d.subarray(0, count)), first * k);
    },
  });
  return all;
}

/**
 * How sure the cluster of each point is, from 0 to 1: `1 - d1 / d2` of the distances to the nearest
 * centre and to the next one. It is 0 half-way between two centres and 1 on a centre or where there
 * is one cluster only: the silhouette of the point, with centres in the place of clusters.
 *
 * @param found a result of `kmeans` or `miniBatchKmeans`
 * @param points [m, dim] f32, on the device
 * @throws RangeError if the points have another width than the centres, a number is not finite, or
 * a point has length 0 and the metric is `cosine`
 * @throws Cancelled if the signal is aborted
 * @see Hruschka, de Castro, Campello (2004), Evolutionary algorithms for clustering gene-expression
 * data: the simplified silhouette
 */
export async function kmeansConfidence(
  device: Device,
  points: Tensor,
  found: Centres,
  options: PlaceOptions = {},
): Promise<Float32Array> {
  const what = "kmeansConfidence";
  checkWidth(what, points, found);
  const [m, dim] = points.shape;
  const k = found.centres.length / dim;
  const out = new Float32Array(m);
  await eachTile(device, points, found, options, {
    ...distances(k),
    what,
    take([d], first) {
      const all = distanceOf(found.metric, d);
      const count = Math.min(m - first, all.length / k);
      for (let i = 0; i < count; i++) out[first + i] = margin(all.subarray(i * k, (i + 1) * k));
    },
  });
  return out;
}

/** `1 - d1 / d2` of the two smallest distances; 1 of one alone, 0 if both are 0. */
function margin(d: Float32Array): number {
  let first = Infinity, second = Infinity;
  for (const one of d) {
    if (one < first) [first, second] = [one, first];
    else if (one < second) second = one;
  }
  return second > 0 && first < Infinity ? 1 - first / second : 0;
}

/** Distances from the squared distances of the points, which have length 1 for `cosine`. */
export function distanceOf(metric: Metric, squares: ArrayLike<number>): Float32Array {
  return metric === "cosine"
    ? Float32Array.from(squares, (square) => square / 2)
    : Float32Array.from(squares, Math.sqrt);
}

/** What is done with a tile of points. */
interface Task {
  readonly what: string;
  /** Numbers that are computed for a point. */
  readonly width: (k: number) => number;
  /** Records it; returns what is to be read. */
  readonly record: (g: Graph, x: Tensor, c: Tensor) => Tensor[];
  /** Takes what was read for the tile that begins with point `first`; its end may be padding. */
  readonly take: (read: readonly Numbers[], first: number) => void;
}

/** The part of a task that computes the squared distances to all k centres. */
function distances(k: number): Pick<Task, "width" | "record"> {
  return {
    width: () => k,
    record(g, x, c) {
      const [n, dim] = x.shape;
      const d = g.output(g.temp([n, k]));
      g.call(squaredDistances, { x, c, d }, { n, dim, k });
      return [d];
    },
  };
}

/** Goes through the points tile by tile. */
async function eachTile(
  device: Device,
  points: Tensor,
  found: Centres,
  { signal, onProgress }: PlaceOptions,
  task: Task,
): Promise<void> {
  checkWidth(task.what, points, found);
  await requireFinite(device, points, task.what);
  const [m] = points.shape;
  const { plan, wanted, rows, factor, c, zero } = program(points, found, task);
  const cosine = found.metric === "cosine";
  try {
    device.write(c, found.centres);
    await device.load(plan);
    for (let first = 0; first < m; first += rows) {
      if (signal?.aborted) throw new Cancelled(`${task.what}: stopped on request`);
      device.run(plan, [{ first }]);
      const read = await Promise.all(wanted.map((one) => device.read(one, plan)));
      if (cosine) {
        const factors = await device.read(factor);
        requireDirections(factors.subarray(0, m - first), task.what, first);
      }
      task.take(read, first);
      onProgress?.(Math.min(m, first + rows), m);
    }
  } finally {
    device.unload(plan);
    device.free(c, zero, factor);
  }
}

/** The program of a tile: the points from the scalar `first` on, as the metric sees them. */
function program(points: Tensor, { centres, metric }: Centres, task: Task) {
  const [m, dim] = points.shape;
  const k = centres.length / dim;
  const rows = Math.min(m, Math.max(1, Math.floor(TILE / (2 * dim + task.width(k)))));
  const c = data("centres", [k, dim]), zero = state("zero", [dim]);
  const factor = state("factor", [rows]);
  const g = new Graph(task.what);
  let x = g.temp([rows, dim]);
  const tile = { x: points, centre: zero, y: x, square: g.temp([rows]) };
  g.call(centredRows, tile, { rows: m, m: rows, dim, first: g.scalar("first", "u32") });
  if (metric === "cosine") {
    const y = g.temp([rows, dim]);
    g.call(unitRows, { x, y, factor }, { m: rows, dim, epsilon: SHORTEST });
    x = y;
  }
  const wanted = task.record(g, x, c);
  return { plan: compile(g), wanted, rows, factor, c, zero };
}

/** @throws TypeError or RangeError unless the points are as wide as the centres */
function checkWidth(what: string, points: Tensor, { centres }: Centres): void {
  requirePoints(what, points);
  const k = centres.length / points.shape[1];
  if (!Number.isInteger(k) || k < 1) {
    throw new RangeError(
      `${what}: points must be as wide as the centres, got ${points} for centres of ` +
        `${centres.length} numbers in all`,
    );
  }
}
