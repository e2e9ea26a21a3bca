/** What the tests of t-SNE share: points on a device, P, the divergence and its gradient. */

import type { Device } from "../../shell/device/device.ts";
import { nearestNeighbours } from "../../shell/neighbours/neighbours.ts";
import { data, type Tensor } from "../../shell/plan/tensor.ts";
import { type Affinities, conditional, symmetrised } from "../../shell/project/affinities.ts";

/** A matrix, row-major. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** Calls `act` with matrices on the device; they do not stay there. */
export async function placed<T>(
  device: Device,
  sets: Values[],
  act: (...x: Tensor[]) => Promise<T>,
) {
  const tensors = sets.map(({ shape }) => data("points", shape));
  try {
    tensors.forEach((t, i) => device.write(t, Float32Array.from(sets[i].data)));
    return await act(...tensors);
  } finally {
    device.free(...tensors);
  }
}

/** Sparse P of points, as `tsne` makes it. */
export async function joint(device: Device, x: Values, perplexity: number): Promise<Affinities> {
  const n = x.shape[0], k = Math.min(n - 1, Math.floor(3 * perplexity + 1));
  const { indices, distances } = await placed(
    device,
    [x],
    (points) => nearestNeighbours(device, points, { k }),
  );
  return symmetrised(indices, conditional(distances, k, perplexity), n, k);
}

/** P as a full matrix. */
export function full({ start, column, weight }: Affinities): Float64Array {
  const n = start.length - 1, p = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let t = start[i]; t < start[i + 1]; t++) p[i * n + column[t]] += weight[t];
  }
  return p;
}

/** KL(P || Q) of a map [n, dims], in float64. */
export function divergence(p: Float64Array, y: ArrayLike<number>, dims: number): number {
  const n = y.length / dims;
  const w = new Float64Array(n * n);
  let total = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      let square = 0;
      for (let t = 0; t < dims; t++) square += (y[i * dims + t] - y[j * dims + t]) ** 2;
      total += w[i * n + j] = 1 / (1 + square);
    }
  }
  return p.reduce((sum, v, at) => sum + (v > 0 ? v * Math.log(v * total / w[at]) : 0), 0);
}

/** Its gradient: 4 sum_j (p_ij - q_ij) w_ij (y_i - y_j). */
export function gradient(p: Float64Array, y: Float64Array, dims: number): Float64Array {
  const n = y.length / dims, w = new Float64Array(n * n), g = new Float64Array(y.length);
  const d = (i: number, j: number, t: number) => y[i * dims + t] - y[j * dims + t];
  let total = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let square = 0;
      for (let t = 0; t < dims; t++) square += d(i, j, t) ** 2;
      total += w[i * n + j] = i === j ? 0 : 1 / (1 + square);
    }
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const factor = 4 * (p[i * n + j] - w[i * n + j] / total) * w[i * n + j];
      for (let t = 0; t < dims; t++) g[i * dims + t] += factor * d(i, j, t);
    }
  }
  return g;
}
