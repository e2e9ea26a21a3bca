import { dropout } from "../../shell/kernels/dropout.ts";
import { kernelTest, LENGTHS, randoms } from "../harness.ts";
import { fractions, SOURCES } from "./random.ts";

const source = { seed: 42, stream: 7, step: 3 };
const extremes = Float32Array.from({ length: 64 }, (_, i) => [NaN, 0, -0, 1e38][i % 4]);

kernelTest(dropout, {
  cases: [
    ...LENGTHS.map((n) => ({
      params: { n, ...source, keep: 0.8 },
      buffers: { x: randoms(n), y: n },
    })),
    ...SOURCES.map((one) => ({
      params: { n: 1030, ...one, keep: 0.5 },
      buffers: { x: randoms(1030), y: 1030 },
    })),
    { params: { n: 67, ...source, keep: 1 }, buffers: { x: randoms(67), y: 67 } },
    {
      name: "extremes",
      params: { n: 64, ...source, keep: 0.5 },
      buffers: { x: extremes, y: 64 },
    },
  ],
  reference({ x }, { n, keep, ...source }) {
    const share = Math.fround(keep);
    return { y: fractions(n, source).map((u, i) => x[i] * (u < share ? 1 / share : 0)) };
  },
  tolerance: { y: { rel: 3e-7 } },
});
