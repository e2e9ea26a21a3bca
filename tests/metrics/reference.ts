/** What the tests of metrics share: naive references and plain pseudo-random integers. */

import type { Device } from "../../shell/device/device.ts";
import { data, type Tensor } from "../../shell/plan/tensor.ts";

/** Whole numbers in 0..below-1 from a linear congruential generator (Numerical Recipes). */
export function integers(length: number, below: number, seed: number): number[] {
  let state = seed >>> 0;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  });
}

/** Clustering accuracy over every one-to-one map from clusters to classes, by trying them all. */
export function bestAccuracy(labels: number[], clusters: number[]): number {
  const classes = [...new Set(labels)];
  const groups = [...new Set(clusters)];
  const used = new Set<number>();
  const visit = (g: number): number => {
    if (g === groups.length) return 0;
    let best = visit(g + 1); // this cluster is left without a class
    for (const c of classes) {
      if (used.has(c)) continue;
      used.add(c);
      const right = labels.filter((label, p) => label === c && clusters[p] === groups[g]).length;
      best = Math.max(best, right + visit(g + 1));
      used.delete(c);
    }
    return best;
  };
  return visit(0) / labels.length;
}

/** The four kinds of pairs of points, counted one by one. */
export function countPairs(labels: number[], clusters: number[]) {
  const pairs = { both: 0, labelsOnly: 0, clustersOnly: 0, neither: 0 };
  for (let p = 0; p < labels.length; p++) {
    for (let q = 0; q < p; q++) {
      const sameLabel = labels[p] === labels[q];
      const sameCluster = clusters[p] === clusters[q];
      if (sameLabel && sameCluster) pairs.both++;
      else if (sameLabel) pairs.labelsOnly++;
      else if (sameCluster) pairs.clustersOnly++;
      else pairs.neither++;
    }
  }
  return pairs;
}

/** Labellings of 1 to 40 points and 1 to 5 groups a side. */
export function* labellings(): Generator<[labels: number[], clusters: number[]]> {
  let seed = 100;
  for (const n of [1, 2, 3, 7, 40]) {
    for (let classes = 1; classes <= 5; classes++) {
      for (let clusters = 1; clusters <= 5; clusters++) {
        yield [integers(n, classes, seed++), integers(n, clusters, seed++)];
      }
    }
  }
}

/** The message of the RangeError that `call` throws, or "" if it throws none. */
export function rangeError(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
  return "";
}

/** The message of the error of that class that `call` throws, or "" if it throws none. */
export async function failure(
  kind: new (...args: never[]) => Error,
  call: () => Promise<unknown>,
): Promise<string> {
  try {
    await call();
  } catch (error) {
    if (error instanceof kind) return error.message;
    throw error;
  }
  return "";
}

/** Runs with rows of `dim` numbers on the device, which are freed again. */
export async function withPoints<T>(
  device: Device,
  x: Float32Array,
  dim: number,
  run: (points: Tensor) => Promise<T>,
): Promise<T> {
  const points = data("points", [x.length / dim, dim]);
  device.write(points, x);
  try {
    return await run(points);
  } finally {
    device.free(points);
  }
}

/** All cases on WASM; every third on WebGPU, where Deno's runtime stalls now and then. */
export function someOf<T>(device: Device, cases: readonly T[]): readonly T[] {
  return device.info.kind === "wasm" ? cases : cases.filter((_, i) => i % 3 === 0);
}
