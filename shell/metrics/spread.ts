import type { Device } from "../device/device.ts";
import { Cancelled } from "../errors.ts";
import { clusterMoments } from "../kernels/cluster_moments.ts";
import { requireFinite } from "../ops/finite.ts";
import { Graph } from "../plan/graph.ts";
import { compile, type Plan } from "../plan/plan.ts";
import { data, state, type Tensor } from "../plan/tensor.ts";
import { group, type Groups } from "./groups.ts";
import type { NoiseOptions } from "./noise.ts";

/** Centres of clusters and how far their points are from them. */
export interface ClusterSpread {
  /** Points that are in a cluster. */
  readonly n: number;
  /** Numbers in a point. */
  readonly dim: number;
  /** The label of each cluster; [k]. */
  readonly ids: Float64Array;
  /** Points of each cluster; [k]. */
  readonly sizes: Float64Array;
  /** Mean of each cluster; [k, dim]. */
  readonly centres: Float64Array;
  /** Mean distance of a cluster's points from its centre; [k]. */
  readonly distances: Float64Array;
  /** Sum of the squares of those distances; [k]. */
  readonly squares: Float64Array;
}

/** Options of the metrics that look at centres. */
export interface SpreadOptions extends NoiseOptions {
  /** Stops the work: `Cancelled` is thrown. */
  readonly signal?: AbortSignal;
}

/** Points of a segment, at most. */
const SEGMENT = 256;

/** Times that the centres are measured at most; the second stands as a rule. */
const ROUNDS = 4;

/** Distance of a centre from where it was measured, in units of the spread, that is none. */
const STILL = 1e-5;

/** The same, up to which sums of squares around one tell those around the other to 6 digits. */
const NEAR = 4;

/**
 * Centre of each cluster, mean distance from it and sum of squared distances, in two passes over the
 * points: the first relative to a point of each cluster, the second relative to the centre that this
 * gives, as the sum of two float32 numbers. So no digits are lost where clusters are far from the
 * origin or small beside their distances; sums are over fixed segments of up to 256 points in float32
 * and over segments in float64.
 *
 * @param points [n, dim] f32, on the device
 * @param labels cluster of each point, any integers
 * @throws RangeError if there are fewer than 2 clusters or as many as points, the labels are not n
 * integers, or a number is not finite or too large to be squared
 * @throws Cancelled if the signal is aborted
 */
export async function clusterSpread(
  device: Device,
  points: Tensor,
  labels: ArrayLike<number>,
  options: SpreadOptions = {},
): Promise<ClusterSpread> {
  return await spreadOf("clusterSpread", device, points, labels, options);
}

/** What of a spread is needed: without the distances one pass does, as a rule. */
type Need = "all" | "squares";

/** The same for a metric of that name, which may not need the mean distances. */
export async function spreadOf(
  what: string,
  device: Device,
  points: Tensor,
  labels: ArrayLike<number>,
  { noise, signal }: SpreadOptions,
  need: Need = "all",
): Promise<ClusterSpread> {
  checkPoints(what, points);
  const groups = group(what, labels, points.shape[0], noise);
  return await measureSpread(what, device, points, groups, signal, need);
}

/** @throws TypeError unless points are rows of float32 */
export function checkPoints(what: string, points: Tensor): void {
  if (points.shape.length !== 2 || points.dtype !== "f32") {
    throw new TypeError(`${what}: points must be an f32 tensor [n, dim], got ${points}`);
  }
}

/** The same for points that are checked and sorted. */
export async function measureSpread(
  what: string,
  device: Device,
  points: Tensor,
  groups: Groups,
  signal?: AbortSignal,
  need: Need = "all",
): Promise<ClusterSpread> {
  const moments = new Moments(device, points, groups);
  try {
    await moments.load();
    for (let round = 1;; round++) {
      if (signal?.aborted) throw new Cancelled(`${what}: stopped on request`);
      const move = await moments.measure();
      if (!moments.finite) {
        await requireFinite(device, points, what);
        throw new RangeError(`${what}: numbers are too large to be squared: scale them down first`);
      }
      const done = need === "squares" ? move <= NEAR : round > 1 && move <= STILL;
      if (done || round === ROUNDS) return moments.spread;
    }
  } finally {
    moments.free();
  }
}

