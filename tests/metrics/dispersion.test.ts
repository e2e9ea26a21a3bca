import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Device } from "../../shell/device/device.ts";
import { Cancelled } from "../../shell/errors.ts";
import {
  calinskiHarabasz,
  calinskiHarabaszOf,
  daviesBouldin,
  daviesBouldinOf,
} from "../../shell/metrics/dispersion.ts";
import { clusterSpread } from "../../shell/metrics/spread.ts";
import { devices, release, retain } from "../devices.ts";
import digits from "../golden/cluster_scores_digits.json" with { type: "json" };
import golden from "../golden/cluster_scores.json" with { type: "json" };
import { near, randoms } from "../harness.ts";
import { failure, someOf, withPoints } from "./reference.ts";

const test = suite("Davies-Bouldin and Calinski-Harabasz");
retain();

/** Both scores in float64, from the formulas. */
function reference(x: ArrayLike<number>, dim: number, labels: ArrayLike<number>) {
  const n = labels.length, ids = [...new Set(Array.from(labels))], k = ids.length;
  const rows = Array.from(
    { length: n },
    (_, i) => Array.from({ length: dim }, (_, d) => x[i * dim + d]),
  );
  const meanOf = (some: number[][]) =>
    Array.from({ length: dim }, (_, d) => some.reduce((sum, r) => sum + r[d] / some.length, 0));
  const distance = (a: number[], b: number[]) => Math.hypot(...a.map((v, d) => v - b[d]));
  const members = ids.map((id) => rows.filter((_, i) => labels[i] === id));
  const centres = members.map(meanOf), centre = meanOf(rows);
  const spread = members.map((some, c) =>
    some.reduce((sum, r) => sum + distance(r, centres[c]) / some.length, 0)
  );
  const worst = centres.map((a, i) =>
    Math.max(...centres.map((b, j) => i === j ? 0 : (spread[i] + spread[j]) / distance(a, b)))
  );
  let within = 0, between = 0;
  members.forEach((some, c) => {
    some.forEach((r) => within += distance(r, centres[c]) ** 2);
    between += some.length * distance(centres[c], centre) ** 2;
  });
  return [worst.reduce((a, b) => a + b) / k, between * (n - k) / (within * (k - 1))];
}

async function both(
  device: Device,
  x: Float32Array,
  dim: number,
  labels: ArrayLike<number>,
  options = {},
) {
  return await withPoints(device, x, dim, async (points) => {
    const spread = await clusterSpread(device, points, labels, options);
    return [daviesBouldinOf(spread), calinskiHarabaszOf(spread)];
  });
}

for (const device of devices()) {
  const on = (name: string, run: (device: Device) => Promise<void>) =>
    test(`${device.name} ${name}`, async () => await run(await device.open()));

  on("equals scikit-learn", async (device) => {
    for (const one of someOf(device, [...golden.cases, digits])) {
      const x = Float32Array.from(one.x.data), dim = one.x.shape[1];
      const want = [one.davies_bouldin, one.calinski_harabasz];
      near(await both(device, x, dim, one.labels), want, { rel: 1e-5 }, one.name);
      if (!("without_noise" in one) || !one.without_noise) continue;
      const { davies_bouldin, calinski_harabasz } = one.without_noise;
      const rest = await both(device, x, dim, one.labels, { noise: "exclude" });
      near(rest, [davies_bouldin, calinski_harabasz], { rel: 1e-5 }, `${one.name}, excluded`);
    }
  });

  on("equals the formulas on more points than a segment has, near and far", async (device) => {
    for (const [dim, origin] of [[3, 0], [10, 10_000], [70, -300]]) {
      const labels = Array.from({ length: 1500 }, (_, i) => [7, -3, 40][i % 7 % 3]);
      const x = randoms(1500 * dim, 5).map((v, i) => v + origin + labels[Math.floor(i / dim)] / 20);
      const want = reference(x, dim, labels);
      near(await both(device, x, dim, labels), want, { rel: 1e-5 }, `${dim} around ${origin}`);
    }
  });

  on("keeps its digits where the first point of a cluster lies far out", async (device) => {
    const labels = Array.from({ length: 900 }, (_, i) => i % 2);
    const x = randoms(900 * 4, 6).map((v, i) => v + 10 * labels[Math.floor(i / 4)]);
    x.fill(30_000, 0, 4);
    near(await both(device, x, 4, labels), reference(x, 4, labels), { rel: 1e-5 }, "scores");
  });

  on("gives both from one measurement, and the centres", async (device) => {
    const x = Float32Array.of(0, 0, 0, 2, 6, 0, 6, 4, 9, 9);
    await withPoints(device, x, 2, async (points) => {
      const spread = await clusterSpread(device, points, [5, 5, 2, 2, -1], { noise: "exclude" });
      assert.equal([...spread.ids], [5, 2]);
      assert.equal([...spread.centres], [0, 1, 6, 2]);
      assert.equal([...spread.distances], [1, 2]);
      assert.equal([...spread.squares], [2, 8]);
      assert.is(spread.n, 4);
      const labels = [5, 5, 2, 2, -1], all = await clusterSpread(device, points, labels);
      assert.is(await daviesBouldin(device, points, labels), daviesBouldinOf(all));
      assert.is(await calinskiHarabasz(device, points, labels), calinskiHarabaszOf(all));
      near([daviesBouldinOf(spread)], [3 / Math.sqrt(37)], { rel: 1e-7 }, "Davies-Bouldin");
      near([calinskiHarabaszOf(spread)], [37 * 2 / 10], { rel: 1e-7 }, "Calinski-Harabasz");
    });
  });

  on("leaves out clusters with the same centre", async (device) => {
    const x = Float32Array.of(-1, 1, -2, 2, 9, 11);
    near([(await both(device, x, 1, [0, 0, 1, 1, 2, 2]))[0]], [0.8 / 3], { rel: 1e-6 }, "index");
  });

  on("refuses labels and points that have no score", async (device) => {
    const of = (labels: number[], x = randoms(8, 1), options = {}) =>
      failure(RangeError, () => both(device, x, 2, labels, options));
    assert.match(await of([1, 1, 1, 1]), /clusterSpread: .* from 2 to .* got 1 for 4 points/);
    assert.match(await of([0, 1, 2, 3]), /from 2 to .* got 4 for 4 points/);
    assert.match(await of([0, 1]), /4 points need as many labels, got 2/);
    assert.match(await of([0, 1, 0, NaN]), /labels must be integers, got NaN for point 3/);
    const noise = await of([-1, 1, 1, -1], undefined, { noise: "exclude" });
    assert.match(noise, /got 1 for 2 points that are not noise/);
    assert.match(await of([0, 1, 1, 0], new Float32Array(8).fill(NaN)), /finite/);
    const large = Float32Array.of(1e30, 0, -1e30, 0, 1, 2, 3, 4);
    assert.match(await of([0, 0, 1, 1], large), /too large to be squared: scale them down/);
  });

  on("stops on request", async (device) => {
    const stop = new AbortController();
    stop.abort();
    const run = () => both(device, randoms(8, 1), 2, [0, 0, 1, 1], { signal: stop.signal });
    assert.match(await failure(Cancelled, run), "stopped on request");
  });
}

test.after(release);
test.run();
