import { mixtureDifferences } from "../../shell/kernels/mixture_differences.ts";
import { kernelTest, randoms } from "../harness.ts";

const one = (m: number, k: number, dim: number) => ({
  params: { m, k, dim },
  buffers: {
    x: randoms(m * dim, 1).map((v, i) => i === 5 ? NaN : v),
    mean: randoms(k * dim, 2),
    factor: randoms(k * dim, 3, 0, 2),
    y: k * m * dim,
  },
});

kernelTest(mixtureDifferences, {
  cases: [
    ...[one(1, 1, 1), one(2, 3, 4), one(64, 2, 5), one(65, 3, 10), one(63, 5, 67)],
    one(2000, 10, 11),
  ],
  reference: ({ x, mean, factor }, { m, k, dim }) => ({
    y: Array.from({ length: k * m * dim }, (_, at) => {
      const j = at % dim, i = Math.floor(at / dim) % m, c = Math.floor(at / dim / m);
      return (x[i * dim + j] - mean[c * dim + j]) * factor[c * dim + j];
    }),
  }),
  tolerance: { y: { abs: 2e-7, rel: 2e-7 } },
});
