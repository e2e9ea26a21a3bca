/** Hierarchical clustering and Gaussian mixtures, on the data that the peer gets. */

import { readFile, writeFile } from "node:fs/promises";
import { linkage, type LinkageMethod } from "../../shell/cluster/hierarchical.ts";
import { gaussianMixture } from "../../shell/cluster/mixture.ts";
import type { Device } from "../../shell/device/device.ts";
import { data } from "../../shell/plan/tensor.ts";
import { type Measurement, median, spread, time } from "./measure.ts";

/** Points of a measurement. */
export interface Rows {
  readonly values: Float32Array;
  readonly dim: number;
}

/** Megabytes of this process by Linux's account: at present, and the most since the last reset. */
async function memory(field: "VmRSS" | "VmHWM"): Promise<number> {
  const status = await readFile("/proc/self/status", "utf8");
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1000;
}

/** Points of a first tree, which brings the code but hardly any memory of its own. */
const FEW = 300;

/** Milliseconds of a whole tree, and the megabytes that the process grows by in the first. */
export async function treeTime(
  device: Device,
  method: LinkageMethod,
  { values, dim }: Rows,
  runs: number,
): Promise<Measurement> {
  const points = data("points", [values.length / dim, dim]);
  device.write(points, values);
  const few = data("few points", [FEW, dim]);
  device.write(few, values.slice(0, FEW * dim));
  await linkage(device, few, { method });
  device.free(few);
  await device.sync();
  await writeFile("/proc/self/clear_refs", "5");
  const before = await memory("VmRSS");
  let height = 0;
  const grow = () =>
    time(async () => height = (await linkage(device, points, { method })).heights.at(-1)!);
  const ms = [await grow()];
  const megabytes = await memory("VmHWM") - before;
  while (ms.length < runs) ms.push(await grow());
  device.free(points);
  return {
    name: method,
    device: device.info.description,
    ms: median(ms),
    spread: spread(ms),
    height,
    megabytes,
    runs,
  };
}

/** Milliseconds per iteration of EM: the difference of a long and a short fit. */
export async function mixtureIterations(
  device: Device,
  { values, dim }: Rows,
  k: number,
  runs: number,
): Promise<Measurement> {
  const n = values.length / dim, points = data("points", [n, dim]);
  device.write(points, values);
  const stride = Math.floor(n / k);
  const means = Array.from(
    { length: k * dim },
    (_, at) => values[Math.floor(at / dim) * stride * dim + at % dim],
  );
  const unit = Array.from({ length: dim * dim }, (_, at) => at % (dim + 1) ? 0 : 1);
  const start = {
    weights: new Array(k).fill(1),
    means,
    precisions: new Array(k).fill(unit).flat(),
  };
  let score = 0;
  const fit = (maxIterations: number) =>
    time(async () => {
      const found = await gaussianMixture(device, points, {
        components: k,
        ...start,
        maxIterations,
        tolerance: 0,
      });
      score = found.history.at(-1)!;
    });
  await fit(10);
  const ms: number[] = [];
  for (let run = 0; run < runs; run++) {
    const few = await fit(2);
    ms.push((await fit(12) - few) / 10);
  }
  device.free(points);
  return {
    name: "mixture",
    device: device.info.description,
    ms: median(ms),
    spread: spread(ms),
    score,
    runs,
  };
}
