import { sumSquares, sumSquaresBlocks } from "../../shell/kernels/sum_squares.ts";
import { kernelTest, randoms } from "../harness.ts";
import { blockSums, SIZES } from "./summing.ts";

kernelTest(sumSquares, {
  cases: [
    ...SIZES.map((n) => ({ params: { n }, buffers: { x: randoms(n), y: sumSquaresBlocks(n) } })),
    {
      name: "NaN stays in its block",
      params: { n: 10_000 },
      buffers: { x: randoms(10_000).fill(NaN, 5000, 5001), y: 3 },
    },
    {
      name: "large and small",
      params: { n: 4100 },
      buffers: { x: randoms(4100, 1, 1, 2).map((v, i) => i % 2 ? v * 1e-10 : v * 1e15), y: 2 },
    },
  ],
  reference: ({ x }) => ({ y: blockSums(x, (v) => v * v) }),
  tolerance: { y: { rel: 1e-6 } },
});
