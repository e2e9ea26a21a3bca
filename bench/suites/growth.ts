/** What clusterings, metrics and maps cost as the number of points grows. */

import { dbscan } from "../../shell/cluster/dbscan.ts";
import { linkage } from "../../shell/cluster/hierarchical.ts";
import { kmeans } from "../../shell/cluster/kmeans.ts";
import { miniBatchKmeans } from "../../shell/cluster/mini_batch.ts";
import { gaussianMixture } from "../../shell/cluster/mixture.ts";
import { openWasm, type WasmDevice } from "../../shell/device/wasm.ts";
import { Cancelled } from "../../shell/errors.ts";
import { type Rows, upload } from "../../shell/methods/rows.ts";
import { calinskiHarabasz, daviesBouldin } from "../../shell/metrics/dispersion.ts";
import { silhouette } from "../../shell/metrics/silhouette.ts";
import { silhouetteSample } from "../../shell/metrics/silhouette_sample.ts";
import { nearestNeighbours } from "../../shell/neighbours/neighbours.ts";
import { data, type Tensor } from "../../shell/plan/tensor.ts";
import { pca } from "../../shell/project/pca.ts";
import { tsne } from "../../shell/project/tsne.ts";
import { umap } from "../../shell/project/umap.ts";
import type { Curve } from "../growth_plot.ts";
import { BLOBS, blobs, firstCentres } from "./blobs.ts";
import { type Measurement, median, time } from "./measure.ts";

/** Width of the points. */
export const DIM = 10;

/** Numbers of points. */
export const SIZES = [1e3, 3e3, 1e4, 3e4, 1e5, 3e5, 1e6] as const;

/** Fits at most of one size, and the milliseconds after which one is enough. */
const MOST = 5, ENOUGH = 300;

/** Limits after which a fit that was thought to be shorter is stopped. */
const PATIENCE = 1.5;

/** What a fit gets. */
interface Given {
  readonly device: WasmDevice;
  readonly points: Tensor;
  /** The same points, to draw batches from. */
  readonly rows: Rows;
  readonly values: Float32Array;
  readonly labels: ArrayLike<number>;
  readonly signal: AbortSignal;
}

/** Settings that the result tells, or figures of what was found. */
type Told = Record<string, number>;

/** What is measured, by the name in tables and in the plot. */
export const FITS: Record<string, (given: Given) => Promise<Told | void>> = {
  async "K-Means, 10 iterations"({ device, points, values, signal }) {
    const centres = firstCentres(values, DIM);
    const fixed = { clusters: BLOBS, maxIterations: 10, tolerance: 0 };
    const { iterations } = await kmeans(device, points, { ...fixed, centres, signal });
    return { iterations };
  },
  async "mini-batch K-Means, 1 pass"({ device, rows, signal }) {
    const fixed = { clusters: BLOBS, epochs: 1, patience: 0 };
    const { steps } = await miniBatchKmeans(device, rows, { ...fixed, signal });
    return { steps };
  },
  async "DBSCAN"({ device, points, signal }) {
    const eps = radius(points.shape[0]);
    const { clusters, noise } = await dbscan(device, points, { eps, minPoints: 10, signal });
    return { eps, clusters, noise };
  },
  async "Gaussian mixture, 10 iterations"({ device, points, values, signal }) {
    const unit = Array.from({ length: DIM * DIM }, (_, at) => at % (DIM + 1) ? 0 : 1);
    const { iterations } = await gaussianMixture(device, points, {
      components: BLOBS,
      weights: new Array(BLOBS).fill(1 / BLOBS),
      means: firstCentres(values, DIM),
      precisions: new Array(BLOBS).fill(unit).flat(),
      maxIterations: 10,
      tolerance: 0,
      signal,
    });
    return { iterations };
  },
  async "single linkage"({ device, points, signal }) {
    await linkage(device, points, { method: "single", signal });
  },
  async "Ward linkage"({ device, points, signal }) {
    await linkage(device, points, { method: "ward", signal });
  },
  async "silhouette, exact"({ device, points, labels, signal }) {
    return { value: (await silhouette(device, points, labels, { signal })).mean };
  },
  async "silhouette of 2,000"({ device, points, labels, signal }) {
    return { value: (await silhouetteSample(device, points, labels, { signal })).mean };
  },
  async "Davies-Bouldin"({ device, points, labels }) {
    return { value: await daviesBouldin(device, points, labels) };
  },
  async "Calinski-Harabasz"({ device, points, labels }) {
    return { value: await calinskiHarabasz(device, points, labels) };
  },
  async "10 nearest neighbours"({ device, points, signal }) {
    await nearestNeighbours(device, points, { k: 10, signal });
  },
  async "PCA"({ device, points, signal }) {
    await pca(device, points, { components: 2, signal });
  },
  async "t-SNE, 50 iterations"({ device, points, signal }) {
    const { kl } = await tsne(device, points, { iterations: 50, signal });
    return { kl };
  },
  async "UMAP, 50 epochs"({ device, points, signal }) {
    await umap(device, points, { epochs: 50, signal });
  },
};

