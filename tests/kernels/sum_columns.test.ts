import { sumColumns } from "../../shell/kernels/sum_columns.ts";
import { kernelTest, randoms } from "../harness.ts";

const shapes = [
  [1, 1],
  [20, 1],
  [5, 3],
  [10, 64],
  [63, 65],
  [64, 16],
  [129, 15],
  [256, 784],
  [1025, 33],
  [17, 1003],
  [70_000, 10],
  [200_003, 1],
] as const;

kernelTest(sumColumns, {
  cases: [
    ...shapes.map(([m, n]) => ({
      params: { m, n },
      buffers: { x: randoms(m * n, 1, 0, 1), y: n },
    })),
    {
      name: "signs, NaN stays in its column",
      params: { m: 300, n: 21 },
      buffers: { x: randoms(6300).fill(NaN, 1000, 1001), y: 21 },
    },
  ],
  reference: ({ x }, { n }) => {
    const y = new Float64Array(n);
    x.forEach((v, i) => y[i % n] += v);
    return { y };
  },
  tolerance: { y: { rel: 1e-6, abs: 1e-5 } },
});
