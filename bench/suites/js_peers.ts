/** Clusterings and maps on the data that the peers from npm get, and how all of them are judged. */

import { dbscan } from "../../shell/cluster/dbscan.ts";
import { linkage, type LinkageMethod } from "../../shell/cluster/hierarchical.ts";
import { kmeans } from "../../shell/cluster/kmeans.ts";
import { cutByCount } from "../../shell/cluster/merge_tree.ts";
import type { Device } from "../../shell/device/device.ts";
import { accuracy } from "../../shell/metrics/accuracy.ts";
import { trustworthiness } from "../../shell/metrics/trustworthiness.ts";
import { nearestNeighbours } from "../../shell/neighbours/neighbours.ts";
import { data, type Tensor } from "../../shell/plan/tensor.ts";
import { conditional, symmetrised } from "../../shell/project/affinities.ts";
import { tsne } from "../../shell/project/tsne.ts";
import { umap } from "../../shell/project/umap.ts";
import { blobs, firstCentres } from "./blobs.ts";
import { type Measurement, median, spread, time } from "./measure.ts";

/** Width of the points. */
export const DIM = 10;

/** What is done, here and by the peers, on the first rows of `blobs`: few where peers need O(n^3). */
export const WORK = {
  kmeans: { rows: 50_000, clusters: 10, maxIterations: 20 },
  dbscan: { rows: 5_000, eps: 2.5, minPoints: 10 },
  single: { rows: 500, clusters: 10 },
  average: { rows: 500, clusters: 10 },
  ward: { rows: 500, clusters: 10 },
  tsne: { rows: 200, perplexity: 30, iterations: 250 },
  umap: { rows: 1_000, neighbours: 15, epochs: 200 },
} as const;

export type Work = keyof typeof WORK;

/** Who does what. */
export const PAIRS = [
  "ml-kmeans/kmeans",
  "skmeans/kmeans",
  "density-clustering/dbscan",
  "ml-hclust/single",
  "ml-hclust/average",
  "ml-hclust/ward",
  "tsne-js/tsne",
  "umap-js/umap",
] as const;

export type Pair = typeof PAIRS[number];

/** What a fit found; what there is of it depends on the work. */
export interface Found {
  readonly labels?: ArrayLike<number>;
  /** [clusters, DIM]. */
  readonly centres?: ArrayLike<number>;
  /** Of all merges, rising. */
  readonly heights?: ArrayLike<number>;
  /** [n, 2]. */
  readonly map?: ArrayLike<number>;
  readonly iterations?: number;
}

const tree = (method: LinkageMethod) => async (device: Device, points: Tensor) => {
  const found = await linkage(device, points, { method });
  return { labels: cutByCount(found, WORK.ward.clusters), heights: found.heights };
};

const FIT: Record<Work, (device: Device, points: Tensor, values: Float32Array) => Promise<Found>> =
  {
    kmeans(device, points, values) {
      const { clusters, maxIterations } = WORK.kmeans;
      const centres = firstCentres(values, DIM, clusters);
      return kmeans(device, points, { clusters, centres, maxIterations, tolerance: 0 });
    },
    dbscan: (device, points) => dbscan(device, points, WORK.dbscan),
    single: tree("single"),
    average: tree("average"),
    ward: tree("ward"),
    async tsne(device, points) {
      const { perplexity, iterations } = WORK.tsne;
      const options = { perplexity, iterations, exaggerationIterations: 100, seed: 1 };
      return { map: (await tsne(device, points, options)).positions, iterations };
    },
    async umap(device, points) {
      const { neighbours, epochs } = WORK.umap;
      return { map: (await umap(device, points, { neighbours, epochs, seed: 1 })).positions };
    },
  };

/** How a row names its work. */
export const titleOf = (work: Work) => `${work} ${WORK[work].rows} x ${DIM}`;

