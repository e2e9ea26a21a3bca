import { sum, sumBlocks } from "../../shell/kernels/sum.ts";
import { kernelTest, randoms } from "../harness.ts";
import { blockSums, SIZES } from "./summing.ts";

kernelTest(sum, {
  cases: [
    ...SIZES.flatMap((n) =>
      [-1, 0].map((low) => ({
        name: `n:${n} from ${low}`,
        params: { n },
        buffers: { x: randoms(n, 1, low, 1), y: sumBlocks(n) },
      }))
    ),
    {
      name: "NaN stays in its block",
      params: { n: 10_000 },
      buffers: { x: randoms(10_000).fill(NaN, 5000, 5001), y: 3 },
    },
    {
      name: "large and small",
      params: { n: 4096 },
      buffers: { x: randoms(4096, 1, 1, 2).map((v, i) => i % 2 ? v : v * 1e30), y: 1 },
    },
  ],
  reference: ({ x }) => ({ y: blockSums(x, (v) => v) }),
  // The rounding of some 30 sums in a row, each at most the sum of |x|.
  tolerance: { y: { rel: 1e-6, abs: 1e-4 } },
});
