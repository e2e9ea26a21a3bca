import type { Device } from "../device/device.ts";
import { nearestNeighbours } from "../neighbours/neighbours.ts";
import { requireFinite } from "../ops/finite.ts";
import { data, type Tensor } from "../plan/tensor.ts";
import { type DbscanMetric, EPS_RANGE } from "./dbscan.ts";
import { unitVectors } from "./unit_vectors.ts";

/** What to base the suggestion on. */
export interface SuggestOptions {
  /** As for {@link dbscan}, itself counted: 2 to 257. */
  readonly minPoints: number;
  /** Default "euclidean". */
  readonly metric?: DbscanMetric;
  /** Stops the work: `Cancelled` is thrown. */
  readonly signal?: AbortSignal;
  /** Called now and then: how much of how much is done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A suggested eps, and the curve that it was read from. */
export interface EpsSuggestion {
  /** The distance at the knee. */
  readonly eps: number;
  /** Distance of each point to the (minPoints - 1)-th other point, ascending. */
  readonly distances: Float32Array;
  /** Place of the knee in the curve: this many points, and one more, are core points at eps. */
  readonly knee: number;
}

/**
 * The k-distance curve and its knee. A point is a core point if its (minPoints - 1)-th nearest
 * other point is within eps, so an eps read from the curve says how many there will be. Dense points
 * make the flat part of the sorted curve, noise the steep part at its end; the knee between them is
 * the place where the curve lies deepest below the straight line from its first to its last point:
 * the largest `i / (n - 1) - (d_i - d_0) / (d_(n-1) - d_0)`, the first of equals; distances of 0, as
 * repeated rows have them, are passed over. That is Kneedle
 * with one knee and without smoothing, which sorted distances do not need. A starting point, not an
 * answer: a data set of clusters of several densities has several knees.
 *
 * @param points [n, dim] f32, on the device
 * @throws RangeError if minPoints is not from 2 to 257, there are fewer points, a number is not
 * finite, a row is zero under "cosine", or all distances are 0
 * @throws Cancelled if the signal is aborted
 * @see Ester et al. (1996), section 4.2, the sorted k-dist graph; Satopaa, Albrecht, Irwin,
 * Raghavan (2011), Finding a "kneedle" in a haystack: detecting knee points in system behavior
 */
export async function suggestEps(
  device: Device,
  points: Tensor,
  { minPoints, metric = "euclidean", signal, onProgress }: SuggestOptions,
): Promise<EpsSuggestion> {
  check(points, minPoints, metric);
  await requireFinite(device, points, "suggestEps");
  const k = minPoints - 1, search = { k, signal, onProgress };
  const own = metric === "euclidean" ? points : await unitRows(device, points);
  try {
    const { distances: all } = await nearestNeighbours(device, own, search);
    const far = Float32Array.from({ length: points.shape[0] }, (_, i) => all[i * k + k - 1]);
    // ||u - v||^2 = 2 (1 - cos)
    const distances = (metric === "cosine" ? far.map((d) => d * d / 2) : far).sort();
    const knee = placeFrom(distances, kneeOf(distances), EPS_RANGE[metric][0]);
    return { eps: distances[knee], distances, knee };
  } finally {
    if (own !== points) device.free(own);
  }
}

/**
 * Place of the knee of an ascending curve: where it is deepest below its chord. The last place of a
 * curve without one.
 */
export function kneeOf(curve: ArrayLike<number>): number {
  const last = curve.length - 1, range = curve[last] - curve[0];
  let knee = last, depth = 0;
  if (!(range > 0)) return last;
  for (let i = 0; i < last; i++) {
    const here = i / last - (curve[i] - curve[0]) / range;
    if (here > depth) [knee, depth] = [i, here];
  }
  return knee;
}

/**
 * The first place from the knee on with a distance that {@link dbscan} takes: repeated rows have
 * distances of 0.
 * @throws RangeError if there is none
 */
function placeFrom(distances: Float32Array, knee: number, least: number): number {
  while (knee < distances.length && distances[knee] < least) knee++;
  if (knee < distances.length) return knee;
  throw new RangeError(
    "suggestEps: some points must be apart from others, got distances of 0 for all: remove " +
      "repeated rows or choose a larger minPoints",
  );
}

async function unitRows(device: Device, points: Tensor): Promise<Tensor> {
  const x = await device.read(points) as Float32Array;
  const unit = data("unit", points.shape);
  device.write(unit, unitVectors(x, points.shape[1], "suggestEps").high);
  return unit;
}

/** @throws RangeError or TypeError if an argument is out of range */
function check(points: Tensor, minPoints: number, metric: DbscanMetric): void {
  if (points.shape.length !== 2 || points.dtype !== "f32") {
    throw new TypeError(`suggestEps: points must be an f32 tensor [n, dim], got ${points}`);
  }
  if (metric !== "euclidean" && metric !== "cosine") {
    throw new RangeError(`suggestEps: metric must be "euclidean" or "cosine", got "${metric}"`);
  }
  if (!(Number.isInteger(minPoints) && minPoints >= 2 && minPoints <= 257)) {
    throw new RangeError(
      `suggestEps: minPoints must be an integer from 2 to 257, got ${minPoints}`,
    );
  }
  if (minPoints > points.shape[0]) {
    throw new RangeError(
      `suggestEps: minPoints ${minPoints} needs at least as many points, got ${points.shape[0]}`,
    );
  }
}
