import { kmeansUpdate } from "../../shell/kernels/kmeans_update.ts";
import { kernelTest, randoms } from "../harness.ts";

const sizes = [
  [1, 1, 1],
  [2, 3, 2],
  [3, 2, 5],
  [4, 4, 64],
  [5, 7, 65],
  [10, 10, 139],
  [63, 5, 3],
  [64, 6, 4],
  [65, 7, 5],
  [784, 10, 20],
  [3, 200, 2],
];

const one = (dim: number, k: number, blocks: number, status = 0, empty = k) => {
  const s = 4 * Math.ceil(dim / 4);
  return {
    params: { dim, k, blocks },
    buffers: {
      x: randoms(3 * dim, 3, 9, 11),
      sums: randoms(blocks * k * s, 1).map((v, i) => i % s < dim ? v : 0),
      counts: Uint32Array.from(
        { length: blocks * k },
        (_, i) => i % k === empty ? 0 : 1 + i * 7 % 5,
      ),
      status: Float32Array.of(status, 0),
      centres: randoms(k * dim, 2, 9, 11),
      shift: new Float32Array(k).fill(-7),
      size: new Uint32Array(k).fill(77),
    },
  };
};

kernelTest(kmeansUpdate, {
  cases: [
    ...sizes.map(([dim, k, blocks]) => one(dim, k, blocks)),
    { name: "nothing moves while a cluster is empty", ...one(10, 70, 3, 0, 66) },
    { name: "nothing once stopped", ...one(10, 4, 3, 1) },
  ],
  reference: ({ x, sums, counts, status, ...before }, { dim, k, blocks }) => {
    if (status[0] !== 0) return before;
    const s = 4 * Math.ceil(dim / 4);
    const centres = Float64Array.from(before.centres);
    const shift = new Float64Array(k), size = new Uint32Array(k);
    for (let i = 0; i < blocks * k; i++) size[i % k] += counts[i];
    for (let j = 0; j < k; j++) {
      if (size.includes(0)) continue;
      for (let d = 0; d < dim; d++) {
        let sum = 0;
        for (let b = 0; b < blocks; b++) sum += sums[(b * k + j) * s + d];
        centres[j * dim + d] = x[d] + sum / size[j];
        shift[j] += (centres[j * dim + d] - before.centres[j * dim + d]) ** 2;
      }
    }
    return { centres, shift, size };
  },
  tolerance: { centres: { rel: 1e-6, abs: 1e-6 }, shift: { rel: 1e-4, abs: 1e-6 } },
});
