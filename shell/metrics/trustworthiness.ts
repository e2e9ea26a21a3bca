import type { Device } from "../device/device.ts";
import { Cancelled } from "../errors.ts";
import { CLOSER_ROWS, countCloser } from "../kernels/count_closer.ts";
import { panelsSize } from "../kernels/pack_panels.ts";
import { nearestNeighbours } from "../neighbours/neighbours.ts";
import { requireFinite } from "../ops/finite.ts";
import { Graph } from "../plan/graph.ts";
import { compile } from "../plan/plan.ts";
import { data, state, type Tensor } from "../plan/tensor.ts";
import { unitPoints } from "./cosine_silhouette.ts";
import { packing, WORK } from "./paired_silhouette.ts";

/** Options of {@link trustworthiness} and {@link continuity}. */
export interface ProjectionOptions {
  /** Neighbours k that are looked at, 1 to 256 and less than half of the points (default 5). */
  readonly neighbours?: number;
  /** Distance between the points; that in the projection is Euclidean (default `euclidean`). */
  readonly metric?: "euclidean" | "cosine";
  /** Stops the work: `Cancelled` is thrown. */
  readonly signal?: AbortSignal;
}

/**
 * Trustworthiness of a projection: whether neighbours on the map are neighbours in the data,
 * `T = 1 - 2 / (n k (2 n - 3 k - 1)) sum_i sum_(j in N_i) max(0, r(i, j) - k)`, where N_i are the k
 * nearest neighbours of i in the projection and r(i, j) is the rank of j among the neighbours of i in
 * the data, the nearest being 1. Of equally distant points the lower number comes first.
 *
 * From all pairs, in O(n k) memory. Exact for float32 distances: two whose difference is lost in
 * rounding may swap places, which moves T by `2 / (n k (2 n - 3 k - 1))`. There are no clusters in it,
 * and so no noise.
 *
 * @param points [n, dim] f32, the data, on the device
 * @param projection [n, d] f32, the same points on the map
 * @returns a share in [0, 1]; 1 if no point has a neighbour on the map that it should not have
 * @throws RangeError if the number of points differs, k is not from 1 to 256 and less than n / 2, a
 * number is not finite, or, with cosine, a row is all zeros
 * @throws Cancelled if the signal is aborted
 * @see Venna and Kaski, "Neighborhood preservation in nonlinear projection methods: an experimental
 * study", ICANN (2001), equation 1
 */
export async function trustworthiness(
  device: Device,
  points: Tensor,
  projection: Tensor,
  options: ProjectionOptions = {},
): Promise<number> {
  return await preserved("trustworthiness", device, points, projection, options);
}

/**
 * Continuity of a projection: whether neighbours in the data are neighbours on the map. The same
 * formula as {@link trustworthiness} with the two spaces swapped: neighbours N_i in the data, ranks on
 * the map.
 *
 * @param points [n, dim] f32, the data, on the device
 * @param projection [n, d] f32, the same points on the map
 * @returns a share in [0, 1]; 1 if every point has its neighbours beside it on the map
 * @throws RangeError and Cancelled as {@link trustworthiness}
 * @see Venna and Kaski (2001), equation 2
 */
export async function continuity(
  device: Device,
  points: Tensor,
  projection: Tensor,
  options: ProjectionOptions = {},
): Promise<number> {
  return await preserved("continuity", device, points, projection, options);
}

async function preserved(
  what: "trustworthiness" | "continuity",
  device: Device,
  points: Tensor,
  projection: Tensor,
  { neighbours: k = 5, metric = "euclidean", signal }: ProjectionOptions,
): Promise<number> {
  check(what, points, projection, k, metric);
  await requireFinite(device, points, what);
  await requireFinite(device, projection, `${what}: projection`);
  const n = points.shape[0];
  const source = metric === "cosine" ? await unitPoints(device, points, what) : points;
  try {
    const [near, ranked] = what === "trustworthiness" ? [projection, source] : [source, projection];
    const { indices } = await nearestNeighbours(device, near, { k, signal });
    const closer = await countsOf(what, device, ranked, indices, k, signal);
    const excess = closer.reduce((sum, count) => sum + Math.max(0, count + 1 - k), 0);
    return 1 - 2 * excess / (n * k * (2 * n - 3 * k - 1));
  } finally {
    if (source !== points) device.free(source);
  }
}

function check(what: string, points: Tensor, projection: Tensor, k: number, metric: string): void {
  for (const [name, t] of Object.entries({ points, projection })) {
    if (t.shape.length !== 2 || t.dtype !== "f32") {
      throw new TypeError(`${what}: ${name} must be an f32 tensor [n, dim], got ${t}`);
    }
  }
  const n = points.shape[0];
  if (projection.shape[0] !== n) {
    throw new RangeError(
      `${what}: points and projection must be as many, got ${n} and ${projection.shape[0]}`,
    );
  }
  if (!(Number.isInteger(k) && k >= 1 && k <= 256 && k < n / 2)) {
    throw new RangeError(
      `${what}: neighbours must be an integer from 1 to 256 and less than half of the ${n} points, ` +
        `got ${k}`,
    );
  }
  if (metric !== "euclidean" && metric !== "cosine") {
    throw new TypeError(`${what}: metric must be "euclidean" or "cosine", got ${metric}`);
  }
}

/** How many points are closer to each point than each of its k named ones; [n, k]. */
async function countsOf(
  what: string,
  device: Device,
  points: Tensor,
  indices: Uint32Array,
  k: number,
  signal?: AbortSignal,
): Promise<Uint32Array> {
  const [n, dim] = points.shape;
  const t = {
    order: data("order", [n], "u32"),
    y: state("y", [panelsSize(n, dim)]),
    index: data("index", [n, k], "u32"),
    count: state("count", [n, k], "u32"),
  };
  const step = 16 * CLOSER_ROWS;
  const m = Math.ceil(Math.min(n, Math.max(1, WORK / (n * (dim + k)))) / step) * step;
  const g = new Graph("ranks");
  g.call(countCloser, t, { n, dim, k, first: g.scalar("first", "u32"), m });
  const pack = packing(points, t.order, t.y), plan = compile(g);
  try {
    await device.load(pack);
    await device.load(plan);
    device.write(t.order, Uint32Array.from({ length: n }, (_, i) => i));
    device.write(t.index, indices);
    device.run(pack);
    for (let first = 0; first < n; first += m) {
      if (signal?.aborted) throw new Cancelled(`${what}: stopped on request`);
      device.run(plan, [{ first }]);
      await device.sync();
    }
    return await device.read(t.count) as Uint32Array;
  } finally {
    device.unload(pack);
    device.unload(plan);
    device.free(...Object.values(t));
  }
}
