import { sumRows } from "../../shell/kernels/sum_rows.ts";
import { kernelTest, randoms } from "../harness.ts";

const shapes = [
  [1, 1],
  [3, 5],
  [64, 10],
  [65, 63],
  [7, 64],
  [2, 129],
  [5, 1025],
  [1003, 17],
  [3, 10_007],
  [70_000, 10],
  [1, 200_003],
] as const;

kernelTest(sumRows, {
  cases: [
    ...shapes.map(([m, n]) => ({
      params: { m, n },
      buffers: { x: randoms(m * n, 1, 0, 1), y: m },
    })),
    {
      name: "signs, NaN stays in its row",
      params: { m: 9, n: 300 },
      buffers: { x: randoms(2700).fill(NaN, 1000, 1001), y: 9 },
    },
  ],
  reference: ({ x }, { m, n }) => {
    const y = new Float64Array(m);
    x.forEach((v, i) => y[Math.floor(i / n)] += v);
    return { y };
  },
  tolerance: { y: { rel: 1e-6, abs: 1e-5 } },
});
