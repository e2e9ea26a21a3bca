/** What the tests of the t-SNE kernels share. */

import { TSNE_LEAF } from "../../shell/kernels/tsne_leaves.ts";
import { TSNE_FANOUT } from "../../shell/kernels/tsne_nodes.ts";
import { randoms } from "../harness.ts";

/** Numbers of a point on the device. */
export const WIDTH = 4;

/** Points of a map of 2 or 3 dimensions, padded with zeros to 4. */
export function mapOf(n: number, dims: number, seed: number, span = 10): Float32Array {
  const y = randoms(n * WIDTH, seed, -span, span);
  return y.map((v, at) => at % WIDTH < dims ? v : 0);
}

/** y_i - map_j. */
export function difference(y: ArrayLike<number>, i: number, map: ArrayLike<number>, j: number) {
  return [0, 1, 2].map((t) => y[i * WIDTH + t] - map[j * WIDTH + t]);
}

/** 1 / (1 + ||d||^2). */
export const kernelOf = (d: readonly number[]) => 1 / (1 + d.reduce((sum, v) => sum + v * v, 0));

/** sum_j w_ij^2 (y_i - map_j) and sum_j w_ij of each point, in float64. */
export function repulsions(y: ArrayLike<number>, map: ArrayLike<number>, own: boolean) {
  const m = y.length / WIDTH, n = map.length / WIDTH;
  const force = new Float64Array(m * WIDTH), mass = new Float64Array(m);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      if (own && i === j) continue;
      const d = difference(y, i, map, j), w = kernelOf(d);
      mass[i] += w;
      d.forEach((v, t) => force[i * WIDTH + t] += w * w * v);
    }
  }
  return { force, mass };
}

/** Nodes of each level of a tree, leaves first. */
export function levels(n: number): number[] {
  const list = [Math.ceil(n / TSNE_LEAF)];
  while (list[list.length - 1] > 1) list.push(Math.ceil(list[list.length - 1] / TSNE_FANOUT));
  return list;
}

/** What is known of a set of points of a map: mean and number, box, longest side squared. */
export function nodeOf(y: ArrayLike<number>, points: readonly number[]) {
  const column = (t: number) => points.map((i) => y[i * WIDTH + t]);
  const low = [0, 1, 2].map((t) => Math.min(...column(t)));
  const high = [0, 1, 2].map((t) => Math.max(...column(t)));
  const mean = [0, 1, 2].map((t) => column(t).reduce((a, b) => a + b, 0) / points.length);
  return {
    centre: [...mean, points.length],
    box: [...low, 0, ...high, 0],
    side: Math.max(...high.map((v, t) => v - low[t])) ** 2,
  };
}

/** Points of each node of a tree over `order`, by level. */
export function members(order: ArrayLike<number>): number[][] {
  const list = Array.from(order);
  return levels(list.length).flatMap((count, l) => {
    const run = TSNE_LEAF * TSNE_FANOUT ** l;
    return Array.from({ length: count }, (_, i) => list.slice(i * run, (i + 1) * run));
  });
}
