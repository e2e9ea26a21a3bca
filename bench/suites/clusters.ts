/** K-Means per iteration and the silhouette, on the data that the peer gets. */

import { kmeans } from "../../shell/cluster/kmeans.ts";
import type { Device } from "../../shell/device/device.ts";
import { calinskiHarabasz, daviesBouldin } from "../../shell/metrics/dispersion.ts";
import { silhouette } from "../../shell/metrics/silhouette.ts";
import { data } from "../../shell/plan/tensor.ts";
import { heapGrowth, type Measurement, median, spread, time } from "./measure.ts";

const CLUSTERS = 10;

/** Milliseconds of work before the first sample. */
const WARM = 500;

/** Points and how many iterations tell the time of one: the difference of a long and a short fit. */
export interface Points {
  readonly name: string;
  readonly values: Float32Array;
  readonly dim: number;
  readonly lengths: readonly [number, number];
}

/** Milliseconds per Lloyd iteration from rows 0, n/k, 2n/k, ... as centres. */
export async function kmeansIterations(
  device: Device,
  { name, values, dim, lengths: [short, long] }: Points,
  runs: number,
): Promise<Measurement> {
  const n = values.length / dim;
  const points = data("points", [n, dim]);
  device.write(points, values);
  const stride = Math.floor(n / CLUSTERS);
  const centres = new Float32Array(CLUSTERS * dim);
  for (let c = 0; c < CLUSTERS; c++) {
    centres.set(values.subarray(c * stride * dim, (c * stride + 1) * dim), c * dim);
  }
  let inertia = 0;
  const fit = async (maxIterations: number) => {
    const found = await kmeans(device, points, {
      clusters: CLUSTERS,
      centres,
      maxIterations,
      tolerance: 0,
    });
    if (found.iterations !== maxIterations) {
      throw new Error(`${name}: stable after ${found.iterations} of ${maxIterations} iterations`);
    }
    inertia = found.inertia;
  };
  // Until the optimised code of every path has replaced the quick one.
  for (const since = performance.now(); performance.now() - since < WARM;) await fit(long);
  const ms: number[] = [];
  for (let run = 0; run < runs; run++) {
    const few = await time(() => fit(short));
    const many = await time(() => fit(long));
    ms.push((many - few) / (long - short));
  }
  device.free(points);
  return {
    name,
    device: device.info.description,
    ms: median(ms),
    spread: spread(ms),
    inertia,
    runs,
  };
}

/**
 * Milliseconds of an exact silhouette of all points, clustered by K-Means, and the megabytes that it
 * takes on the device beside the points.
 */
export async function silhouetteTime(
  device: Device,
  { values, dim }: Points,
  runs: number,
): Promise<Measurement> {
  const points = data("points", [values.length / dim, dim]);
  device.write(points, values);
  const { labels } = await kmeans(device, points, { clusters: CLUSTERS, starts: 1, seed: 1 });
  const ms: number[] = [];
  let mean = 0;
  const megabytes = heapGrowth(device);
  for (let run = 0; run < runs; run++) {
    ms.push(await time(async () => mean = (await silhouette(device, points, labels)).mean));
  }
  const grown = megabytes();
  device.free(points);
  return {
    name: "silhouette",
    device: device.info.description,
    ms: median(ms),
    spread: spread(ms),
    mean,
    ...grown,
    runs,
  };
}

/** Milliseconds of the scores by centres, of all points clustered by K-Means. */
export async function dispersionTimes(
  device: Device,
  { values, dim }: Points,
  runs: number,
): Promise<Measurement[]> {
  const points = data("points", [values.length / dim, dim]);
  device.write(points, values);
  const { labels } = await kmeans(device, points, { clusters: CLUSTERS, starts: 1, seed: 1 });
  const out: Measurement[] = [];
  for (const score of [daviesBouldin, calinskiHarabasz]) {
    let value = 0;
    const measure = async () => value = await score(device, points, labels);
    for (const since = performance.now(); performance.now() - since < WARM;) await measure();
    const ms: number[] = [];
    for (let run = 0; run < runs; run++) ms.push(await time(measure));
    out.push({
      name: score.name,
      device: device.info.description,
      ms: median(ms),
      spread: spread(ms),
      value,
      runs,
    });
  }
  device.free(points);
  return out;
}