/** Milliseconds of whole fits of each work, and what the last of them found. */
export async function ourFits(device: Device, runs: number) {
  const measurements: Measurement[] = [];
  const found = new Map<Work, Found>();
  for (const work of Object.keys(WORK) as Work[]) {
    const { rows } = WORK[work];
    const values = blobs(rows, DIM), points = data("points", [rows, DIM]);
    device.write(points, values);
    const ms: number[] = [];
    const fit = async () => void found.set(work, await FIT[work](device, points, values));
    await fit();
    for (let run = 0; run < runs; run++) ms.push(await time(fit));
    device.free(points);
    const { description } = device.info;
    const times = { ms: median(ms), spread: spread(ms), runs };
    measurements.push({ name: titleOf(work), device: description, ...times });
  }
  return { measurements, found };
}

/** Quality of what was found, by the same formulas whoever found it; `ours` to compare with. */
export async function judge(
  device: Device,
  work: Work,
  found: Found,
  ours: Found,
): Promise<Record<string, number>> {
  const values = blobs(WORK[work].rows, DIM);
  const { centres, heights, map, iterations } = found;
  const labels = labelsOf(values, found);
  return {
    ...iterations !== undefined && { iterations },
    ...centres && { inertia: nearestCentres(values, centres).inertia },
    ...labels && { agreement: accuracy(labelsOf(values, ours)!, labels) },
    ...heights && { "height error": heightError(ours.heights!, heights) },
    ...map && await judgeMap(device, values, Float32Array.from(map), work === "tsne"),
  };
}

/**
 * Labels to compare: by the centres, where there are some, since what packages answer is by the last
 * centres or by those before.
 */
function labelsOf(values: Float32Array, { labels, centres }: Found): ArrayLike<number> | undefined {
  return centres ? nearestCentres(values, centres).labels : labels;
}

/** The nearest centre of each point, and the sum of the squared distances. */
function nearestCentres(values: Float32Array, centres: ArrayLike<number>) {
  const labels = new Uint32Array(values.length / DIM);
  let inertia = 0;
  for (let i = 0; i < labels.length; i++) {
    let least = Infinity;
    for (let c = 0; c * DIM < centres.length; c++) {
      let square = 0;
      for (let j = 0; j < DIM; j++) square += (values[i * DIM + j] - centres[c * DIM + j]) ** 2;
      if (square < least) [least, labels[i]] = [square, c];
    }
    inertia += least;
  }
  return { labels, inertia };
}

/** Largest difference of two trees' heights, relative to the height. */
function heightError(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  return Array.from(ours).reduce(
    (worst, h, i) => Math.max(worst, Math.abs(h - theirs[i]) / theirs[i]),
    0,
  );
}

/** Trustworthiness and, if asked for, the divergence that t-SNE minimises. */
async function judgeMap(
  device: Device,
  values: Float32Array,
  map: Float32Array,
  tsne: boolean,
): Promise<Record<string, number>> {
  const n = values.length / DIM, { perplexity } = WORK.tsne;
  const points = data("points", [n, DIM]), drawn = data("map", [n, 2]);
  device.write(points, values);
  device.write(drawn, map);
  try {
    const trust = await trustworthiness(device, points, drawn);
    if (!tsne) return { trustworthiness: trust };
    const k = Math.min(n - 1, 3 * perplexity + 1);
    const { indices, distances } = await nearestNeighbours(device, points, { k });
    const p = symmetrised(indices, conditional(distances, k, perplexity), n, k);
    return { trustworthiness: trust, kl: divergence(p, map) };
  } finally {
    device.free(points, drawn);
  }
}

/** KL(P || Q) of a map [n, 2] with a sparse P, in float64. */
function divergence({ start, column, weight }: ReturnType<typeof symmetrised>, y: Float32Array) {
  const n = start.length - 1;
  const kernel = (i: number, j: number) =>
    1 / (1 + (y[2 * i] - y[2 * j]) ** 2 + (y[2 * i + 1] - y[2 * j + 1]) ** 2);
  let total = 0, sum = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (i !== j) total += kernel(i, j);
  for (let i = 0; i < n; i++) {
    for (let t = start[i]; t < start[i + 1]; t++) {
      if (weight[t] > 0) sum += weight[t] * Math.log(weight[t] * total / kernel(i, column[t]));
    }
  }
  return sum;
}
