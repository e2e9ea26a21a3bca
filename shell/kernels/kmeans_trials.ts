import { kernel, linear, reads, updates, writes } from "./kernel.ts";
import wgsl from "../../shaders/kmeans_trials.wgsl" with { type: "text" };

/**
 * Weighted squared distances to the nearest centre if each of several candidates became one:
 * `nearest[t, i] = min(nearest[best, i], w_i ||x_i - candidate_t||^2)`, where `best` is the
 * candidate that was chosen last, and `sums[b, t]`, their sum over block b of `rows` rows. With
 * `first` there is no centre yet, and nearest is not read.
 *
 * x is [n, dim]; weight is [n], 0 or more; candidate is [trials, dim]; nearest is [trials, n]; sums
 * is [ceil(n / rows), trials].
 */
export const kmeansTrials = kernel({
  name: "kmeans_trials",
  buffers: {
    x: reads("f32"),
    weight: reads("f32"),
    candidate: reads("f32"),
    nearest: updates("f32"),
    sums: writes("f32"),
  },
  params: { n: "u32", dim: "u32", trials: "u32", rows: "u32", best: "u32", first: "u32" },
  wgsl,
  grid: ({ n, rows }) => linear(Math.ceil(n / rows)),
  items: ({ n, rows }) => Math.ceil(n / rows),
  flops: ({ n, dim, trials }) => 3 * n * dim * trials,
  bytes: ({ n, dim, trials }) => 4 * n * (dim + trials + 2),
});
