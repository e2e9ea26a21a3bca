import { copy } from "../../shell/kernels/copy.ts";
import { kernelTest, LENGTHS, randoms } from "../harness.ts";

const extremes = new Float32Array([NaN, Infinity, -Infinity, 0, -0, 1e-45, -1e-40, 3.4e38, 1]);

kernelTest(copy, {
  cases: [
    ...LENGTHS.map((n) => ({ params: { n }, buffers: { x: randoms(n), y: n } })),
    { name: "extremes", params: { n: 9 }, buffers: { x: extremes, y: 9 } },
  ],
  reference: ({ x }) => ({ y: x }),
});
