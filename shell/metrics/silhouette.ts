import type { Device } from "../device/device.ts";
import { Cancelled } from "../errors.ts";
import { SILHOUETTE_ITEM, silhouetteValues } from "../kernels/silhouette.ts";
import { requireFinite } from "../ops/finite.ts";
import { Graph } from "../plan/graph.ts";
import { compile } from "../plan/plan.ts";
import { data, state, type Tensor } from "../plan/tensor.ts";

/** Silhouette values. */
export interface Silhouette {
  /** Mean of the samples, in [-1, 1]. */
  readonly mean: number;
  /** `s_i` of each point. */
  readonly samples: Float32Array;
}

/** Products of pairs and dimensions in one run: about a tenth of a second. */
const WORK = 2.5e9;

/**
 * Exact silhouette values `s_i = (b_i - a_i) / max(a_i, b_i)` with Euclidean distances: a_i is the
 * mean distance to the other points of the own cluster, b_i the smallest mean distance to another
 * cluster; 0 for a point alone in its cluster. All n^2 distances are computed, none is kept:
 * working memory is a copy of the points and a few numbers per point.
 *
 * @param points [n, dim] f32, on the device
 * @param labels cluster of each point, any integers
 * @throws RangeError if there are fewer than 2 or more than n - 1 clusters, the labels are not n
 * integers, or a number is not finite
 * @throws Cancelled if the signal is aborted
 * @see Rousseeuw (1987), Silhouettes: a graphical aid to the interpretation and validation of
 * cluster analysis
 */
export async function silhouette(
  device: Device,
  points: Tensor,
  labels: ArrayLike<number>,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Silhouette> {
  if (points.shape.length !== 2 || points.dtype !== "f32") {
    throw new TypeError(`silhouette: points must be an f32 tensor [n, dim], got ${points}`);
  }
  const [n, dim] = points.shape;
  const grouped = group(labels, n);
  await requireFinite(device, points, "silhouette");
  const k = grouped.start.length - 1;
  const t = {
    x: points,
    order: data("order", [n], "u32"),
    label: data("label", [n], "u32"),
    start: data("start", [k + 1], "u32"),
    s: state("s", [n]),
  };
  const step = 4 * SILHOUETTE_ITEM;
  const count = Math.ceil(Math.min(n, Math.max(1, WORK / (n * dim))) / step) * step;
  const g = new Graph("silhouette");
  g.call(silhouetteValues, t, { n, dim, k, first: g.scalar("first", "u32"), count });
  const plan = compile(g);
  try {
    await device.load(plan);
    device.write(t.order, grouped.order);
    device.write(t.label, grouped.label);
    device.write(t.start, grouped.start);
    for (let first = 0; first < n; first += count) {
      if (signal?.aborted) throw new Cancelled("silhouette: stopped on request");
      device.run(plan, [{ first }]);
      await device.sync();
    }
    const samples = await device.read(t.s) as Float32Array;
    return { mean: samples.reduce((sum, value) => sum + value, 0) / n, samples };
  } finally {
    device.unload(plan);
    device.free(t.order, t.label, t.start, t.s);
  }
}

/** Points cluster by cluster: their order, the cluster of each in that order, where each begins. */
function group(labels: ArrayLike<number>, n: number) {
  if (labels.length !== n) {
    throw new RangeError(`silhouette: ${n} points need as many labels, got ${labels.length}`);
  }
  const ids = new Map<number, number>();
  const own = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    if (!Number.isInteger(labels[i])) {
      throw new RangeError(`silhouette: labels must be integers, got ${labels[i]} for point ${i}`);
    }
    if (!ids.has(labels[i])) ids.set(labels[i], ids.size);
    own[i] = ids.get(labels[i])!;
  }
  if (ids.size < 2 || ids.size > n - 1) {
    throw new RangeError(
      `silhouette: the number of clusters must be from 2 to the number of points less 1, got ` +
        `${ids.size} for ${n} points`,
    );
  }
  const start = new Uint32Array(ids.size + 1);
  for (const c of own) start[c + 1]++;
  for (let c = 0; c < ids.size; c++) start[c + 1] += start[c];
  const next = start.slice();
  const order = new Uint32Array(n), label = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    const at = next[own[i]]++;
    order[at] = i;
    label[at] = own[i];
  }
  return { order, label, start };
}
