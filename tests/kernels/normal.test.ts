import { normal } from "../../shell/kernels/normal.ts";
import { kernelTest, LENGTHS } from "../harness.ts";
import { fractions, SOURCES } from "./random.ts";

const source = { seed: 42, stream: 7, step: 3 };

kernelTest(normal, {
  cases: [
    ...LENGTHS.map((n) => ({ params: { n, ...source, mean: 0, deviation: 1 }, buffers: { y: n } })),
    ...SOURCES.map((one) => ({
      params: { n: 1030, ...one, mean: 0, deviation: -0.5 },
      buffers: { y: 1030 },
    })),
    { params: { n: 67, ...source, mean: 3, deviation: 0 }, buffers: { y: 67 } },
    { params: { n: 67, ...source, mean: -1, deviation: 0.25 }, buffers: { y: 67 } },
  ],
  reference(_, { n, mean, deviation, ...source }) {
    const u = fractions(n + n % 2, source);
    const z = Array.from({ length: n }, (_, i) => {
      const pair = i - i % 2;
      const radius = Math.sqrt(-2 * Math.log(1 - u[pair]));
      const angle = 2 * Math.PI * u[pair + 1];
      return radius * (i === pair ? Math.cos(angle) : Math.sin(angle));
    });
    return { y: z.map((v) => Math.fround(mean) + Math.fround(deviation) * v) };
  },
  tolerance: { y: { abs: 2e-6, rel: 1e-7 } },
});
