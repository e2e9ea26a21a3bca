import { suite } from "uvu";
import * as assert from "uvu/assert";
import { dbscan } from "../../shell/cluster/dbscan.ts";
import { kneeOf, suggestEps, type SuggestOptions } from "../../shell/cluster/suggest_eps.ts";
import type { Device } from "../../shell/device/device.ts";
import { Cancelled } from "../../shell/errors.ts";
import { data, type Tensor } from "../../shell/plan/tensor.ts";
import { devices, release, retain } from "../devices.ts";
import { near, randoms } from "../harness.ts";
import { groups, square } from "../kernels/clustering.ts";

const test = suite("suggested eps");
retain();

/** Does something with rows of `dim` numbers on a device. */
async function using<T>(
  device: Device,
  x: Float32Array,
  dim: number,
  act: (points: Tensor) => Promise<T>,
): Promise<T> {
  const points = data("points", [x.length / dim, dim]);
  device.write(points, x);
  try {
    return await act(points);
  } finally {
    device.free(points);
  }
}

/** Three groups, and every tenth point anywhere. */
function noisy(n: number): Float32Array {
  const x = groups(n, 2, 3), anywhere = randoms(2 * n, 3, -10, 30);
  return x.map((value, i) => (i >> 1) % 10 === 4 ? anywhere[i] : value);
}

/** Distances to the (minPoints - 1)-th other row, ascending. */
function curveOf(x: Float32Array, dim: number, minPoints: number, cosine: boolean): number[] {
  const n = x.length / dim;
  const rows = Array.from({ length: n }, (_, i) => Array.from(x.subarray(i * dim, (i + 1) * dim)));
  const unit = rows.map((row) => cosine ? row.map((v) => v / Math.hypot(...row)) : row).flat();
  return Array.from({ length: n }, (_, i) => {
    const all = Array.from({ length: n }, (_, j) => square(unit, i, unit, j, dim))
      .filter((_, j) => j !== i).sort((a, b) => a - b);
    return cosine ? all[minPoints - 2] / 2 : Math.sqrt(all[minPoints - 2]);
  }).sort((a, b) => a - b);
}

test("the knee is where the curve is deepest below its chord", () => {
  assert.is(kneeOf([0, 1, 2, 3, 10]), 3);
  assert.is(kneeOf([2, 2, 2, 6, 8]), 2);
  assert.is(kneeOf([0, 1, 2, 3]), 3);
  assert.is(kneeOf([5, 5, 5]), 2);
  assert.is(kneeOf([1]), 0);
  // A hyperbola from (0, 1) to (100, 101): 1 / (1 + a - x) has its knee where its slope is 1.
  const curve = Array.from({ length: 1001 }, (_, i) => 100 / (101 - i / 10));
  const slope = curve.findIndex((y, i) => (curve[i + 1] - y) * 1000 / (100 - 100 / 101) >= 1);
  assert.ok(Math.abs(kneeOf(curve) - slope) <= 1);
});

for (const device of devices()) {
  const on = (name: string, run: (device: Device) => Promise<void>) =>
    test(`${device.name} ${name}`, async () => await run(await device.open()));

  on("draws the curve of distances to the k-th neighbour", async (device) => {
    const x = noisy(200);
    for (const metric of ["euclidean", "cosine"] as const) {
      const options = { minPoints: 5, metric };
      const found = await using(device, x, 2, (points) => suggestEps(device, points, options));
      const want = curveOf(x, 2, 5, metric === "cosine");
      near(found.distances, want, { rel: 1e-5, abs: metric === "cosine" ? 1e-7 : 1e-6 }, "curve");
      assert.is(found.eps, found.distances[found.knee]);
      assert.is(found.knee, kneeOf(found.distances));
    }
  });

  on("suggests an eps that finds the groups", async (device) => {
    await using(device, noisy(400), 2, async (points) => {
      const { eps } = await suggestEps(device, points, { minPoints: 5 });
      const found = await dbscan(device, points, { eps, minPoints: 5 });
      const large = Array.from(
        { length: found.clusters },
        (_, c) => found.labels.filter((label) => label === c).length,
      ).filter((size) => size > 40);
      assert.is(large.length, 3);
      assert.ok(found.noise > 10 && found.noise < 60, `${found.noise} noise points`);
    });
  });

  on("passes over repeated rows", async (device) => {
    const x = Float32Array.from({ length: 30 }, (_, i) => i < 27 ? 1 : i);
    const found = await using(
      device,
      x,
      1,
      (points) => suggestEps(device, points, { minPoints: 3 }),
    );
    assert.equal([found.eps, found.knee], [1, 27]);
  });

  on("refuses what it cannot use and stops on request", async (device) => {
    const refused = async (options: SuggestOptions, want: RegExp, x = randoms(30, 1)) => {
      try {
        await using(device, x, 3, (points) => suggestEps(device, points, options));
      } catch (error) {
        return assert.match((error as Error).message, want);
      }
      assert.unreachable(String(want));
    };
    await refused({ minPoints: 1 }, /minPoints must be an integer from 2 to 257, got 1/);
    await refused({ minPoints: 258 }, /from 2 to 257, got 258/);
    await refused({ minPoints: 11 }, /minPoints 11 needs at least as many points, got 10/);
    const metric = "manhattan" as SuggestOptions["metric"];
    await refused({ minPoints: 3, metric }, /metric must be "euclidean" or "cosine"/);
    await refused(
      { minPoints: 3 },
      /suggestEps: .* row 1, column 1/,
      randoms(30, 1).fill(NaN, 4, 5),
    );
    await refused({ minPoints: 3 }, /got distances of 0 for all/, new Float32Array(30).fill(2));
    const zeros = randoms(30, 1).fill(0, 3, 6);
    await refused({ minPoints: 3, metric: "cosine" }, /suggestEps: .* got one in row 1/, zeros);
    const stop = new AbortController();
    stop.abort();
    try {
      const options = { minPoints: 3, signal: stop.signal };
      await using(device, randoms(30, 1), 3, (points) => suggestEps(device, points, options));
      assert.unreachable();
    } catch (error) {
      assert.instance(error, Cancelled);
    }
  });
}

test.after(release);
test.run();
