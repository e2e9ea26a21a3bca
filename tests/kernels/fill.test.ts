import { fill } from "../../shell/kernels/fill.ts";
import { kernelTest, LENGTHS } from "../harness.ts";

kernelTest(fill, {
  cases: [
    ...LENGTHS.map((n) => ({ params: { n, value: -1.7 }, buffers: { y: n } })),
    ...[0, 1e-30, 3e38].map((value) => ({ params: { n: 70, value }, buffers: { y: 70 } })),
  ],
  reference: ({ y }, { value }) => ({ y: new Float32Array(y.length).fill(value) }),
});
