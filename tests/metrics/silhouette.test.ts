import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Device } from "../../shell/device/device.ts";
import { Cancelled } from "../../shell/errors.ts";
import { silhouette, type SilhouetteOptions } from "../../shell/metrics/silhouette.ts";
import { silhouetteSample } from "../../shell/metrics/silhouette_sample.ts";
import { devices, release, retain } from "../devices.ts";
import digits from "../golden/cluster_scores_digits.json" with { type: "json" };
import scores from "../golden/cluster_scores.json" with { type: "json" };
import golden from "../golden/silhouette.json" with { type: "json" };
import { near, randoms } from "../harness.ts";
import { failure, someOf, withPoints } from "./reference.ts";

const test = suite("silhouette of labels");
retain();

/** Silhouette of rows of `dim` numbers, which are freed again. */
const measure = (
  device: Device,
  x: Float32Array,
  dim: number,
  labels: ArrayLike<number>,
  options: SilhouetteOptions = {},
) => withPoints(device, x, dim, (points) => silhouette(device, points, labels, options));

/** Silhouette values in float64, from all pairs. */
function reference(x: Float32Array, dim: number, labels: number[], cosine = false): number[] {
  const n = labels.length, ids = [...new Set(labels)], own = labels.map((l) => ids.indexOf(l));
  const length = (i: number) => Math.hypot(...x.subarray(i * dim, (i + 1) * dim));
  const rows = Array.from(x, (v, at) => cosine ? v / length(Math.floor(at / dim)) : v);
  const sizes = ids.map((_, c) => own.filter((other) => other === c).length);
  return own.map((o, i) => {
    const sums = ids.map(() => 0);
    for (let j = 0; j < n; j++) {
      let square = 0;
      for (let d = 0; d < dim; d++) square += (rows[i * dim + d] - rows[j * dim + d]) ** 2;
      // Of rows of length 1, 1 - x . y = ||x - y||^2 / 2.
      sums[own[j]] += cosine ? square / 2 : Math.sqrt(square);
    }
    if (sizes[o] === 1) return 0;
    const a = sums[o] / (sizes[o] - 1);
    const b = Math.min(...sums.map((sum, c) => c === o ? Infinity : sum / sizes[c]));
    return Math.max(a, b) === 0 ? 0 : (b - a) / Math.max(a, b);
  });
}

const many = Array.from({ length: 1100 }, (_, i) => i % 10 === 0 ? 9 : i % 3);
const manyPoints = randoms(1100 * 3, 8).map((v, i) => v + many[Math.floor(i / 3)] / 2);
const manyValues = reference(manyPoints, 3, many);
const manyAngles = reference(manyPoints, 3, many, true);

const x = Float32Array.from(golden.x.data), dim = golden.x.shape[1];

