import { SELF_TEST_SIZE, selfTestKernel } from "../../shell/kernels/self_test.ts";
import { kernelTest } from "../harness.ts";

kernelTest(selfTestKernel, {
  cases: [0, 1, 65_535, 65_536, 70_001].map((turns) => ({
    params: { turns },
    buffers: { y: SELF_TEST_SIZE },
  })),
  reference: (_, { turns }) => ({
    y: Array.from({ length: SELF_TEST_SIZE }, (_, seed) => {
      // BigInt, so that the reference shares nothing with 32-bit arithmetic.
      let s = BigInt(seed);
      for (let turn = 0; turn < turns; turn++) s = (s * 1664525n + 1013904223n) % 4294967296n;
      return Number(s);
    }),
  }),
});
