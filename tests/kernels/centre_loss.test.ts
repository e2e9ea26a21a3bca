import { suite } from "uvu";
import { centreLoss, centreLossGrad } from "../../shell/kernels/centre_loss.ts";
import { devices, release, retain } from "../devices.ts";
import type { List } from "../formulas.ts";
import { kernelTest, near, randoms, runCase } from "../harness.ts";
import { centralDifferences } from "../reference.ts";
import { square } from "./clustering.ts";

/** Rows, centres, dimensions. */
const SHAPES = [[1, 1, 1], [7, 3, 2], [8, 4, 3], [9, 10, 10], [63, 5, 17], [5, 2, 300], [
  2051,
  10,
  10,
]];

/** Labels 0, 7, 14, ... modulo k; the last is not below k if there are several. */
const labels = (m: number, k: number) =>
  Uint32Array.from({ length: m }, (_, i) => m > 2 && i === m - 1 ? 2 ** 32 - 1 : 7 * i % k);

const cases = [
  ...SHAPES.map(([m, k, dim]) => ({
    params: { m, k, dim, scale: 0.3 },
    buffers: { z: randoms(m * dim, 1), mu: randoms(k * dim, 2), label: labels(m, k) },
  })),
  {
    name: "NaN, large numbers, a point on its centre",
    params: { m: 4, k: 2, dim: 2, scale: 2 },
    buffers: {
      z: Float32Array.of(NaN, 1, 1e18, -1e18, 3, 4, 0, 1),
      mu: Float32Array.of(3, 4, NaN, 0),
      label: Uint32Array.of(0, 0, 0, 1),
    },
  },
];

kernelTest(centreLoss, {
  cases: cases.map((one) => ({ ...one, buffers: { ...one.buffers, loss: one.params.m } })),
  reference: ({ z, mu, label }, { k, dim, scale }) => ({
    loss: Array.from(
      label,
      (j, i) => j < k ? Math.fround(scale) * square(z, i, mu, j, dim) : NaN,
    ),
  }),
  tolerance: { loss: { rel: 3e-6 } },
});

kernelTest(centreLossGrad, {
  cases: cases.map((one) => ({ ...one, buffers: { ...one.buffers, dz: one.buffers.z.length } })),
  reference: ({ z, mu, label }, { k, dim, scale }) => ({
    dz: Array.from(z, (v, at) => {
      const j = label[Math.floor(at / dim)];
      return j < k ? Math.fround(scale) * (v - mu[j * dim + at % dim]) : NaN;
    }),
  }),
  tolerance: { dz: { rel: 3e-7 } },
});

const test = suite("centre_loss gradients");
retain();
for (const device of devices()) {
  test(`${device.name} central differences`, async () => {
    const m = 5, k = 3, dim = 6, z = randoms(30, 3), mu = randoms(18, 4);
    const label = Uint32Array.of(2, 0, 2, 1, 0);
    const loss = (x: List) => 0.7 * label.reduce((sum, j, i) => sum + square(x, i, mu, j, dim), 0);
    const { dz } = await runCase(centreLossGrad, await device.open(), {
      params: { m, k, dim, scale: 1.4 },
      buffers: { z, mu, label, dz: 30 },
    });
    near(dz, centralDifferences(loss, z), { abs: 1e-8, rel: 1e-6 }, "dz");
  });
}
test.after(release);
test.run();
