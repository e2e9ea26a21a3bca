import { accumulate } from "../../shell/kernels/accumulate.ts";
import { kernelTest, LENGTHS, randoms } from "../harness.ts";

kernelTest(accumulate, {
  cases: LENGTHS.map((n) => ({ params: { n }, buffers: { x: randoms(n, 1), y: randoms(n, 2) } })),
  reference: ({ x, y }) => ({ y: Array.from(x, (v, i) => v + y[i]) }),
  tolerance: { y: { rel: 1e-7, abs: 1e-9 } },
});
