import { NO_POINT } from "../../shell/kernels/k_nearest.ts";
import { neighbourDistances } from "../../shell/kernels/neighbour_distances.ts";
import { kernelTest, randoms } from "../harness.ts";
import { square } from "./clustering.ts";

/** Rows, points, dimensions, neighbours. */
const SHAPES = [
  [1, 1, 1, 1],
  [3, 2, 2, 2],
  [7, 3, 3, 5],
  [8, 40, 4, 4],
  [9, 40, 5, 3],
  [65, 100, 10, 10],
  [21, 9, 63, 3],
  [5, 300, 65, 256],
  [4, 7, 784, 6],
];

const all = { first: 0, at: 0 };

const arguments_ = (m: number, n: number, dim: number, k: number, origin = 0) => ({
  params: { rows: m, m, n, dim, k, ...all },
  buffers: {
    x: randoms(m * dim, 1, origin - 1, origin + 1),
    points: randoms(n * dim, 2, origin - 1, origin + 1),
    // Every seventh is missing.
    index: Uint32Array.from({ length: m * k }, (_, at) => at % 7 === 6 ? NO_POINT : at * 5 % n),
    d: m * k,
  },
});

kernelTest(neighbourDistances, {
  cases: [
    ...SHAPES.map(([m, n, dim, k]) => arguments_(m, n, dim, k)),
    { name: "far from the origin", ...arguments_(9, 11, 6, 3, 4096) },
    // Rows of x from the third on, two past the end; lists from the fifth on.
    {
      name: "a tile",
      params: { rows: 9, m: 8, n: 11, dim: 5, k: 3, first: 3, at: 5 },
      buffers: { ...arguments_(13, 11, 5, 3).buffers, x: randoms(45, 1), d: 24 },
    },
    {
      name: "a point itself, the first index past the end, NaN",
      params: { rows: 2, m: 2, n: 3, dim: 2, k: 3, ...all },
      buffers: {
        x: Float32Array.of(1, 2, NaN, 0),
        points: Float32Array.of(1, 2, Infinity, 0, 3, 4),
        index: Uint32Array.of(0, 3, 2, 1, 0, 4),
        d: 6,
      },
    },
  ],
  reference({ x, points, index }, { rows, m, n, dim, k, first, at }) {
    return {
      d: Array.from({ length: m * k }, (_, item) => {
        const row = first + Math.floor(item / k), j = index[at * k + item];
        return row < rows && j < n ? square(x, row, points, j, dim) : Infinity;
      }),
    };
  },
  tolerance: { d: { rel: 2e-6 } },
});
