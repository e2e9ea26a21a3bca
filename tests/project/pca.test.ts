import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Device } from "../../shell/device/device.ts";
import { Cancelled } from "../../shell/errors.ts";
import type { Tensor } from "../../shell/plan/tensor.ts";
import { type Pca, pca, type PcaOptions } from "../../shell/project/pca.ts";
import { devices, release, retain } from "../devices.ts";
import golden from "../golden/pca.json" with { type: "json" };
import { near, randoms } from "../harness.ts";
import { placed as placeAll, type Values } from "./divergence.ts";
import { type Matrix, matrixOf } from "./golden.ts";

const test = suite("pca");
retain();

const placed = <T>(device: Device, x: Values, act: (x: Tensor) => Promise<T>) =>
  placeAll(device, [x], act);

const fit = (device: Device, x: Values, options: PcaOptions = {}) =>
  placed(device, x, (points) => pca(device, points, options));

interface Golden {
  readonly x: Matrix | string;
  readonly variance: readonly number[];
  readonly ratio: readonly number[];
  readonly singular: readonly number[];
  readonly mean: readonly number[];
  readonly which: readonly number[];
  readonly components: readonly (readonly number[])[];
}
const cases: Record<string, Golden> = golden.cases;

function compare(found: Pca, want: Golden, count: number): void {
  const { dim } = found;
  const largest = want.variance[0];
  const head = (list: readonly number[]) => list.slice(0, count);
  near(
    found.explainedVariance,
    head(want.variance),
    { rel: 1e-5, abs: 1e-6 * largest },
    "variance",
  );
  near(found.explainedVarianceRatio, head(want.ratio), { rel: 1e-5, abs: 1e-6 }, "ratio");
  const singular = { rel: 1e-5, abs: 1e-3 * want.singular[0] };
  near(found.singularValues, head(want.singular), singular, "singular values");
  near(found.mean.slice(0, want.mean.length), want.mean, { rel: 1e-7, abs: 1e-6 }, "mean");
  want.which.forEach((c, i) => {
    if (c >= count) return;
    const row = found.components.subarray(c * dim, (c + 1) * dim);
    const largest = row.reduce((best, v) => Math.abs(v) > Math.abs(best) ? v : best, 0);
    assert.ok(largest > 0, `sign of component ${c}`);
    const got = row.slice(0, want.components[i].length);
    const dot = got.reduce((sum, v, t) => sum + v * want.components[i][t], 0);
    near(got.map((v) => dot < 0 ? -v : v), want.components[i], { abs: 1e-4 }, `component ${c}`);
  });
}

const first = new Map<string, Pca>();

