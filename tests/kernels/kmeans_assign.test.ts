import { kmeansAssign } from "../../shell/kernels/kmeans_assign.ts";
import { kernelTest } from "../harness.ts";
import { centresOf, groups, integers, square } from "./clustering.ts";

const sizes = [
  [1, 1, 1, 12],
  [2, 2, 2, 12],
  [11, 3, 3, 12],
  [12, 4, 4, 12],
  [13, 5, 5, 12],
  [63, 7, 6, 24],
  [64, 8, 7, 64],
  [65, 9, 8, 64],
  [505, 10, 10, 504],
  [700, 10, 10, 128],
  [97, 31, 11, 96],
  [98, 32, 1, 96],
  [99, 33, 2, 96],
  [100, 34, 4, 36],
  [101, 35, 5, 36],
  [1000, 64, 13, 100],
  [700, 784, 10, 504],
  [300, 6, 90, 150],
];

/** Room for the results, with other numbers in it than zeros. */
const room = (n: number, dim: number, k: number, rows: number) => {
  const blocks = Math.ceil(n / rows);
  return {
    status: Uint32Array.of(0, 3),
    label: Uint32Array.from({ length: n }, (_, i) => i % (k + 1)),
    distance: new Float32Array(n).fill(-7),
    sums: new Float32Array(blocks * k * 4 * Math.ceil(dim / 4)).fill(-7),
    counts: new Uint32Array(blocks * k).fill(77),
    totals: new Float32Array(2 * blocks).fill(-7),
  };
};

const one = (n: number, dim: number, k: number, rows: number, origin = 0) => ({
  params: { n, dim, k, rows },
  buffers: {
    x: groups(n, dim, k, origin),
    centres: centresOf(dim, k, origin),
    ...room(n, dim, k, rows),
  },
});

kernelTest(kmeansAssign, {
  cases: [
    ...sizes.map(([n, dim, k, rows]) => one(n, dim, k, rows)),
    { name: "far from the origin, few dimensions", ...one(200, 3, 5, 48, 5000) },
    { name: "far from the origin, many dimensions", ...one(200, 40, 5, 48, 5000) },
    ...[3, 36].map((dim) => ({
      name: `the lowest of equals, ${dim} dimensions`,
      params: { n: 400, dim, k: 9, rows: 96 },
      buffers: {
        x: integers(400 * dim, 3, 1),
        centres: integers(9 * dim, 3, 2),
        ...room(400, dim, 9, 96),
      },
    })),
    {
      name: "NaN",
      params: { n: 14, dim: 2, k: 3, rows: 12 },
      buffers: {
        x: groups(14, 2, 3).fill(NaN, 5, 6).fill(NaN, 26, 27),
        centres: centresOf(2, 3),
        ...room(14, 2, 3, 12),
      },
    },
    {
      name: "nothing once stopped",
      params: { n: 20, dim: 2, k: 3, rows: 12 },
      buffers: {
        x: groups(20, 2, 3),
        centres: centresOf(2, 3),
        ...room(20, 2, 3, 12),
        status: Uint32Array.of(2, 3),
      },
    },
  ],
  reference: ({ x, centres, status, ...before }, { n, dim, k, rows }) => {
    if (status[0] !== 0) return before;
    const stride = 4 * Math.ceil(dim / 4);
    const label = new Uint32Array(n), distance = new Float64Array(n);
    const sums = new Float64Array(before.sums.length);
    const counts = new Uint32Array(before.counts.length);
    const totals = new Float64Array(before.totals.length);
    for (let i = 0; i < n; i++) {
      const block = Math.floor(i / rows);
      const squares = Array.from({ length: k }, (_, j) => square(x, i, centres, j, dim));
      const j = squares.some(Number.isNaN) ? 0 : squares.indexOf(Math.min(...squares));
      label[i] = j;
      distance[i] = squares[j];
      totals[2 * block] += squares[j];
      totals[2 * block + 1] += j === before.label[i] ? 0 : 1;
      counts[block * k + j]++;
      for (let d = 0; d < dim; d++) {
        sums[(block * k + j) * stride + d] += x[i * dim + d] - centres[j * dim + d];
      }
    }
    return { label, distance, sums, counts, totals };
  },
  tolerance: {
    distance: { rel: 3e-6 },
    sums: { rel: 1e-5, abs: 3e-5 },
    totals: { rel: 1e-5 },
  },
});