/** The program that measures around given centres, and what it gave. */
class Moments {
  readonly spread: ClusterSpread;
  readonly #t;
  readonly #plan: Plan;

  constructor(readonly device: Device, readonly points: Tensor, readonly groups: Groups) {
    const { order, start, ids } = groups;
    const dim = points.shape[1], k = ids.length;
    this.spread = {
      ...{ n: order.length, dim, ids },
      sizes: Float64Array.from(ids, (_, c) => start[c + 1] - start[c]),
      centres: new Float64Array(k * dim),
      distances: new Float64Array(k),
      squares: new Float64Array(k),
    };
    const segments = segmentsOf(start);
    const count = segments.cluster.length;
    this.#t = {
      x: points,
      order: data("order", [order.length], "u32"),
      begin: data("begin", [count + 1], "u32"),
      cluster: data("cluster", [count], "u32"),
      centre: data("centre", [k, dim]),
      shift: data("shift", [k, dim]),
      sum: state("sum", [count, dim + 2]),
    };
    const g = new Graph("spread of clusters");
    g.call(clusterMoments, this.#t, { segments: count, dim });
    this.#plan = compile(g);
  }

  /** Starts from the first point of each cluster. */
  async load(): Promise<void> {
    const { device, groups: { order, start, ids }, spread: { centres, dim } } = this, t = this.#t;
    await device.load(this.#plan);
    const { begin, cluster } = segmentsOf(start);
    device.write(t.order, order);
    device.write(t.begin, begin);
    device.write(t.cluster, cluster);
    for (let c = 0; c < ids.length; c++) {
      const range = { at: order[start[c]] * dim, length: dim };
      centres.set(await device.read(this.points, undefined, range), c * dim);
    }
  }

  /** Measures around the centres and moves them; the largest move, in units of the spread. */
  async measure(): Promise<number> {
    const { device, groups: { start }, spread } = this, t = this.#t;
    const { centres, distances, squares, sizes, dim } = spread;
    const centre = Float32Array.from(centres);
    device.write(t.centre, centre);
    device.write(t.shift, Float32Array.from(centres, (value, i) => value - centre[i]));
    device.run(this.#plan);
    const sums = await device.read(t.sum);
    distances.fill(0);
    squares.fill(0);
    const moved = new Float64Array(centres.length);
    segmentsOf(start).cluster.forEach((c, s) => {
      const at = s * (dim + 2);
      for (let d = 0; d < dim; d++) moved[c * dim + d] += sums[at + d];
      distances[c] += sums[at + dim];
      squares[c] += sums[at + dim + 1];
    });
    let farthest = 0;
    for (let c = 0; c < sizes.length; c++) {
      let move = 0;
      for (let i = c * dim; i < (c + 1) * dim; i++) {
        moved[i] /= sizes[c];
        centres[i] += moved[i];
        move += moved[i] ** 2;
      }
      distances[c] /= sizes[c];
      // Around the mean the sum of squares is the smallest.
      squares[c] = Math.max(0, squares[c] - sizes[c] * move);
      // A cluster of one place has no spread: any move at all is far.
      if (move > 0) farthest = Math.max(farthest, Math.sqrt(move * sizes[c] / squares[c]));
    }
    return farthest;
  }

  get finite(): boolean {
    const { centres, distances, squares } = this.spread;
    return [centres, distances, squares].every((list) => list.every(Number.isFinite));
  }

  free(): void {
    const { x: _, ...own } = this.#t;
    this.device.unload(this.#plan);
    this.device.free(...Object.values(own));
  }
}

/** Cuts clusters into segments of up to 256 points: where they begin, and the cluster of each. */
function segmentsOf(start: Uint32Array): { begin: Uint32Array; cluster: Uint32Array } {
  const begin: number[] = [], cluster: number[] = [];
  for (let c = 0; c + 1 < start.length; c++) {
    for (let p = start[c]; p < start[c + 1]; p += SEGMENT) {
      begin.push(p);
      cluster.push(c);
    }
  }
  begin.push(start[start.length - 1]);
  return { begin: Uint32Array.from(begin), cluster: Uint32Array.from(cluster) };
}
