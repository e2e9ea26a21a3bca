import { packPanels, panelsSize } from "../../shell/kernels/pack_panels.ts";
import { kernelTest, randoms } from "../harness.ts";

function one(m: number, dim: number, n = m + 2) {
  return {
    params: { m, dim },
    buffers: {
      x: randoms(n * dim, 1),
      order: Uint32Array.from({ length: m }, (_, p) => (p * 5 + 3) % n),
      y: panelsSize(m, dim),
    },
  };
}

kernelTest(packPanels, {
  cases: [
    one(1, 1),
    one(7, 2),
    one(8, 3),
    one(9, 4),
    one(64, 5),
    one(63, 10, 9),
    one(1001, 67),
    one(20, 784),
  ],
  reference: ({ x, order }, { m, dim }) => ({
    y: Float64Array.from({ length: panelsSize(m, dim) }, (_, at) => {
      const p = Math.floor(at / (8 * dim)) * 8 + at % 8;
      return x[order[Math.min(p, m - 1)] * dim + Math.floor(at / 8) % dim];
    }),
  }),
});
