/** The Euclidean silhouette of all points: sums by point and cluster, a strip of pairs at a time. */

import type { Device } from "../device/device.ts";
import { Cancelled } from "../errors.ts";
import { packPanels, panelsSize } from "../kernels/pack_panels.ts";
import { SEGMENT, silhouetteSums } from "../kernels/silhouette_sums.ts";
import { Graph } from "../plan/graph.ts";
import { compile } from "../plan/plan.ts";
import { data, state, type Tensor } from "../plan/tensor.ts";
import type { Groups } from "./groups.ts";

/** What a long computation listens and reports to. */
export interface Hooks {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Products of pairs and dimensions in one run: about a tenth of a second. */
export const WORK = 2.5e9;

/** @throws Cancelled if the signal is aborted */
export function checkSignal(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Cancelled("silhouette: stopped on request");
}

/** The program that puts rows into panels. */
export function packing(x: Tensor, order: Tensor, y: Tensor) {
  const g = new Graph("panels");
  g.call(packPanels, { x, order, y }, { m: order.size, dim: x.shape[1] });
  return compile(g);
}

/** Silhouette values of the points in the order of their groups. */
export async function pairedValues(
  device: Device,
  points: Tensor,
  groups: Groups,
  { signal, onProgress }: Hooks,
): Promise<Float32Array> {
  const { order, start, ids } = groups;
  const dim = points.shape[1], n = order.length, width = Math.ceil(n / 8) * 8;
  const { begin, cluster } = segmentsOf(start);
  const t = {
    order: data("order", [n], "u32"),
    y: state("y", [panelsSize(n, dim)]),
    begin: data("begin", [begin.length], "u32"),
    cluster: data("cluster", [cluster.length], "u32"),
    total: state("total", [ids.length, width]),
  };
  const count = stripOf(device, n, dim);
  const g = new Graph("silhouette");
  const sizes = { n, dim, segments: cluster.length, count };
  g.call(silhouetteSums, t, { ...sizes, segment: g.scalar("segment", "u32") });
  const pack = packing(points, t.order, t.y), plan = compile(g);
  try {
    await device.load(pack);
    await device.load(plan);
    device.write(t.order, order);
    device.write(t.begin, begin);
    device.write(t.cluster, cluster);
    device.write(t.total, new Float32Array(t.total.size));
    device.run(pack);
    const strips = [...begin.keys()].filter((s) => begin[s] < n && begin[s] % count === 0);
    const most = Math.max(1, Math.floor(WORK / (count * n * dim)));
    for (let done = 0; done < strips.length;) {
      checkSignal(signal);
      const some = strips.slice(done, done + most);
      device.run(plan, some.map((segment) => ({ segment })));
      await device.sync();
      done += some.length;
      onProgress?.(done, strips.length);
    }
    return valuesOf(await device.read(t.total) as Float32Array, groups);
  } finally {
    device.unload(pack);
    device.unload(plan);
    device.free(...Object.values(t));
  }
}

/**
 * Points of a strip. On WASM a small one, because pairs within the strip are computed twice; on a
 * GPU every pair is computed twice anyway, and all points of a strip together keep it busy.
 */
function stripOf(device: Device, n: number, dim: number): number {
  if (device.info.kind === "wasm") return SEGMENT;
  return Math.ceil(Math.min(n, Math.max(1, WORK / (n * dim))) / SEGMENT) * SEGMENT;
}

/** Clusters cut at the multiples of 512: where segments begin, with the end; their clusters. */
function segmentsOf(start: Uint32Array): { begin: Uint32Array; cluster: Uint32Array } {
  const begin: number[] = [], cluster: number[] = [];
  for (let c = 0; c + 1 < start.length; c++) {
    for (let p = start[c]; p < start[c + 1]; p += SEGMENT - p % SEGMENT) {
      begin.push(p);
      cluster.push(c);
    }
  }
  begin.push(start[start.length - 1]);
  return { begin: Uint32Array.from(begin), cluster: Uint32Array.from(cluster) };
}

/** Silhouette values from sums [k, width] of distances to the points of each cluster. */
function valuesOf(total: Float32Array, { label, start, ids }: Groups): Float32Array {
  const k = ids.length, width = total.length / k;
  return Float32Array.from(label, (own, p) => {
    const size = start[own + 1] - start[own];
    if (size === 1) return 0;
    const a = total[own * width + p] / (size - 1);
    let b = Infinity;
    for (let c = 0; c < k; c++) {
      if (c !== own) b = Math.min(b, total[c * width + p] / (start[c + 1] - start[c]));
    }
    const larger = Math.max(a, b);
    return larger === 0 ? 0 : (b - a) / larger;
  });
}