/** Radius of DBSCAN: with `n^(-1/d)` a point has about as many neighbours however many points. */
function radius(n: number): number {
  return 2.5 * (5000 / n) ** (1 / DIM);
}

/** How far to go. */
export interface GrowthOptions {
  /** Seconds that a fit may take. */
  readonly limit: number;
  /** Points at most. */
  readonly largest: number;
  /** Called for each algorithm. */
  readonly onAlgorithm?: (name: string) => void;
}

/**
 * Seconds and bytes of each algorithm by n, until a fit takes longer than the limit or, by the last
 * two sizes, would; the last line of an algorithm says where it ended and why. Memory is the most
 * that the device held during the first fit, without what it held before: the points. What the host
 * holds (labels, trees, neighbour graphs) is not in it.
 */
export async function growth(options: GrowthOptions): Promise<Measurement[]> {
  const sizes = SIZES.filter((n) => n <= options.largest);
  const values = blobs(sizes[sizes.length - 1], DIM);
  const labels = await labelsOf(values);
  const out: Measurement[] = [];
  for (const name of Object.keys(FITS)) {
    options.onAlgorithm?.(name);
    // A device of its own: no memory of others, and none that a failure leaves.
    const device = await openWasm({ workers: 2 });
    try {
      out.push(...await grow(device, name, { values, labels, sizes, limit: options.limit }));
    } finally {
      await device.close();
    }
  }
  return out;
}

/** The measurements by algorithm, for a plot. */
export function curvesOf(results: readonly Measurement[]): Curve[] {
  return Object.keys(FITS).map((name) => ({
    name,
    costs: results.filter((one) => one.algorithm === name && one.ms !== undefined)
      .map(({ n, ms, megabytes }) => (
        { n: n as number, seconds: ms! / 1e3, bytes: 1e6 * (megabytes as number) }
      )),
  }));
}

/** Clusters for the metrics to judge. */
async function labelsOf(values: Float32Array): Promise<Uint32Array> {
  const device = await openWasm({ workers: 2 }),
    points = data("points", [values.length / DIM, DIM]);
  try {
    device.write(points, values);
    const centres = firstCentres(values, DIM);
    return (await kmeans(device, points, { clusters: BLOBS, centres, maxIterations: 10 })).labels;
  } finally {
    await device.close();
  }
}

interface Task {
  readonly values: Float32Array;
  readonly labels: Uint32Array;
  readonly sizes: readonly number[];
  readonly limit: number;
}

/** One algorithm. */
async function grow(device: WasmDevice, algorithm: string, task: Task): Promise<Measurement[]> {
  const out: Measurement[] = [];
  const { limit, sizes } = task;
  // The compiler has come to all of it before the first sample. An error happens again below.
  await fitsOf(device, algorithm, sizes[0], task).catch(() => {});
  for (const n of sizes) {
    const name = `${algorithm}: ${n}`, next = predicted(out, n);
    const end = (note: string) => [...out, { name, algorithm, n, note }];
    if (next > 1000 * limit) {
      return end(`ends here: by the sizes before, ${(next / 1000).toFixed(0)} s a fit`);
    }
    try {
      const one = await fitsOf(device, algorithm, n, task);
      out.push({ name, algorithm, n, device: device.info.description, ...one });
    } catch (error) {
      const late = error instanceof Cancelled;
      return end(late ? `ends here: over ${PATIENCE * limit} s a fit` : (error as Error).message);
    }
    if (out[out.length - 1].ms! > 1000 * limit) {
      out[out.length - 1] = { ...out[out.length - 1], note: `ends here: over ${limit} s a fit` };
      return out;
    }
  }
  return out;
}

/** Milliseconds at n, as a power of n through the last two sizes. */
function predicted(before: readonly Measurement[], n: number): number {
  if (before.length < 2) return 0;
  const [a, b] = before.slice(-2).map((one) => ({ n: one.n as number, ms: one.ms! }));
  return b.ms * (n / b.n) ** (Math.log(b.ms / a.ms) / Math.log(b.n / a.n));
}

/** The median of some fits, and the memory of the first. */
async function fitsOf(device: WasmDevice, algorithm: string, n: number, task: Task) {
  const values = task.values.subarray(0, n * DIM), labels = task.labels.subarray(0, n);
  const points = data("points", [n, DIM]), rows = upload(device, values, DIM);
  device.write(points, values);
  await device.sync();
  const ms: number[] = [];
  let told: Told = {}, megabytes = 0;
  try {
    const before = device.heap.peak = device.heap.used;
    while (ms.length === 0 || (ms.length < MOST && ms[0] < ENOUGH)) {
      const signal = AbortSignal.timeout(1000 * PATIENCE * task.limit);
      const given = { device, points, rows, values, labels, signal };
      ms.push(await time(async () => told = await FITS[algorithm](given) ?? {}));
      if (ms.length === 1) megabytes = (device.heap.peak - before) / 1e6;
    }
  } finally {
    rows.free();
    device.free(points);
    await device.sync();
  }
  return { ms: median(ms), megabytes, runs: ms.length, ...told };
}
