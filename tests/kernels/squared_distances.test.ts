import { squaredDistances } from "../../shell/kernels/squared_distances.ts";
import { kernelTest, randoms } from "../harness.ts";
import { square } from "./clustering.ts";

const sizes = [
  [1, 1, 1],
  [3, 2, 1],
  [15, 3, 2],
  [16, 4, 3],
  [17, 5, 4],
  [63, 7, 5],
  [64, 8, 9],
  [65, 10, 10],
  [33, 31, 7],
  [34, 32, 8],
  [35, 33, 6],
  [1025, 10, 4],
  [300, 784, 10],
];

kernelTest(squaredDistances, {
  cases: [
    ...sizes.map(([n, dim, k]) => ({
      params: { n, dim, k },
      buffers: { x: randoms(n * dim, 1), c: randoms(k * dim, 2), d: n * k },
    })),
    {
      name: "close points far from the origin",
      params: { n: 40, dim: 3, k: 40 },
      buffers: { x: randoms(120, 3, 4095, 4096), c: randoms(120, 3, 4095, 4096), d: 1600 },
    },
    {
      name: "NaN, infinity, large numbers",
      params: { n: 5, dim: 2, k: 2 },
      buffers: {
        x: Float32Array.of(NaN, 0, 0, NaN, Infinity, 0, 1e18, -1e18, 1e-20, 0),
        c: Float32Array.of(1, 2, -1e18, 1e18),
        d: 10,
      },
    },
  ],
  reference: ({ x, c }, { n, dim, k }) => ({
    d: Array.from({ length: n * k }, (_, t) => square(x, Math.floor(t / k), c, t % k, dim)),
  }),
  tolerance: { d: { rel: 3e-6 } },
});
