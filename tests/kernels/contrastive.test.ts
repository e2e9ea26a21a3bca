import { suite } from "uvu";
import * as assert from "uvu/assert";
import { contrastive, contrastiveGrad } from "../../shell/kernels/contrastive.ts";
import type { Device } from "../../shell/device/device.ts";
import { devices, release, retain } from "../devices.ts";
import { contrastiveOf, type List, squaresOf } from "../formulas.ts";
import golden from "../golden/clustering_losses.json" with { type: "json" };
import { kernelTest, near, randoms, runCase } from "../harness.ts";
import { centralDifferences } from "../reference.ts";

/** Pairs and dimensions. */
const SHAPES = [[1, 1], [2, 3], [7, 4], [8, 5], [9, 10], [65, 17], [5, 300], [2051, 10]];

const cases = [
  ...SHAPES.map(([m, dim]) => ({
    params: { m, dim, margin: 1.5, scale: 0.3 },
    buffers: {
      za: randoms(m * dim, 1),
      zb: randoms(m * dim, 2),
      same: Uint32Array.from({ length: m }, (_, i) => i % 3 ? 0 : i + 1),
    },
  })),
  {
    name: "equal points, NaN, large numbers",
    params: { m: 7, dim: 2, margin: 1, scale: 2 },
    buffers: {
      za: Float32Array.of(3, 4, 3, 4, NaN, 0, 0, NaN, 1e18, 0, 1e18, 0, 0, 1e-3),
      zb: Float32Array.of(3, 4, 3, 4, 0, 0, 0, 0, 0, -1e18, 0, -1e18, 0, 0),
      same: Uint32Array.of(0, 1, 0, 1, 0, 1, 0),
    },
  },
];

/** What the gradient multiplies the difference with. */
function slopesOf(za: List, zb: List, same: List, dim: number, margin: number): number[] {
  return squaresOf(za, zb, dim).map((d2, i) => {
    const d = Math.sqrt(d2);
    return same[i] ? 1 : d === 0 || d > margin ? 0 : -(margin - d) / d;
  });
}

kernelTest(contrastive, {
  cases: cases.map((one) => ({
    ...one,
    buffers: { ...one.buffers, loss: one.params.m, slope: one.params.m },
  })),
  reference({ za, zb, same }, { dim, margin, scale }) {
    const times = (v: number) => Math.fround(scale) * v;
    return {
      loss: contrastiveOf(za, zb, same, dim, Math.fround(margin)).map(times),
      slope: slopesOf(za, zb, same, dim, Math.fround(margin)).map(times),
    };
  },
  tolerance: { loss: { abs: 5e-7, rel: 2e-6 }, slope: { abs: 5e-7, rel: 3e-6 } },
});

kernelTest(contrastiveGrad, {
  cases: cases.map(({ params: { m, dim }, buffers: { za, zb }, ...rest }) => ({
    ...rest,
    params: { m, dim },
    buffers: { za, zb, slope: randoms(m, 5), dza: m * dim },
  })),
  reference: ({ za, zb, slope }, { dim }) => ({
    dza: Array.from(za, (v, at) => slope[Math.floor(at / dim)] * (v - zb[at])),
  }),
  tolerance: { dza: { rel: 3e-7 } },
});

/** Sum of the loss and its gradients, by the kernels. */
async function all(
  device: Device,
  za: Float32Array,
  zb: Float32Array,
  same: Uint32Array,
  { dim, margin, scale }: { dim: number; margin: number; scale: number },
) {
  const m = same.length;
  const { loss, slope } = await runCase(contrastive, device, {
    params: { m, dim, margin, scale },
    buffers: { za, zb, same, loss: m, slope: m },
  });
  const by = async (x: Float32Array, y: Float32Array) =>
    (await runCase(contrastiveGrad, device, {
      params: { m, dim },
      buffers: { za: x, zb: y, slope, dza: x.length },
    })).dza;
  const total = Array.from(loss).reduce((a, b) => a + b, 0);
  return { loss: total, dza: await by(za, zb), dzb: await by(zb, za) };
}

const test = suite("contrastive gradients and golden values");
retain();
for (const device of devices()) {
  test(`${device.name} central differences`, async () => {
    const dim = 5, za = randoms(40, 3), zb = randoms(40, 4);
    const same = Uint32Array.of(1, 0, 0, 1, 0, 0, 0, 1);
    const options = { dim, margin: 2, scale: 0.25 };
    const f = (x: List, y: List) =>
      contrastiveOf(x, y, same, dim, 2).reduce((a, b) => a + 0.25 * b, 0);
    const { dza, dzb } = await all(await device.open(), za, zb, same, options);
    const tolerance = { abs: 2e-7, rel: 5e-6 };
    near(dza, centralDifferences((x) => f(x, zb), za), tolerance, "dza");
    near(dzb, centralDifferences((x) => f(za, x), zb), tolerance, "dzb");
  });

  test(`${device.name} agrees with PyTorch`, async () => {
    const [za, zb] = [golden.za, golden.zb].map((t) => Float32Array.from(t.data));
    const { margin, loss, dza, dzb } = golden.contrastive;
    const [m, dim] = golden.za.shape;
    const same = Uint32Array.from(golden.same);
    const got = await all(await device.open(), za, zb, same, { dim, margin, scale: 1 / m });
    assert.ok(Math.abs(got.loss / loss - 1) < 1e-6, `loss: got ${got.loss}, want ${loss}`);
    near(got.dza, dza.data, { abs: 1e-7, rel: 2e-6 }, "dza");
    near(got.dzb, dzb.data, { abs: 1e-7, rel: 2e-6 }, "dzb");
  });
}
test.after(release);
test.run();
