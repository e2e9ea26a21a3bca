import { scale } from "../../shell/kernels/scale.ts";
import { kernelTest, LENGTHS, randoms } from "../harness.ts";

kernelTest(scale, {
  cases: LENGTHS.map((n) => ({ params: { n, factor: -1.7 }, buffers: { x: randoms(n), y: n } })),
  reference: ({ x }, { factor }) => ({ y: Array.from(x, (v) => Math.fround(factor) * v) }),
  tolerance: { y: { rel: 1e-7 } },
});
