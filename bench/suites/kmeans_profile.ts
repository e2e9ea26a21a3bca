/** What an iteration of K-Means spends its time on, where rows are wide. */

import type { Device } from "../../shell/device/device.ts";
import { kmeansAssign } from "../../shell/kernels/kmeans_assign.ts";
import { kmeansStatus } from "../../shell/kernels/kmeans_status.ts";
import { kmeansUpdate } from "../../shell/kernels/kmeans_update.ts";
import { Philox } from "../../shell/random.ts";
import { Graph } from "../../shell/plan/graph.ts";
import { compile } from "../../shell/plan/plan.ts";
import { data, state, type Tensor } from "../../shell/plan/tensor.ts";
import { type Measurement, median, time } from "./measure.ts";

const K = 10, ROWS = 504, FIRST = 3, LAST = 22;

/** Shares of the points whose distances are measured, drawn at random. */
const SHARES = [1, 0.5, 0.25, 0] as const;

/** The buffers of Lloyd's iterations over points, and plans of their two halves. */
async function iteration(device: Device, points: Tensor) {
  const [n, dim] = points.shape, blocks = Math.ceil(n / ROWS);
  const t = {
    x: points,
    centres: state("centres", [K, dim]),
    status: state("status", [2 + K]),
    label: state("label", [n], "u32"),
    bound: state("bound", [2, n]),
    sums: state("sums", [blocks, K, 4 * Math.ceil(dim / 4)]),
    counts: state("counts", [blocks, K], "u32"),
    changed: state("changed", [blocks], "u32"),
    shift: state("shift", [K]),
    size: state("size", [K], "u32"),
    history: state("history", [LAST, 2]),
  };
  const assigning = new Graph("assign");
  assigning.call(kmeansAssign, t, { n, dim, k: K, rows: ROWS });
  const moving = new Graph("move");
  moving.call(kmeansUpdate, t, { dim, k: K, blocks });
  moving.call(kmeansStatus, t, { blocks, k: K, limit: LAST + 1, tolerance: 0 });
  const plans = { assign: compile(assigning), move: compile(moving) };
  for (const plan of Object.values(plans)) await device.load(plan);
  return { t, ...plans };
}

/**
 * Lloyd's iterations from rows 0, n/10, ...: the mean share of points that the triangle inequality
 * does not spare in iterations 3 to 22; the milliseconds of an assignment that looks at all, half, a
 * quarter and none of the points; and of moving the centres.
 */
export async function kmeansProfile(
  device: Device,
  { values, dim }: { readonly values: Float32Array; readonly dim: number },
  runs: number,
): Promise<Measurement[]> {
  const n = values.length / dim, stride = Math.floor(n / K);
  const points = data("points", [n, dim]);
  device.write(points, values);
  const { t, assign, move } = await iteration(device, points);
  const starts = Array.from(
    { length: K },
    (_, j) => values.subarray(j * stride * dim).slice(0, dim),
  );
  device.write(t.centres, Float32Array.from(starts.flatMap((row) => [...row])));
  device.write(t.status, new Float32Array(2 + K));
  let looked = 0;
  const moves: number[] = [];
  for (let i = 1; i <= LAST; i++) {
    if (i >= FIRST) looked += await shareActive(device, t);
    device.run(assign);
    await device.sync();
    moves.push(await time(async () => (device.run(move), await device.sync())));
  }
  const random = new Philox(1);
  const draws = Float64Array.from({ length: n }, () => random.uniform());
  const about = { device: device.info.description, runs };
  const found: Measurement[] = [{
    name: `kmeans${dim}: moving the centres`,
    ms: median(moves),
    "not spared": looked / (LAST - FIRST + 1),
    ...about,
  }];
  for (const share of SHARES) {
    const bound = Float32Array.from(draws, (draw) => draw < share ? NaN : Infinity);
    const ms: number[] = [];
    for (let run = 0; run < runs; run++) {
      device.write(t.bound, bound);
      await device.sync();
      ms.push(await time(async () => (device.run(assign), await device.sync())));
    }
    const each = median(ms), rate = share * n * dim / each / 1e6;
    found.push({
      name: `kmeans${dim}: assigning ${100 * share}%`,
      ms: each,
      gflops: 2 * K * rate,
      gbs: 4 * rate,
      ...about,
    });
  }
  for (const plan of [assign, move]) device.unload(plan);
  device.free(...Object.values(t));
  return found;
}

/** The share of points whose bounds do not hold any more. */
async function shareActive(
  device: Device,
  { status, label, bound }: Readonly<Record<"status" | "label" | "bound", Tensor>>,
): Promise<number> {
  const travel = (await device.read(status)).slice(2);
  const labels = (await device.read(label)).slice();
  const bounds = await device.read(bound);
  let active = 0;
  for (let i = 0; i < labels.length; i++) active += Number(!(travel[labels[i]] < bounds[i]));
  return active / labels.length;
}