for (const { name: machine, family, open } of devices()) {
  const on = (name: string, run: (device: Device) => Promise<void>) =>
    test(`${machine} ${name}`, async () => await run(await open()));

  for (const [name, want] of Object.entries(cases)) {
    on(`${name} as in scikit-learn`, async (device) => {
      const x = matrixOf(want.x);
      const wide = x.shape[1] > 1000;
      // A CPU that plays a GPU takes long.
      const few = wide && !family.startsWith("wasm") ? { components: 6 } : {};
      const found = await fit(device, x, wide ? { powerIterations: 3, ...few } : {});
      const usual = Math.min(x.shape[0], wide ? 50 : x.shape[1]);
      assert.is(found.count, few.components ?? usual);
      compare(found, want, found.count);
      // The graded variances of wine keep their relative precision.
      if (name === "wine") {
        near(found.explainedVariance, want.variance, { rel: 1e-5 }, "relative variance");
      }
      if (!family.startsWith("wasm") && name !== "wine") return;
      const count = Math.min(5, found.count);
      const other = await fit(device, x, { components: count, solver: "randomised", seed: 3 });
      assert.is(other.count, count);
      compare(other, want, count);
      if (!family.startsWith("wasm")) return;
      const before = first.get(family + name);
      if (!before) first.set(family + name, found);
      else assert.equal(found, before, "other bits with another worker count");
    });
  }

  on("scores and back, whitened too", async (device) => {
    const iris = matrixOf("iris");
    const ten = { shape: [10, 4], data: iris.data.slice(0, 40) };
    const plain = await fit(device, iris, { components: 2 });
    // Signs may differ from scikit-learn's: it looks at the scores.
    const align = (got: Float32Array, want: readonly number[]) => {
      const sign = [0, 1].map((c) => Math.sign(got[c] * want[c]));
      return got.map((v, at) => v * sign[at % 2]);
    };
    const scores = await placed(device, ten, (x) => plain.transform(device, x));
    const want = golden["iris scores"].data;
    near(align(scores, want), want, { abs: 1e-4 }, "scores");
    const back = await placed(
      device,
      { shape: [10, 2], data: scores },
      (y) => plain.inverse(device, y),
    );
    near(back, golden["iris back"].data, { abs: 1e-4 }, "inverse");
    const wine = matrixOf(cases.wine.x);
    const whitened = await fit(device, wine, { components: 2, whiten: true });
    const few = { shape: [10, 13], data: wine.data.slice(0, 130) };
    const white = await placed(device, few, (x) => whitened.transform(device, x));
    near(
      align(white, golden["wine white"].data),
      golden["wine white"].data,
      { abs: 1e-4 },
      "white",
    );
    const again = await placed(
      device,
      { shape: [10, 2], data: white },
      (y) => whitened.inverse(device, y),
    );
    const two = await fit(device, wine, { components: 2 });
    const unwhite = await placed(device, few, (x) => two.transform(device, x));
    const straight = await placed(
      device,
      { shape: [10, 2], data: unwhite },
      (y) => two.inverse(device, y),
    );
    near(again, straight, { rel: 1e-5, abs: 1e-3 }, "whitened inverse");
  });

  on("more rows than a tile; the inverse of all components is the identity", async (device) => {
    const n = 2500, dim = 3;
    const x = randoms(n * dim, 4).map((v, at) => v * (1 + at % dim) + 5);
    const points = { shape: [n, dim], data: Array.from(x) };
    const found = await fit(device, points);
    const scores = await placed(device, points, (t) => found.transform(device, t));
    near(
      await placed(device, { shape: [n, dim], data: scores }, (t) => found.inverse(device, t)),
      x,
      { abs: 1e-5 },
      "inverse",
    );
    for (let c = 0; c < dim; c++) {
      const column = scores.filter((_, at) => at % dim === c);
      const variance = column.reduce((sum, v) => sum + v * v, 0) / (n - 1);
      near([variance], [found.explainedVariance[c]], { rel: 1e-5 }, "variance of scores");
    }
  });

  on("constant points have variance 0, and whitened scores 0", async (device) => {
    const points = { shape: [6, 3], data: new Array(18).fill(0.1) };
    for (const solver of ["covariance", "randomised"] as const) {
      const found = await fit(device, points, { solver, whiten: true });
      near(found.explainedVariance, [0, 0, 0], { abs: 1e-14 }, "variance");
      assert.ok(found.explainedVarianceRatio.every(Number.isFinite));
      const scores = await placed(device, points, (x) => found.transform(device, x));
      assert.ok(scores.every(Number.isFinite));
    }
    const zeros = await fit(device, { shape: [4, 2], data: new Array(8).fill(0) });
    assert.equal([...zeros.explainedVarianceRatio], [0, 0]);
  });

  on("refuses what has no answer", async (device) => {
    const x = { shape: [4, 3], data: Array.from(randoms(12, 1)) };
    const fails = async (act: () => Promise<unknown>, pattern: RegExp) => {
      try {
        await act();
      } catch (error) {
        return assert.match((error as Error).message, pattern);
      }
      assert.unreachable(`${pattern}`);
    };
    await fails(() => fit(device, x, { components: 0 }), /integer from 1 to 3, .* got 0/);
    await fails(() => fit(device, x, { components: 4 }), /from 1 to 3, .* got 4/);
    await fails(() => fit(device, x, { components: 1.5 }), /integer from 1 to 3/);
    await fails(() => fit(device, x, { powerIterations: -1 }), /powerIterations .* got -1/);
    await fails(
      () => fit(device, { shape: [1, 3], data: [1, 2, 3] }),
      /needs at least 2 points, got 1/,
    );
    const bad = { shape: [4, 3], data: x.data.with(7, NaN) };
    await fails(() => fit(device, bad), /pca: .* finite, got .* row 2, column 1/);
    const found = await fit(device, x);
    await fails(
      () =>
        placed(device, { shape: [2, 2], data: [1, 2, 3, 4] }, (t) => found.transform(device, t)),
      /points must be an f32 tensor \[n, 3\]/,
    );
    await fails(
      () => placed(device, { shape: [2, 2], data: [1, 2, 3, 4] }, (t) => found.inverse(device, t)),
      /scores must be an f32 tensor \[n, 3\]/,
    );
    const stop = new AbortController();
    stop.abort();
    try {
      await fit(device, x, { signal: stop.signal });
      assert.unreachable();
    } catch (error) {
      assert.instance(error, Cancelled);
    }
  });
}

test.after(release);
test.run();
