/** What a hardware GPU does, in Deno, beside its own peaks and beside WASM on every core. */

import { readFile } from "node:fs/promises";
import { cpus } from "node:os";
import { dbscan } from "../shell/cluster/dbscan.ts";
import { gaussianMixture } from "../shell/cluster/mixture.ts";
import { kmeans } from "../shell/cluster/kmeans.ts";
import type { Device } from "../shell/device/device.ts";
import { openGpu } from "../shell/device/gpu.ts";
import { openWasm } from "../shell/device/wasm.ts";
import { accuracy } from "../shell/metrics/accuracy.ts";
import { data } from "../shell/plan/tensor.ts";
import { kmeansIterations, type Points, silhouetteTime } from "./suites/clusters.ts";
import { DBSCAN, dbscanTime } from "./suites/dbscan.ts";
import { gpuProducts } from "./suites/gpu_products.ts";
import { kernels } from "./suites/kernels.ts";
import type { Measurement } from "./suites/measure.ts";
import { tsneTime } from "./suites/projections.ts";
import { steps } from "./suites/steps.ts";

const ITERATIONS = 300;

/** Labels that a device gives; noise counts as one more cluster. */
const LABELLINGS: Record<string, (device: Device, points: Points) => Promise<ArrayLike<number>>> = {
  async kmeans(device, { values, dim }) {
    const points = data("points", [values.length / dim, dim]);
    device.write(points, values);
    const { labels } = await kmeans(device, points, { clusters: 10, starts: 1, seed: 1 });
    device.free(points);
    return labels;
  },
  async mixture(device, { values, dim }) {
    const points = data("points", [values.length / dim, dim]);
    device.write(points, values);
    const { labels } = await gaussianMixture(device, points, { components: 10, seed: 1 });
    device.free(points);
    return labels;
  },
  async dbscan(device, { values, dim }) {
    const { rows, ...options } = DBSCAN;
    const points = data("points", [rows, dim]);
    device.write(points, values.slice(0, rows * dim));
    const { labels } = await dbscan(device, points, options);
    device.free(points);
    return Array.from(labels, (label) => label + 1);
  },
};

/** Clusterings and maps on one device. */
async function clusterings(device: Device, small: Points, large: Points, wide: Float32Array) {
  const out: Measurement[] = [];
  const add = (...lines: Measurement[]) => {
    tell(lines);
    out.push(...lines);
  };
  add(await kmeansIterations(device, small, 10));
  add(await kmeansIterations(device, large, 5));
  add(await silhouetteTime(device, small, 3));
  add(await dbscanTime(device, small, 10));
  add(...(await tsneTime(device, wide, ITERATIONS)).measurement);
  return out;
}

/** Prints what is measured at once: what fails later takes nothing along. */
function tell(lines: Measurement[]): void {
  lines.forEach(({ name, ms, gflops, gbs, share, note }) =>
    console.error(JSON.stringify({ name, ms, gflops, gbs, share, note }))
  );
}

/**
 * Products, kernels, steps and clusterings.
 * @param embedding 70,000 rows of 10 numbers
 * @param pixels 70,000 rows of 784
 * @param wide file of rows of 50
 */
export async function hardware(
  runs: number,
  adapter: string,
  { embedding, pixels, wide }: { embedding: Float32Array; pixels: Float32Array; wide: string },
): Promise<Measurement[]> {
  const gpu = await openGpu({ adapter });
  const wasm = await openWasm({ workers: cpus().length });
  const ours = await steps(gpu, Math.max(3, Math.round(runs / 3)), "", 100);
  tell(ours);
  const products = await gpuProducts(gpu, runs);
  tell(products);
  const memory = await kernels(gpu, runs);
  tell(memory);
  const small: Points = { name: "kmeans10", values: embedding, dim: 10, lengths: [5, 45] };
  const large: Points = { name: "kmeans784", values: pixels, dim: 784, lengths: [2, 22] };
  const wider = new Float32Array((await readFile(wide)).buffer);
  const fast = await clusterings(gpu, small, large, wider);
  const slow = await clusterings(wasm, small, large, wider);
  fast.forEach((one, i) => Object.assign(one, { "times WASM": slow[i].ms! / one.ms! }));
  const agreements: Measurement[] = [];
  for (const [name, label] of Object.entries(LABELLINGS)) {
    const [a, b] = [await label(gpu, small), await label(wasm, small)];
    agreements.push({
      name: `labels of ${name}`,
      device: gpu.info.description,
      note: "beside WASM",
      agreement: accuracy(b, a),
    });
  }
  await gpu.close();
  await wasm.close();
  return [...ours, ...products, ...memory, ...fast, ...slow, ...agreements];
}
