import { suite } from "uvu";
import * as assert from "uvu/assert";
import { triplet, tripletGrad } from "../../shell/kernels/triplet.ts";
import type { Device } from "../../shell/device/device.ts";
import { devices, release, retain } from "../devices.ts";
import { type List, squaresOf, tripletsOf } from "../formulas.ts";
import golden from "../golden/clustering_losses.json" with { type: "json" };
import { kernelTest, near, randoms, runCase } from "../harness.ts";
import { centralDifferences } from "../reference.ts";

/** Triplets and dimensions. */
const SHAPES = [[1, 1], [2, 3], [7, 4], [8, 5], [9, 10], [65, 17], [5, 300], [2051, 10]];

const cases = [
  ...SHAPES.flatMap(([m, dim]) =>
    [0, 1].map((squared) => ({
      params: { m, dim, squared, masked: squared, margin: 0.2, scale: 0.3 },
      buffers: {
        za: randoms(m * dim, 1),
        zp: randoms(m * dim, 2),
        zn: randoms(m * dim, 3),
        valid: Uint32Array.from({ length: m }, (_, i) => i % 3),
      },
    }))
  ),
  ...[0, 1].map((squared) => ({
    name: `equal points, NaN, large numbers, squared ${squared}`,
    params: { m: 8, dim: 1, squared, masked: 1, margin: 1, scale: 2 },
    buffers: {
      za: Float32Array.of(3, 3, 3, NaN, 0, 0, 1e18, 5),
      zp: Float32Array.of(3, 3, 4, 0, NaN, 0, -1e18, NaN),
      zn: Float32Array.of(3, 4, 3, 0, 0, NaN, 0, 5),
      valid: Uint32Array.of(1, 1, 1, 1, 1, 1, 1, 0),
    },
  })),
];

kernelTest(triplet, {
  cases: cases.map((one) => ({
    ...one,
    buffers: { ...one.buffers, loss: one.params.m, slope: 2 * one.params.m },
  })),
  reference({ za, zp, zn, valid }, { dim, squared, masked, margin, scale }) {
    const times = (v: number) => Math.fround(scale) * v;
    const out = (i: number) => masked === 1 && valid[i] === 0;
    const loss = tripletsOf([za, zp, zn], dim, Math.fround(margin), squared === 1)
      .map((v, i) => out(i) ? 0 : times(v));
    const factors = [zp, zn].map((y) =>
      squaresOf(za, y, dim).map((d2) => squared ? 2 : d2 === 0 ? 0 : 1 / Math.sqrt(d2))
    );
    const slope = loss.flatMap((v, i) => factors.map((f) => v === 0 ? 0 : times(f[i])));
    return { loss, slope };
  },
  tolerance: { loss: { abs: 1e-5, rel: 2e-6 }, slope: { rel: 3e-6 } },
});

kernelTest(tripletGrad, {
  cases: cases.filter((one) => one.params.squared).map((
    { params: { m, dim }, buffers: { za, zp, zn }, ...rest },
  ) => ({
    ...rest,
    params: { m, dim },
    buffers: { za, zp, zn, slope: randoms(2 * m, 5), dza: m * dim, dzp: m * dim, dzn: m * dim },
  })),
  reference({ za, zp, zn, slope }, { dim }) {
    const near = Array.from(za, (v, at) => slope[2 * Math.floor(at / dim)] * (v - zp[at]));
    const far = Array.from(za, (v, at) => slope[2 * Math.floor(at / dim) + 1] * (v - zn[at]));
    return { dza: near.map((v, at) => v - far[at]), dzp: near.map((v) => -v), dzn: far };
  },
  tolerance: { dza: { abs: 3e-7, rel: 3e-7 }, dzp: { rel: 3e-7 }, dzn: { rel: 3e-7 } },
});

/** Sum of the loss and its gradients, by the kernels. */
async function all(
  device: Device,
  [za, zp, zn]: readonly Float32Array[],
  { dim, margin, squared, scale }: {
    dim: number;
    margin: number;
    squared: number;
    scale: number;
  },
) {
  const n = za.length, m = n / dim;
  const { loss, slope } = await runCase(triplet, device, {
    params: { m, dim, squared, masked: 0, margin, scale },
    buffers: { za, zp, zn, valid: new Uint32Array(m), loss: m, slope: 2 * m },
  });
  const { dza, dzp, dzn } = await runCase(tripletGrad, device, {
    params: { m, dim },
    buffers: { za, zp, zn, slope, dza: n, dzp: n, dzn: n },
  });
  return { loss: Array.from(loss).reduce((a, b) => a + b, 0), gradients: [dza, dzp, dzn] };
}

const test = suite("triplet gradients and golden values");
retain();
for (const device of devices()) {
  for (const squared of [0, 1]) {
    test(`${device.name} central differences, squared ${squared}`, async () => {
      const dim = 5, margin = 0.5, scale = 0.25;
      const rows = [3, 4, 5].map((seed) => randoms(40, seed));
      const f = (r: readonly List[]) =>
        scale * tripletsOf(r, dim, margin, squared === 1).reduce((a, b) => a + b, 0);
      const got = await all(await device.open(), rows, { dim, margin, squared, scale });
      rows.forEach((row, t) => {
        const want = centralDifferences((x) => f(rows.map((r, s) => s === t ? x : r)), row);
        near(got.gradients[t], want, { abs: 2e-7, rel: 5e-6 }, "apn"[t]);
      });
    });

    test(`${device.name} agrees with PyTorch, squared ${squared}`, async () => {
      const { margin, loss, dza, dzp, dzn } = squared ? golden.triplet_squared : golden.triplet;
      const [m, dim] = golden.triplets[0].shape;
      const rows = golden.triplets.map((t) => Float32Array.from(t.data));
      const got = await all(await device.open(), rows, { dim, margin, squared, scale: 1 / m });
      assert.ok(Math.abs(got.loss / loss - 1) < 1e-6, `loss: got ${got.loss}, want ${loss}`);
      [dza, dzp, dzn].forEach((want, t) => {
        near(got.gradients[t], want.data, { abs: 2e-7, rel: 2e-6 }, "apn"[t]);
      });
    });
  }
}
test.after(release);
test.run();
