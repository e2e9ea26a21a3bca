import { mixtureWeigh } from "../../shell/kernels/mixture_weigh.ts";
import { kernelTest, randoms } from "../harness.ts";

const one = (m: number, k: number, dim: number, square: number) => ({
  params: { m, k, dim, square },
  buffers: {
    responsibility: randoms(m * k, 1, 0, 1),
    y: randoms(k * m * dim, 2, -2, 2).map((v, i) => i === 5 ? NaN : v),
    w: k * m * dim,
  },
});

kernelTest(mixtureWeigh, {
  cases: [0, 1].flatMap((square) => [
    ...[one(1, 1, 1, square), one(2, 3, 4, square), one(65, 3, 10, square)],
    ...[one(63, 5, 67, square), one(2000, 10, 11, square)],
  ]),
  reference: ({ responsibility, y }, { m, k, dim, square }) => ({
    w: Array.from(y, (v, at) => {
      const i = Math.floor(at / dim) % m, c = Math.floor(at / dim / m);
      return responsibility[i * k + c] * (square ? v * v : v);
    }),
  }),
  tolerance: { w: { rel: 2e-7 } },
});
