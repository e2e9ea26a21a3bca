import { argmax } from "../../shell/kernels/argmax.ts";
import { kernelTest, randoms } from "../harness.ts";

const shapes = [[1, 1], [3, 2], [5, 3], [64, 4], [65, 5], [63, 10], [9, 1000], [20_001, 10]];

/** Rows of 6: ties, zeros of both signs, subnormal numbers, infinities, NaN. */
const rows = [
  [1, 2, 3, 3, 2, 3],
  [-3, -1, -2, -1, -4, -9],
  [-1, -0, 0, -0, 0, -1],
  [-1e-40, -1e-45, 0, 1e-45, 1e-40, 1e-42],
  [-Infinity, -Infinity, -3e38, -Infinity, -3e38, -Infinity],
  [1, Infinity, 3e38, Infinity, 2, 0],
  [1, 2, NaN, Infinity, NaN, 5],
  [9, 8, 7, 6, 5, NaN],
  [NaN, NaN, 1, 2, 3, 4],
  [-Infinity, -Infinity, -Infinity, -Infinity, -Infinity, -Infinity],
];

kernelTest(argmax, {
  cases: [
    ...shapes.map(([m, n]) => ({ params: { m, n }, buffers: { x: randoms(m * n), y: m } })),
    {
      name: "ties",
      params: { m: 1000, n: 37 },
      buffers: { x: randoms(37_000).map((v) => Math.round(3 * v)), y: 1000 },
    },
    {
      name: "extremes",
      params: { m: rows.length, n: 6 },
      buffers: { x: new Float32Array(rows.flat()), y: rows.length },
    },
    {
      name: "extremes in wide rows",
      params: { m: 6, n: 10 },
      buffers: { x: new Float32Array(rows.flat()), y: 6 },
    },
  ],
  reference: ({ x }, { m, n }) => ({
    y: Array.from({ length: m }, (_, i) => {
      const row = Array.from(x.subarray(i * n, i * n + n));
      const nan = row.findIndex(Number.isNaN);
      return nan >= 0 ? nan : row.indexOf(Math.max(...row));
    }),
  }),
});
