import type { Device } from "../device/device.ts";
import { requireFinite, requireSmall } from "../ops/finite.ts";
import type { Tensor } from "../plan/tensor.ts";
import { Philox } from "../random.ts";
import { group } from "./groups.ts";
import type { NoiseOptions } from "./noise.ts";
import { queryValues } from "./query_silhouette.ts";
import type { Silhouette } from "./silhouette.ts";
import { checkPoints } from "./spread.ts";

/** Stream of the random numbers that choose the points. */
const STREAM = 0x530000;

/** Standard normal deviates that 95% lie within. */
const NORMAL_95 = 1.959964;

/** Differences of two numbers that an exact silhouette takes, at most: some 15 s on 2 cores. */
const MOST_WORK = 1e12;

/** Points of a sample where all of them would take long. */
export const SAMPLE_SIZE = 10_000;

/** Whether the silhouette of n points of `dim` numbers is one of a sample, unless somebody asks. */
export function wantsSample(n: number, dim: number): boolean {
  return n > SAMPLE_SIZE && n * n * dim > MOST_WORK;
}

/** Options of {@link silhouetteSample}. */
export interface SampleOptions extends NoiseOptions {
  /** Points whose values are computed, 2 or more (default 2,000); all if there are no more. */
  readonly size?: number;
  /** Chooses the points (default 0). */
  readonly seed?: number;
  /** Stops the work: `Cancelled` is thrown. */
  readonly signal?: AbortSignal;
  /** Called now and then: how many of the points are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** An estimate of the mean silhouette value. */
export interface SilhouetteSample extends Silhouette {
  /** Standard error of the mean. */
  readonly error: number;
  /** 95% confidence interval of the mean over all points. */
  readonly low: number;
  /** Upper end of the 95% confidence interval. */
  readonly high: number;
}

/**
 * The mean Euclidean silhouette from the exact values of a random sample of the points, in
 * O(size n dim) rather than O(n^2 dim).
 *
 * The points are drawn without replacement, all subsets equally likely, and each is measured against
 * all n points, so that the mean of the sample is an unbiased estimate of the mean of all. (A
 * silhouette within a sample, as scikit-learn's `sample_size` gives, is another number: distances to
 * fewer points.) The interval is the normal one, `mean +- 1.96 error` with
 * `error = sqrt(variance / size (1 - size / n))`, cut at -1 and 1; it is 0 wide if all points are
 * taken. Small samples of clusters with very unequal values are not quite normal: take some hundred
 * points.
 *
 * Noise as in `silhouette`.
 *
 * @param points [n, dim] f32, on the device
 * @param labels cluster of each point, any integers
 * @throws RangeError as `silhouette`, or if size is not an integer of 2 or more, or the seed not one of
 * 32 bits
 * @throws Cancelled if the signal is aborted
 * @see Cochran, "Sampling techniques" (1977), equation 2.20
 */
export async function silhouetteSample(
  device: Device,
  points: Tensor,
  labels: ArrayLike<number>,
  { size = 2000, seed = 0, noise, signal, onProgress }: SampleOptions = {},
): Promise<SilhouetteSample> {
  if (!(Number.isInteger(size) && size >= 2)) {
    throw new RangeError(`silhouetteSample: size must be an integer of 2 or more, got ${size}`);
  }
  const random = new Philox(seed, STREAM);
  checkPoints("silhouetteSample", points);
  const groups = group("silhouetteSample", labels, points.shape[0], noise);
  await requireFinite(device, points, "silhouetteSample");
  const n = groups.order.length, m = Math.min(size, n);
  const chosen = random.permutation(n).slice(0, m);
  chosen.sort((p, q) => groups.order[p] - groups.order[q]);
  const rows = chosen.map((p) => groups.order[p]), label = chosen.map((p) => groups.label[p]);
  const samples = await queryValues(device, points, groups, { rows, label }, {
    signal,
    onProgress,
  });
  const mean = samples.reduce((sum, s) => sum + s, 0) / m;
  requireSmall("silhouetteSample", mean);
  const variance = samples.reduce((sum, s) => sum + (s - mean) ** 2, 0) / (m - 1);
  const error = Math.sqrt(variance / m * (1 - m / n));
  const low = Math.max(-1, mean - NORMAL_95 * error), high = Math.min(1, mean + NORMAL_95 * error);
  return { mean, samples, rows, error, low, high };
}
