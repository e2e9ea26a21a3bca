import { mse, mseBlocks, mseGrad } from "../../shell/kernels/mse.ts";
import golden from "../golden/losses.json" with { type: "json" };
import { kernelTest, LENGTHS, randoms, runCase } from "../harness.ts";
import { blockSums, lossTest } from "./losses.ts";

const lengths = LENGTHS.map((n) => ({
  params: { n, scale: 0.3 },
  buffers: { y: randoms(n, 1), t: randoms(n, 2), loss: mseBlocks(n) },
}));

const extremes = {
  name: "extremes",
  params: { n: 2052, scale: 2 },
  buffers: {
    y: Float32Array.from({ length: 2052 }, (_, i) => i < 1024 ? 1e19 / 1024 : i === 2000 ? NaN : i),
    t: Float32Array.from({ length: 2052 }, (_, i) => i < 1024 ? -1e19 / 1024 : i),
    loss: 3,
  },
};

kernelTest(mse, {
  cases: [...lengths, extremes],
  reference: ({ y, t }, { scale }) => ({
    loss: blockSums(Array.from(y, (v, i) => (v - t[i]) ** 2), Math.fround(scale)),
  }),
  tolerance: { loss: { rel: 1e-6 } },
});

kernelTest(mseGrad, {
  cases: [...lengths, extremes].map((one) => ({
    ...one,
    buffers: { y: one.buffers.y, t: one.buffers.t, dy: one.buffers.y.length },
  })),
  reference: ({ y, t }, { scale }) => ({
    dy: Array.from(y, (v, i) => Math.fround(scale) * (v - t[i])),
  }),
  tolerance: { dy: { rel: 2e-7 } },
});

lossTest({
  name: "mse",
  x: randoms(37, 3),
  t: randoms(37, 4),
  formula: (y, t) => (y - t) ** 2,
  golden: golden.mse,
  async run(device, y, t) {
    const n = y.length;
    const { loss } = await runCase(mse, device, {
      params: { n, scale: 1 / n },
      buffers: { y, t, loss: mseBlocks(n) },
    });
    const { dy } = await runCase(mseGrad, device, {
      params: { n, scale: 2 / n },
      buffers: { y, t, dy: n },
    });
    return { loss: Array.from(loss).reduce((a, b) => a + b, 0), dx: dy };
  },
});