for (const device of devices()) {
  const on = (name: string, run: (device: Device) => Promise<void>) =>
    test(`${device.name} ${name}`, async () => await run(await device.open()));

  on("equals scikit-learn", async (device) => {
    const four = await measure(device, x, dim, golden.labels);
    near(four.samples, golden.values, { abs: 2e-6 }, "values");
    near([four.mean], [golden.mean], { abs: 1e-6 }, "mean");
    const two = await measure(device, x, dim, golden.two_labels);
    near(two.samples, golden.two_values, { abs: 2e-6 }, "values of two clusters");
    near([two.mean], [golden.two_mean], { abs: 1e-6 }, "mean of two clusters");
  });

  on("does not depend on the names of the clusters", async (device) => {
    const one = await measure(device, x, dim, golden.labels);
    const names = [40, -7, 1e9, 3];
    const other = await measure(device, x, dim, golden.labels.map((label) => names[label]));
    near(other.samples, one.samples, { abs: 2e-7 }, "values");
  });

  on("equals scikit-learn on known data, with both metrics", async (device) => {
    const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
    for (const one of someOf(device, [...scores.cases, digits])) {
      const x = Float32Array.from(one.x.data), dim = one.x.shape[1];
      const check = async (want: { silhouette: number[]; cosine?: number[] }, options = {}) => {
        for (const metric of ["euclidean", "cosine"] as const) {
          const values = metric === "cosine" ? want.cosine : want.silhouette;
          if (!values) continue;
          const got = await measure(device, x, dim, one.labels, { metric, ...options });
          near(got.samples, values, { abs: 5e-6 }, `${one.name}, ${metric}`);
          near(
            [got.mean],
            [mean(values)],
            { abs: 1e-7, rel: 1e-5 },
            `${one.name}, ${metric}, mean`,
          );
        }
      };
      await check(one);
      if ("without_noise" in one && one.without_noise) {
        await check(one.without_noise, { noise: "exclude" });
      }
    }
  });

  on("equals the formula on more points than a strip has", async (device) => {
    const { samples } = await measure(device, manyPoints, 3, many);
    near(samples, manyValues, { abs: 3e-6 }, "values");
    const angles = await measure(device, manyPoints, 3, many, { metric: "cosine" });
    near(angles.samples, manyAngles, { abs: 3e-6 }, "cosine");
  });

  on("equals the formula for many clusters, some of one point", async (device) => {
    const labels = Array.from({ length: 200 }, (_, i) => Math.floor(i / 5 + i % 2));
    const x = randoms(200 * 2, 9).map((v, i) => v + labels[Math.floor(i / 2)] % 7);
    const { samples } = await measure(device, x, 2, labels);
    near(samples, reference(x, 2, labels), { abs: 3e-6 }, "values");
  });

  on("keeps its digits where clusters are narrow cones", async (device) => {
    const labels = Array.from({ length: 60 }, (_, i) => i % 2);
    const x = randoms(60 * 4, 10).map((v, i) => 1e-3 * v + (i % 4 === labels[i >> 2] ? 1 : 0));
    const { samples } = await measure(device, x, 4, labels, { metric: "cosine" });
    near(samples, reference(x, 4, labels, true), { abs: 1e-6 }, "values");
    const outside = samples.map((s) => 1 - s);
    const want = reference(x, 4, labels, true).map((s) => 1 - s);
    near(outside, want, { rel: 0.2 }, "a / b");
  });

  on("names the points that have a value", async (device) => {
    const x = Float32Array.of(0, 1, 50, 10, 12, -70);
    const options = { noise: "exclude" } as const;
    const { rows, samples } = await measure(device, x, 1, [3, 3, -1, 4, 4, -1], options);
    assert.equal([...rows], [0, 1, 3, 4]);
    near(samples, [1 - 1 / 11, 1 - 1 / 10, 1 - 2 / 9.5, 1 - 2 / 11.5], { abs: 1e-6 }, "values");
  });

  on("a sample has exact values, an unbiased mean and an interval", async (device) => {
    const labels = Array.from({ length: 300 }, (_, i) => i % 4 === 3 ? -1 : i % 3);
    const x = randoms(300 * 2, 12).map((v, i) => v + labels[i >> 1]);
    await withPoints(device, x, 2, async (points) => {
      const seeds = device.info.kind === "wasm" ? 12 : 3;
      for (const noise of someOf(device, ["exclude", "cluster"] as const)) {
        const all = await silhouette(device, points, labels, { noise });
        const value = new Map(Array.from(all.rows, (row, i) => [row, all.samples[i]]));
        let inside = 0, sum = 0;
        for (let seed = 0; seed < seeds; seed++) {
          const one = await silhouetteSample(device, points, labels, { size: 60, seed, noise });
          assert.is(new Set(one.rows).size, 60);
          near(
            one.samples,
            Array.from(one.rows, (row) => value.get(row)!),
            { abs: 2e-6 },
            "values",
          );
          inside += Number(one.low <= all.mean && all.mean <= one.high);
          sum += one.mean - all.mean;
          near([one.high - one.low], [2 * 1.959964 * one.error], { rel: 1e-9 }, "width");
        }
        assert.ok(inside >= 0.7 * seeds, `${inside} of ${seeds} intervals hold the mean`);
        // 3 means have a standard error of about 0.02 together.
        assert.ok(Math.abs(sum / seeds) < 0.06, `the means are off by ${sum / seeds}`);
        const whole = await silhouetteSample(device, points, labels, { size: 1000, noise });
        near([whole.mean, whole.error], [all.mean, 0], { abs: 1e-6 }, "of all points");
        const again = await silhouetteSample(device, points, labels, { size: 1000, noise });
        assert.equal([...again.samples], [...whole.samples]);
      }
    });
  });

  on("refuses labels and points that have no silhouette", async (device) => {
    const points = randoms(6, 1);
    const message = (labels: number[], x = points, options = {}) =>
      failure(RangeError, () => measure(device, x, 2, labels, options));
    assert.match(await message([1, 1, 1]), /from 2 to .* got 1 for 3 points/);
    assert.match(await message([0, 1, 2]), /from 2 to .* got 3 for 3 points/);
    assert.match(await message([0, 1]), /3 points need as many labels, got 2/);
    assert.match(await message([0, 1, 0.5]), /labels must be integers, got 0.5 for point 2/);
    const bad = Float32Array.of(1, 2, 3, NaN, 5, 6);
    assert.match(await message([0, 1, 1], bad), /silhouette: .* finite, got .* row 1, column 1/);
    const zeros = Float32Array.of(1, 2, 0, 0, 5, 6);
    const angle = await message([0, 1, 1], zeros, { metric: "cosine" });
    assert.match(angle, /cosine distance needs a direction, got only zeros in row 1: remove/);
    const noise = await message([-1, -1, 0], points, { noise: "exclude" });
    assert.match(noise, /got 1 for 1 points that are not noise/);
    const sample = (size: number) =>
      failure(
        RangeError,
        () =>
          withPoints(device, points, 2, (t) => silhouetteSample(device, t, [0, 1, 1], { size })),
      );
    assert.match(await sample(1), /size must be an integer of 2 or more, got 1/);
  });

  on("stops on request", async (device) => {
    const stop = new AbortController();
    stop.abort();
    for (const metric of ["euclidean", "cosine"] as const) {
      const options = { metric, signal: stop.signal };
      const run = () => measure(device, x, dim, golden.labels, options);
      assert.match(await failure(Cancelled, run), "silhouette: stopped on request");
    }
  });
}

test.after(release);
test.run();
