import { add } from "../../shell/kernels/add.ts";
import { kernelTest, LENGTHS, randoms } from "../harness.ts";

const extremes = new Float32Array([3e38, 3e38, -3e38, NaN, 1, Infinity, -0, 1e-30]);

kernelTest(add, {
  cases: [
    ...LENGTHS.map((n) => ({
      params: { n },
      buffers: { a: randoms(n, 1), b: randoms(n, 2), y: n },
    })),
    {
      name: "extremes",
      params: { n: 8 },
      buffers: { a: extremes, b: extremes.slice().reverse(), y: 8 },
    },
  ],
  reference: ({ a, b }) => ({ y: Array.from(a, (v, i) => Math.fround(v + b[i])) }),
});
