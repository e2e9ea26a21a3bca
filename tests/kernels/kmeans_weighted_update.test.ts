import { kmeansWeightedUpdate } from "../../shell/kernels/kmeans_weighted_update.ts";
import { kernelTest, randoms } from "../harness.ts";

/** Dimensions, clusters, blocks. */
const SIZES = [
  [1, 1, 1],
  [2, 3, 2],
  [3, 2, 5],
  [5, 7, 65],
  [10, 10, 139],
  [63, 5, 3],
  [64, 6, 4],
  [65, 7, 5],
  [784, 10, 20],
  [3, 70, 2],
];

interface Change {
  readonly unit?: number;
  readonly status?: number;
  /** A cluster without points. */
  readonly empty?: number;
  /** A cluster whose points cancel. */
  readonly nowhere?: number;
}

const one = (dim: number, k: number, blocks: number, change: Change = {}) => {
  const { unit = 0, status = 0, empty = k, nowhere = k } = change;
  const s = 4 * Math.ceil(dim / 4);
  // Only points of length 1 can cancel to within 1e-6: a GPU divides to 2.5 units in the last place.
  const x = nowhere < k ? randoms(3 * dim, 3, 0.3, 0.5) : randoms(3 * dim, 3, 9, 11);
  const masses = randoms(blocks * k, 6, 0.5, 3);
  const sums = randoms(blocks * k * s, 1).map((v, i) => {
    const d = i % s, cluster = Math.floor(i / s);
    if (d >= dim) return 0;
    return cluster % k === nowhere ? -x[d] * masses[cluster] : v;
  });
  return {
    params: { dim, k, blocks, unit },
    buffers: {
      x,
      sums,
      masses,
      counts: Uint32Array.from({ length: blocks * k }, (_, i) => i % k === empty ? 0 : 1 + i % 5),
      status: Float32Array.of(status, 0),
      centres: randoms(k * dim, 2, 9, 11),
      shift: new Float32Array(k).fill(-7),
      size: new Uint32Array(k).fill(77),
    },
  };
};

kernelTest(kmeansWeightedUpdate, {
  cases: [
    ...SIZES.flatMap(([dim, k, blocks]) => [0, 1].map((unit) => one(dim, k, blocks, { unit }))),
    { name: "nothing moves while a cluster is empty", ...one(10, 70, 3, { empty: 66 }) },
    { name: "nothing once stopped", ...one(10, 4, 3, { status: 1, unit: 1 }) },
    { name: "a mean of no direction moves nothing", ...one(6, 4, 1, { nowhere: 2, unit: 1 }) },
  ],
  reference: ({ x, sums, masses, counts, status, ...before }, { dim, k, blocks, unit }) => {
    if (status[0] !== 0) return before;
    const s = 4 * Math.ceil(dim / 4);
    const centres = Float64Array.from(before.centres);
    const shift = new Float64Array(k), size = new Uint32Array(k);
    for (let i = 0; i < blocks * k; i++) size[i % k] += counts[i];
    for (let j = 0; j < k; j++) {
      if (size.includes(0)) continue;
      let mass = 0;
      for (let b = 0; b < blocks; b++) mass += masses[b * k + j];
      const mean = Array.from({ length: dim }, (_, d) => {
        let sum = 0;
        for (let b = 0; b < blocks; b++) sum += sums[(b * k + j) * s + d];
        return x[d] + sum / mass;
      });
      const length = unit ? Math.hypot(...mean) : 1;
      if (length <= 1e-6) continue;
      mean.forEach((value, d) => {
        const at = j * dim + d;
        centres[at] = value / length;
        shift[j] += (centres[at] - before.centres[at]) ** 2;
      });
    }
    return { centres, shift, size };
  },
  tolerance: { centres: { rel: 2e-6, abs: 1e-6 }, shift: { rel: 1e-4, abs: 1e-6 } },
});
