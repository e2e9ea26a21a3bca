import type { Device } from "../device/device.ts";
import { Cancelled } from "../errors.ts";
import { ari } from "../metrics/ari.ts";
import { silhouette } from "../metrics/silhouette.ts";
import { requireFinite } from "../ops/finite.ts";
import { data, type Tensor } from "../plan/tensor.ts";
import { Philox } from "../random.ts";
import { calinskiHarabaszOf, daviesBouldinOf, dispersion } from "./dispersion.ts";
import { boxOf, gapOf, uniformPoints } from "./gap.ts";
import { kmeans, type KmeansResult } from "./kmeans.ts";
import { requireCounts, requirePoints } from "./kmeans_options.ts";
import { alignedBox, type ReferenceBox, usualBox } from "./reference_box.ts";
import { type KScores, recommend, type Recommendation } from "./recommend.ts";
import { randomPoints } from "./seeding.ts";

/** Which numbers of clusters to try, and how hard. */
export interface ChooseKOptions {
  /** Smallest number of clusters. Default 1: only then can the gap say that one fits. */
  readonly from?: number;
  /** Largest number of clusters, at most n. Default 10, or n if that is less. */
  readonly to?: number;
  /** Runs of K-Means from different starts for each clustering. Default 4. */
  readonly starts?: number;
  /** Sets of points without clusters for the gap statistic. Default 20; 0 leaves it out. */
  readonly references?: number;
  /**
   * Where those points lie: in the smallest box along the principal components of the points
   * (default up to 1,000 columns), which has their shape, or along the axes.
   */
  readonly referenceBox?: ReferenceBox;
  /** Pairs of bootstrap samples for the stability. Default 10; 0 leaves it out. */
  readonly bootstraps?: number;
  /** Points of which the silhouette is taken, at random, if there are more. Default 20,000. */
  readonly sample?: number;
  /** Of the random numbers, an integer in [0, 2^32). Default 0. */
  readonly seed?: number;
  /** Stops the work: `Cancelled` is thrown. */
  readonly signal?: AbortSignal;
  /** Called for each clustering: how many of how many are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Scores by the number of clusters, and a recommendation. */
export interface KChoice extends Recommendation {
  /**
   * By number of clusters, in order. It ends early where points run out: at the number of distinct
   * points.
   */
  readonly rows: readonly KScores[];
  /** K-Means with the recommended number. */
  readonly clustering: KmeansResult;
}

/** Key of the host's random streams: reference sets, bootstrap samples, the silhouette's points. */
const STREAM = { references: 0x63680000, bootstraps: 0x63690000, sample: 0x636a0000 } as const;

type Settings = ReturnType<typeof check>;

/**
 * How many clusters? K-Means for each k of a range, and for each clustering
 *
 * - the silhouette, of a sample if there are many points;
 * - Calinski-Harabasz and Davies-Bouldin;
 * - the gap statistic: the inertia against that of uniform points in a box around the points;
 * - the stability: two bootstrap samples are clustered, all points are given to the nearest centres
 *   of either, and the adjusted Rand index says how far the two agree.
 *
 * The recommendation is what most of them choose, and says where they do not agree; see
 * {@link recommend}. The same seed gives the same table for any number of workers. The host keeps a
 * copy of the points.
 *
 * @param points [n, dim] f32, on the device; for the cosine, bring rows to length 1 before
 * @throws RangeError if an option is out of range, there are fewer distinct points than `from`, or
 * a number is not finite
 * @throws Cancelled if the signal is aborted
 * @see Tibshirani, Walther, Hastie (2001), Estimating the number of clusters in a data set via the
 * gap statistic; Fang and Wang (2012), Selection of the number of clusters via the bootstrap method
 */
export async function chooseK(
  device: Device,
  points: Tensor,
  options: ChooseKOptions = {},
): Promise<KChoice> {
  const settings = check(points, options);
  await requireFinite(device, points, "chooseK");
  const sweep = new Sweep(device, points, settings);
  const x = await device.read(points) as Float32Array;
  const found = await sweep.clusterings(x);
  const ks = found.map(({ k }) => k);
  const references = await sweep.references(x, ks);
  const agreements = await sweep.agreements(ks);
  const rows = found.map(({ result: _, ...scores }, i): KScores => {
    const gap = scores.inertia > 0 && references[i].length > 0 && references[i].every((w) => w > 0)
      ? gapOf(scores.inertia, references[i])
      : null;
    const stability = agreements[i].length > 0 ? mean(agreements[i]) : null;
    return { ...scores, gap: gap?.gap ?? null, gapError: gap?.error ?? null, stability };
  });
  sweep.finish();
  const choice = recommend(rows);
  const clustering = found.find(({ k }) => k === choice.recommended)!.result;
  return { rows, ...choice, clustering };
}

/** The clusterings of all numbers of clusters, of the points and of what they are compared with. */
class Sweep {
  #done = 0;

  constructor(
    readonly device: Device,
    readonly points: Tensor,
    readonly settings: Settings,
  ) {}

  /** The points' own clusterings with the scores that need nothing else. */
  async clusterings(x: Float32Array) {
    const { from, to } = this.settings;
    const judge = this.#judge(x);
    const all = [];
    try {
      for (let k = from; k <= to; k++) {
        const result = await this.#cluster(this.points, k);
        // No more distinct points than before: nothing more to be told apart.
        if (result.found < k && all.length > 0) break;
        requireDistinct(result.found, k);
        const spread = dispersion(x, result.labels);
        const scores = {
          k,
          inertia: spread.within,
          silhouette: await judge.silhouette(result.labels),
          calinskiHarabasz: finite(calinskiHarabaszOf(spread)),
          daviesBouldin: finite(daviesBouldinOf(spread)),
        };
        all.push({ ...scores, result });
      }
      return all;
    } finally {
      judge.free();
    }
  }

