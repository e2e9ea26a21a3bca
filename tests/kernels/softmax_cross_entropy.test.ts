import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  softmaxCrossEntropy,
  softmaxCrossEntropyGrad,
} from "../../shell/kernels/softmax_cross_entropy.ts";
import { devices, release, retain } from "../devices.ts";
import golden from "../golden/losses.json" with { type: "json" };
import { kernelTest, near, randoms, runCase } from "../harness.ts";

/** Rows and columns: one class, below and above a vector, a share of a workgroup, a workgroup. */
const SHAPES = [[1, 1], [1, 2], [3, 10], [7, 8], [8, 9], [9, 65], [64, 10], [5, 1000], [2049, 10]];

/** Labels 0, 3, 6, ... modulo n, the last one not below n if there are several. */
function labels(m: number, n: number): Uint32Array {
  return Uint32Array.from({ length: m }, (_, i) => i > 0 && i === m - 1 ? n : (3 * i) % n);
}

/** Loss and probabilities of one row, in float64. */
function row(x: readonly number[], label: number): { loss: number; p: number[] } {
  const top = Math.max(...x);
  const e = x.map((v) => Math.exp(v - top));
  const sum = e.reduce((a, b) => a + b, 0);
  const loss = label < x.length ? Math.log(sum) - (x[label] - top) : NaN;
  return { loss: Number.isNaN(sum) ? NaN : loss, p: e.map((v) => v / sum) };
}

function rows<T>(
  x: ArrayLike<number>,
  m: number,
  n: number,
  f: (x: number[], i: number) => T,
): T[] {
  return Array.from({ length: m }, (_, i) => f(Array.from(x).slice(i * n, i * n + n), i));
}

const shaped = SHAPES.map(([m, n]) => ({
  params: { m, n },
  buffers: { x: randoms(m * n, 1, -8, 8), label: labels(m, n), loss: m, probability: m * n },
}));

const LARGE = 3e38;
const extremes = {
  name: "extremes",
  params: { m: 8, n: 5 },
  buffers: {
    x: Float32Array.from([
      ...[1000, -1000, 0, 999, 1],
      ...[0, 0, 0, 0, 0],
      ...[LARGE, -LARGE, 0, LARGE, 1],
      ...[-LARGE, -LARGE, -LARGE, -LARGE, -LARGE],
      ...[1, 2, NaN, 3, 4],
      ...[1, 2, 3, 4, NaN],
      ...[1, 2, 3, Infinity, 4],
      ...[-Infinity, 2, -Infinity, 3, -Infinity],
    ]),
    label: Uint32Array.from([0, 1, 2, 3, 0, 4, 0, 1]),
    loss: 8,
    probability: 40,
  },
};

kernelTest(softmaxCrossEntropy, {
  cases: [...shaped, extremes],
  reference({ x, label }, { m, n }) {
    const all = rows(x, m, n, (r, i) => row(r, label[i]));
    return { loss: all.map((r) => r.loss), probability: all.flatMap((r) => r.p) };
  },
  tolerance: { loss: { abs: 2e-6, rel: 1e-6 }, probability: { abs: 1e-7, rel: 1e-5 } },
});

const gradCases = SHAPES.map(([m, n]) => ({
  params: { m, n, scale: -0.37 },
  buffers: { probability: randoms(m * n, 2, 0, 1), label: labels(m, n), dx: m * n },
}));

kernelTest(softmaxCrossEntropyGrad, {
  cases: [...gradCases, {
    name: "NaN",
    params: { m: 2, n: 3, scale: 1 },
    buffers: {
      probability: Float32Array.from([0.5, NaN, 0.5, 0.2, 0.3, 0.5]),
      label: Uint32Array.from([0, 2 ** 32 - 1]),
      dx: 6,
    },
  }],
  reference: ({ probability, label }, { n, scale }) => ({
    dx: Array.from(
      probability,
      (p, i) => {
        const own = label[Math.floor(i / n)];
        return own < n ? Math.fround(scale) * (p - (i % n === own ? 1 : 0)) : NaN;
      },
    ),
  }),
  tolerance: { dx: { rel: 2e-7 } },
});

const test = suite("softmax_cross_entropy gradients and golden values");
retain();

/** Loss of each row and gradient of their mean, by the two kernels. */
async function both(device: Parameters<typeof runCase>[1], x: Float32Array, label: Uint32Array) {
  const m = label.length, n = x.length / m;
  const { loss, probability } = await runCase(softmaxCrossEntropy, device, {
    params: { m, n },
    buffers: { x, label, loss: m, probability: m * n },
  });
  const { dx } = await runCase(softmaxCrossEntropyGrad, device, {
    params: { m, n, scale: 1 / m },
    buffers: { probability, label, dx: m * n },
  });
  return { loss: Array.from(loss).reduce((a, b) => a + b, 0) / m, dx };
}

for (const device of devices()) {
  test(`${device.name} central differences`, async () => {
    const m = 6, n = 7, h = 1e-4;
    const x = randoms(m * n, 3, -4, 4), label = Uint32Array.from([0, 6, 3, 3, 1, 2]);
    const mean = (values: number[]) =>
      rows(values, m, n, (r, i) => row(r, label[i]).loss).reduce((a, b) => a + b, 0) / m;
    const want = Array.from(x, (_, i) => {
      const at = (d: number) => mean(Array.from(x, (v, k) => k === i ? v + d : v));
      return (at(h) - at(-h)) / (2 * h);
    });
    near((await both(await device.open(), x, label)).dx, want, { abs: 1e-7, rel: 1e-5 }, "dx");
  });

  test(`${device.name} agrees with PyTorch`, async () => {
    const { x, y, loss, dx } = golden.cross_entropy;
    const got = await both(
      await device.open(),
      Float32Array.from(x.data),
      Uint32Array.from(y.data),
    );
    assert.ok(Math.abs(got.loss - loss) < 2e-6, `loss: got ${got.loss}, want ${loss}`);
    near(got.dx, dx.data, { abs: 1e-7, rel: 1e-6 }, "dx");
  });
}

test.after(release);
test.run();
