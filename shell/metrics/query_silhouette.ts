/** The Euclidean silhouette of some points, the queries, each by itself against all points. */

import type { Device } from "../device/device.ts";
import { panelsSize } from "../kernels/pack_panels.ts";
import { SILHOUETTE_ITEM, silhouetteValues } from "../kernels/silhouette.ts";
import { Graph } from "../plan/graph.ts";
import { compile } from "../plan/plan.ts";
import { data, state, type Tensor } from "../plan/tensor.ts";
import type { Groups } from "./groups.ts";
import { checkSignal, type Hooks, packing, WORK } from "./paired_silhouette.ts";

/** Points whose values are wanted. */
export interface Queries {
  /** Rows of the points; each is in a cluster. */
  readonly rows: Uint32Array;
  /** Their clusters. */
  readonly label: Uint32Array;
}

/** Silhouette values of the queries. */
export async function queryValues(
  device: Device,
  points: Tensor,
  { order, start }: Groups,
  { rows, label }: Queries,
  { signal, onProgress }: Hooks,
): Promise<Float32Array> {
  const dim = points.shape[1], n = order.length, m = rows.length, k = start.length - 1;
  const t = {
    order: data("order", [n], "u32"),
    rows: data("rows", [m], "u32"),
    points: state("points", [panelsSize(n, dim)]),
    queries: state("queries", [panelsSize(m, dim)]),
    label: data("label", [m], "u32"),
    start: data("start", [k + 1], "u32"),
    s: state("s", [m]),
  };
  const step = 4 * SILHOUETTE_ITEM;
  const count = Math.ceil(Math.min(m, Math.max(1, WORK / (n * dim))) / step) * step;
  const g = new Graph("silhouette of queries");
  g.call(silhouetteValues, t, { m, dim, k, first: g.scalar("first", "u32"), count });
  const plans = [
    packing(points, t.order, t.points),
    packing(points, t.rows, t.queries),
    compile(g),
  ];
  try {
    for (const plan of plans) await device.load(plan);
    device.write(t.order, order);
    device.write(t.rows, rows);
    device.write(t.label, label);
    device.write(t.start, start);
    device.run(plans[0]);
    device.run(plans[1]);
    for (let first = 0; first < m; first += count) {
      checkSignal(signal);
      device.run(plans[2], [{ first }]);
      await device.sync();
      onProgress?.(Math.min(first + count, m), m);
    }
    return await device.read(t.s) as Float32Array;
  } finally {
    for (const plan of plans) device.unload(plan);
    device.free(...Object.values(t));
  }
}
