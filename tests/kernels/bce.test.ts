import { bce, bceBlocks, bceGrad } from "../../shell/kernels/bce.ts";
import golden from "../golden/losses.json" with { type: "json" };
import { kernelTest, LENGTHS, randoms, runCase } from "../harness.ts";
import { blockSums, lossTest } from "./losses.ts";

const formula = (x: number, t: number) =>
  Math.max(x, 0) - x * t + Math.log1p(Math.exp(-Math.abs(x)));

const sigmoid = (x: number) => x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x));

const lengths = LENGTHS.map((n) => ({
  params: { n, scale: 0.3 },
  buffers: { x: randoms(n, 1, -12, 12), t: randoms(n, 2, 0, 1), loss: bceBlocks(n) },
}));

/** A certain answer, right or wrong, costs next to nothing or |x|; one block each, then NaN. */
const SURE = [-3e38, -1e4, -100, -88, -20, 0, 20, 88, 100, 1e4, 3e38, NaN];
const extremes = SURE.flatMap((x) =>
  [0, 1].map((t) => ({
    name: `x ${x}, t ${t}`,
    params: { n: 1, scale: 1 },
    buffers: { x: Float32Array.of(x), t: Float32Array.of(t), loss: 1 },
  }))
);

kernelTest(bce, {
  cases: [...lengths, ...extremes],
  reference: ({ x, t }, { scale }) => ({
    loss: blockSums(Array.from(x, (v, i) => formula(v, t[i])), Math.fround(scale)),
  }),
  // Below the smallest normal number a device may answer zero.
  tolerance: { loss: { abs: 1.2e-38, rel: 3e-6 } },
});

kernelTest(bceGrad, {
  cases: [...lengths, ...extremes].map((one) => ({
    ...one,
    buffers: { x: one.buffers.x, t: one.buffers.t, dx: one.buffers.x.length },
  })),
  reference: ({ x, t }, { scale }) => ({
    dx: Array.from(x, (v, i) => Math.fround(scale) * (sigmoid(v) - t[i])),
  }),
  tolerance: { dx: { abs: 1e-7, rel: 1e-6 } },
});

lossTest({
  name: "bce",
  x: randoms(37, 3, -5, 5),
  t: randoms(37, 4, 0, 1),
  formula,
  golden: golden.bce_with_logits,
  async run(device, x, t) {
    const n = x.length;
    const { loss } = await runCase(bce, device, {
      params: { n, scale: 1 / n },
      buffers: { x, t, loss: bceBlocks(n) },
    });
    const { dx } = await runCase(bceGrad, device, {
      params: { n, scale: 1 / n },
      buffers: { x, t, dx: n },
    });
    return { loss: Array.from(loss).reduce((a, b) => a + b, 0), dx };
  },
});
