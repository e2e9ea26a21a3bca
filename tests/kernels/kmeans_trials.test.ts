import { kmeansTrials } from "../../shell/kernels/kmeans_trials.ts";
import { kernelTest, randoms } from "../harness.ts";
import { square } from "./clustering.ts";

const one = (n: number, dim: number, trials: number, rows: number, first: number) => ({
  params: { n, dim, trials, rows, best: trials - 1, first },
  buffers: {
    x: randoms(n * dim, 1),
    // Some are 0.
    weight: randoms(n, 4, -0.2, 2).map((v) => Math.max(0, v)),
    candidate: randoms(trials * dim, 2),
    // NaN must not be read when there is no centre yet.
    nearest: first ? new Float32Array(trials * n).fill(NaN) : randoms(trials * n, 3, 0, dim / 2),
    sums: Math.ceil(n / rows) * trials,
  },
});

kernelTest(kmeansTrials, {
  cases: [
    one(1, 1, 1, 256, 1),
    one(5, 2, 2, 4, 0),
    one(63, 3, 3, 64, 1),
    one(64, 4, 4, 64, 0),
    one(65, 5, 5, 64, 0),
    one(257, 10, 4, 256, 0),
    one(1000, 33, 6, 128, 1),
    one(600, 784, 4, 256, 0),
  ],
  reference: ({ x, weight, candidate, nearest }, { n, dim, trials, rows, best, first }) => {
    const after = new Float64Array(trials * n);
    const sums = new Float64Array(Math.ceil(n / rows) * trials);
    for (let t = 0; t < trials; t++) {
      for (let i = 0; i < n; i++) {
        const d = weight[i] * square(x, i, candidate, t, dim);
        const value = first ? d : Math.min(d, nearest[best * n + i]);
        after[t * n + i] = value;
        sums[Math.floor(i / rows) * trials + t] += value;
      }
    }
    return { nearest: after, sums };
  },
  tolerance: { nearest: { rel: 3e-6 }, sums: { rel: 1e-5 } },
});