  /** The points, or some of them, of which the silhouette is taken. */
  #judge(x: Float32Array) {
    const { device, points, settings: { sample, seed, signal } } = this;
    const [n, dim] = points.shape;
    const chosen = n > sample ? randomPoints(n, sample, new Philox(seed, STREAM.sample)) : null;
    let some = points;
    if (chosen) {
      const rows = new Float32Array(sample * dim);
      chosen.forEach((i, s) => rows.set(x.subarray(i * dim, (i + 1) * dim), s * dim));
      device.write(some = data("sample", [sample, dim]), rows);
    }
    return {
      silhouette: async (labels: Uint32Array): Promise<number | null> => {
        const own = chosen ? Uint32Array.from(chosen, (i) => labels[i]) : labels;
        const k = new Set(own).size;
        if (k < 2 || k > own.length - 1) return null;
        return (await silhouette(device, some, own, { signal })).mean;
      },
      free: () => chosen && device.free(some),
    };
  }

  /** Inertia of points without clusters, for each k. */
  async references(x: Float32Array, ks: readonly number[]): Promise<number[][]> {
    const { device, points, settings: { references, referenceBox, seed, signal } } = this;
    const [n, dim] = points.shape;
    const inertias: number[][] = ks.map(() => []);
    if (references === 0) return inertias;
    const box = referenceBox === "axes" ? boxOf(x, dim) : await alignedBox(device, points, signal);
    const uniform = data("uniform points", [n, box.low.length]);
    try {
      for (let b = 0; b < references; b++) {
        device.write(uniform, uniformPoints(box, n, new Philox(seed, STREAM.references + b)));
        for (const [i, k] of ks.entries()) {
          inertias[i].push((await this.#cluster(uniform, k)).inertia);
        }
      }
      return inertias;
    } finally {
      device.free(uniform);
    }
  }

  /** Adjusted Rand indices of pairs of bootstrap samples, for each k above 1. */
  async agreements(ks: readonly number[]): Promise<number[][]> {
    const { points, settings: { bootstraps, seed } } = this;
    const [n] = points.shape;
    const all: number[][] = ks.map(() => []);
    for (let b = 0; b < bootstraps; b++) {
      // Rows drawn with repetition are weights, and points of weight 0 get a label all the same.
      const draws = [2 * b, 2 * b + 1].map((s) =>
        bootstrap(n, new Philox(seed, STREAM.bootstraps + s))
      );
      for (const [i, k] of ks.entries()) {
        if (k === 1) continue;
        const labels = [];
        for (const weights of draws) labels.push((await this.#cluster(points, k, weights)).labels);
        all[i].push(ari(labels[0], labels[1]));
      }
    }
    return all;
  }

  async #cluster(points: Tensor, clusters: number, weights?: Uint32Array): Promise<KmeansResult> {
    const { seed, starts, signal } = this.settings;
    if (signal?.aborted) throw new Cancelled("chooseK: stopped on request");
    const options = { clusters, seed, starts, signal, weights };
    const result = await kmeans(this.device, points, options);
    this.#tell(this.#done + 1);
    return result;
  }

  /** Clusterings that turned out not to be needed count as done. */
  finish(): void {
    if (this.#done < this.#total) this.#tell(this.#total);
  }

  get #total(): number {
    const { from, to, references, bootstraps } = this.settings;
    const ks = to - from + 1;
    return ks * (1 + references) + 2 * bootstraps * (from === 1 ? ks - 1 : ks);
  }

  #tell(done: number): void {
    this.#done = done;
    this.settings.onProgress?.(done, this.#total);
  }
}

/** @throws RangeError if there are fewer distinct points than the smallest number of clusters */
function requireDistinct(found: number, k: number): void {
  if (found === k) return;
  throw new RangeError(
    `chooseK: the smallest number of clusters must be at most that of distinct points, ${found}, ` +
      `got ${k}: begin with fewer`,
  );
}

/** How often each of n points is drawn in n draws with repetition. */
function bootstrap(n: number, random: Philox): Uint32Array {
  const counts = new Uint32Array(n);
  for (let i = 0; i < n; i++) counts[random.below(n)]++;
  return counts;
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

const finite = (value: number) => Number.isFinite(value) ? value : null;

/** The options with their defaults. @throws RangeError if one is out of range */
function check(points: Tensor, options: ChooseKOptions) {
  requirePoints("chooseK", points);
  const [n, dim] = points.shape;
  const { from = 1, to = Math.min(10, n), starts = 4, references = 20, bootstraps = 10 } = options;
  const { sample = 20_000, seed = 0, signal, onProgress } = options;
  requireCounts("chooseK", { from, to, starts, sample });
  if (from > to || to > n) {
    throw new RangeError(
      `chooseK: the clusters must be 1 to at most the ${n} points, got ${from} to ${to}`,
    );
  }
  for (const [name, value] of Object.entries({ references, bootstraps })) {
    if (Number.isInteger(value) && value >= 0) continue;
    throw new RangeError(`chooseK: ${name} must be an integer of at least 0, got ${value}`);
  }
  const { referenceBox = usualBox(n, dim) } = options;
  if (referenceBox !== "axes" && (referenceBox !== "components" || n < 2)) {
    throw new RangeError(
      "chooseK: referenceBox must be axes, or components of at least 2 points, got " +
        `${referenceBox} and ${n} points`,
    );
  }
  const settings = { from, to, starts, references, referenceBox, bootstraps, sample, seed };
  return { ...settings, signal, onProgress };
}
