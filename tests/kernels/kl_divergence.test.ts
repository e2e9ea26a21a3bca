import { suite } from "uvu";
import * as assert from "uvu/assert";
import { klDivergence, klDivergenceBlocks } from "../../shell/kernels/kl_divergence.ts";
import { devices, release, retain } from "../devices.ts";
import { divergence } from "../formulas.ts";
import golden from "../golden/clustering_losses.json" with { type: "json" };
import { kernelTest, LENGTHS, randoms, runCase } from "../harness.ts";

const close = randoms(1500, 4, 0.1, 1);

kernelTest(klDivergence, {
  cases: [
    ...LENGTHS.map((n) => ({
      params: { n, scale: 0.3 },
      buffers: {
        goal: randoms(n, 1, 0, 1).map((v, i) => i % 3 ? v : 0),
        q: randoms(n, 2, 1e-6, 1),
        loss: klDivergenceBlocks(n),
      },
    })),
    {
      name: "nearly equal",
      params: { n: 1500, scale: 1 },
      buffers: { goal: close, q: close.map((v, i) => v * (1 + (i % 3 - 1) / 1024)), loss: 2 },
    },
    {
      name: "zeros, tiny numbers",
      params: { n: 7, scale: 2 },
      buffers: {
        goal: Float32Array.of(0, 0, 1, 1e-30, 2e-38, 0.5, 1),
        q: Float32Array.of(0, 1, 1e-30, 1, 1, 2e-38, 1),
        loss: 1,
      },
    },
    {
      name: "infinity where q is 0, NaN",
      params: { n: 3073, scale: 1 },
      buffers: {
        goal: Float32Array.from({ length: 3073 }, (_, i) => i === 1030 ? NaN : 0.5),
        q: Float32Array.from({ length: 3073 }, (_, i) => i === 5 ? 0 : i === 2050 ? NaN : 0.25),
        loss: 4,
      },
    },
  ],
  reference: ({ goal, q }, { n, scale }) => ({
    loss: Array.from({ length: klDivergenceBlocks(n) }, (_, b) => {
      const [from, to] = [1024 * b, 1024 * b + 1024];
      return Math.fround(scale) * divergence(goal.slice(from, to), q.slice(from, to));
    }),
  }),
  tolerance: { loss: { abs: 5e-6, rel: 2e-6 } },
});

const test = suite("kl_divergence golden values");
retain();
for (const device of devices()) {
  test(`${device.name} agrees with PyTorch`, async () => {
    for (const one of golden.dec) {
      const [goal, q] = [one.p, one.q].map((t) => Float32Array.from(t.data));
      const { loss } = await runCase(klDivergence, await device.open(), {
        params: { n: q.length, scale: 1 / one.q.shape[0] },
        buffers: { goal, q, loss: 1 },
      });
      assert.ok(Math.abs(loss[0] - one.loss) < 3e-7, `got ${loss[0]}, want ${one.loss}`);
    }
  });
}
test.after(release);
test.run();
