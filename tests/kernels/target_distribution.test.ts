import { suite } from "uvu";
import { targetDistribution } from "../../shell/kernels/target_distribution.ts";
import { devices, release, retain } from "../devices.ts";
import { columnSums, targetOf } from "../formulas.ts";
import golden from "../golden/clustering_losses.json" with { type: "json" };
import { kernelTest, near, randoms, runCase } from "../harness.ts";

const SHAPES = [[1, 1], [1, 3], [7, 4], [8, 5], [9, 10], [65, 63], [5, 300], [20_003, 10]];

kernelTest(targetDistribution, {
  cases: [
    ...SHAPES.map(([m, k]) => ({
      params: { m, k },
      buffers: { q: randoms(m * k, 1, 0, 1), f: randoms(k, 2, 1, 1e6), goal: m * k },
    })),
    {
      name: "empty clusters, a row without members, tiny numbers, NaN",
      params: { m: 4, k: 5 },
      buffers: {
        q: Float32Array.from([
          ...[0, 0.5, 0, 0.25, 0.25],
          ...[0, 0, 0, 0, 0],
          ...[0, 1e-10, 0, 1e-18, 1],
          ...[0, 0.5, 0, NaN, 0.25],
        ]),
        f: Float32Array.of(0, 2, 0, 0.25, 1e7),
        goal: 20,
      },
    },
    {
      name: "NaN in a column sum",
      params: { m: 2, k: 2 },
      buffers: {
        q: Float32Array.of(0.5, 0.5, 0.25, 0.75),
        f: Float32Array.of(NaN, 1),
        goal: 4,
      },
    },
  ],
  reference: ({ q, f }) => ({ goal: targetOf(q, f) }),
  tolerance: { goal: { abs: 1e-37, rel: 2e-6 } },
});

const test = suite("target_distribution golden values");
retain();
for (const device of devices()) {
  test(`${device.name} agrees with PyTorch`, async () => {
    for (const one of golden.dec) {
      const [m, k] = one.q.shape;
      const q = Float32Array.from(one.q.data), f = Float32Array.from(columnSums(one.q.data, k));
      const { goal } = await runCase(targetDistribution, await device.open(), {
        params: { m, k },
        buffers: { q, f, goal: m * k },
      });
      near(goal, one.p.data, { rel: 1e-6 }, "p");
    }
  });
}
test.after(release);
test.run();
