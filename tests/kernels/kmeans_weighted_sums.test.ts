import { kmeansWeightedSums } from "../../shell/kernels/kmeans_weighted_sums.ts";
import { kernelTest, randoms } from "../harness.ts";

/** Points, dimensions, clusters, rows of a block. */
const SIZES = [
  [1, 1, 1, 8],
  [7, 2, 2, 4],
  [63, 3, 5, 64],
  [64, 4, 3, 64],
  [65, 5, 70, 64],
  [1025, 10, 10, 504],
  [200, 33, 4, 128],
  [130, 67, 65, 64],
  [300, 784, 10, 504],
];

const one = (n: number, dim: number, k: number, rows: number, status = 0) => {
  const blocks = Math.ceil(n / rows), s = 4 * Math.ceil(dim / 4);
  return {
    params: { n, dim, k, rows },
    buffers: {
      x: randoms(n * dim, 1, 3, 5),
      // A third of the weights is 0.
      weight: randoms(n, 2, -1, 2).map((v) => Math.max(0, v)),
      label: Uint32Array.from({ length: n }, (_, i) => i * 7 % k),
      status: Float32Array.of(status, 3),
      sums: randoms(blocks * k * s, 3),
      masses: randoms(blocks * k, 4),
      counts: new Uint32Array(blocks * k).fill(9),
    },
  };
};

kernelTest(kmeansWeightedSums, {
  cases: [
    ...SIZES.map(([n, dim, k, rows]) => one(n, dim, k, rows)),
    { name: "nothing once stopped", ...one(20, 3, 2, 8, 1) },
  ],
  reference: ({ x, weight, label, status, ...before }, { n, dim, k, rows }) => {
    if (status[0] !== 0) return before;
    const s = 4 * Math.ceil(dim / 4), size = Math.ceil(n / rows) * k;
    const sums = new Float64Array(size * s), masses = new Float64Array(size);
    const counts = new Uint32Array(size);
    for (let i = 0; i < n; i++) {
      const j = Math.floor(i / rows) * k + label[i];
      masses[j] += weight[i];
      counts[j] += weight[i] > 0 ? 1 : 0;
      for (let d = 0; d < dim; d++) sums[j * s + d] += weight[i] * (x[i * dim + d] - x[d]);
    }
    return { sums, masses, counts };
  },
  tolerance: { sums: { rel: 1e-5, abs: 1e-4 }, masses: { rel: 1e-5 } },
});
