import { uniform } from "../../shell/kernels/uniform.ts";
import { kernelTest, LENGTHS } from "../harness.ts";
import { fractions, SOURCES } from "./random.ts";

const source = { seed: 42, stream: 7, step: 3 };

kernelTest(uniform, {
  cases: [
    ...LENGTHS.map((n) => ({ params: { n, ...source, low: -0.07, high: 0.1 }, buffers: { y: n } })),
    ...SOURCES.map((one) => ({
      params: { n: 1030, ...one, low: 0, high: 1 },
      buffers: { y: 1030 },
    })),
    { params: { n: 5, ...source, low: 0.1, high: 0.1 }, buffers: { y: 5 } },
    { params: { n: 5, ...source, low: -1e30, high: 3e30 }, buffers: { y: 5 } },
  ],
  // Rounded as the kernel rounds, step by step: the bits must be equal.
  reference(_, { n, low, high, ...source }) {
    const from = Math.fround(low), span = Math.fround(Math.fround(high) - from);
    return { y: fractions(n, source).map((u) => Math.fround(from + Math.fround(span * u))) };
  },
});
