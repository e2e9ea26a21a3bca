import { suite } from "uvu";
import * as assert from "uvu/assert";
import { dbscan, type DbscanOptions } from "../../shell/cluster/dbscan.ts";
import { dbscanPredict } from "../../shell/cluster/dbscan_predict.ts";
import type { Device } from "../../shell/device/device.ts";
import { Cancelled } from "../../shell/errors.ts";
import { data } from "../../shell/plan/tensor.ts";
import { devices, release, retain } from "../devices.ts";
import { randoms } from "../harness.ts";
import { groups } from "../kernels/clustering.ts";

const test = suite("dbscan of new points");
retain();

type Options = DbscanOptions & { readonly stop?: AbortSignal };

/** A fit of x and what it says of the rows of y. */
async function predict(
  device: Device,
  [x, y]: readonly [Float32Array, Float32Array],
  dim: number,
  { stop, ...options }: Options,
) {
  const points = data("points", [x.length / dim, dim]);
  const queries = data("queries", [y.length / dim, dim]);
  device.write(points, x);
  device.write(queries, y);
  try {
    const found = await dbscan(device, points, options);
    const labels = await dbscanPredict(device, points, found, queries, { signal: stop });
    return { found, labels: Array.from(labels) };
  } finally {
    device.free(points, queries);
  }
}

/** Euclidean distance, or 1 - cos. */
function far(x: Float32Array, i: number, y: Float32Array, j: number, dim: number, cosine: boolean) {
  let square = 0, xx = 0, yy = 0, xy = 0;
  for (let d = 0; d < dim; d++) {
    const a = x[i * dim + d], b = y[j * dim + d];
    square += (a - b) ** 2;
    xx += a * a;
    yy += b * b;
    xy += a * b;
  }
  return cosine ? 1 - xy / Math.sqrt(xx * yy) : Math.sqrt(square);
}

for (const device of devices()) {
  const on = (name: string, run: (device: Device) => Promise<void>) =>
    test(`${device.name} ${name}`, async () => await run(await device.open()));

  on("takes the nearest core point within eps", async (device) => {
    for (const metric of ["euclidean", "cosine"] as const) {
      const dim = 3, cosine = metric === "cosine";
      const x = groups(300, dim, 4), around = randoms(200 * dim, 8, -1.5, 1.5);
      const y = groups(200, dim, 4).map((value, i) => value + around[i]);
      const eps = cosine ? 0.001 : 1.2;
      const { found, labels } = await predict(device, [x, y], dim, { eps, minPoints: 5, metric });
      const want = labels.map((_, q) => {
        let label = -1, least = eps;
        found.core.forEach((core, i) => {
          const d = core ? far(y, q, x, i, dim, cosine) : Infinity;
          if (d <= least) [label, least] = [found.labels[i], d];
        });
        return label;
      });
      assert.equal(labels, want);
      assert.ok(new Set(want).size > 2 && want.includes(-1), metric);
    }
  });

  on("gives core points their own cluster, and eps itself is within", async (device) => {
    const x = Float32Array.of(0, 1, 2, 10, 11, 12, 50);
    const y = Float32Array.of(0, 1, 2, 10, 11, 12, 50, 3, 3.001, 9, -1, 6);
    const { labels } = await predict(device, [x, y], 1, { eps: 1, minPoints: 2 });
    assert.equal(labels, [0, 0, 0, 1, 1, 1, -1, 0, -1, 1, 0, -1]);
  });

  on("calls everything noise if the fit did", async (device) => {
    const x = Float32Array.of(0, 5, 10);
    const { labels } = await predict(device, [x, x], 1, { eps: 1, minPoints: 2 });
    assert.equal(labels, [-1, -1, -1]);
  });

  on("refuses what it cannot use and stops on request", async (device) => {
    const x = groups(60, 3, 2), options = { eps: 1.2, minPoints: 4 };
    const refused = async (y: Float32Array, more: Partial<Options>, want: RegExp) => {
      try {
        await predict(device, [x, y], 3, { ...options, ...more });
      } catch (error) {
        return assert.match((error as Error).message, want);
      }
      assert.unreachable(String(want));
    };
    await refused(randoms(9, 1).fill(NaN, 4, 5), {}, /dbscanPredict: .* row 1, column 1/);
    const zeros = randoms(9, 1).fill(0, 3, 6);
    await refused(zeros, { eps: 0.1, metric: "cosine" }, /dbscanPredict: .* got one in row 1/);
    const points = data("points", [60, 3]), other = data("other", [5, 2]);
    device.write(points, x);
    const found = await dbscan(device, points, options);
    for (
      const [p, q, want] of [
        [points, other, /queries must have 3 columns like the points, got other:f32\[5,2\]/],
        [other, other, /the fit must be of the points given, got one of 60 points for 5/],
      ] as const
    ) {
      try {
        await dbscanPredict(device, p, found, q);
        assert.unreachable();
      } catch (error) {
        assert.match((error as Error).message, want);
      }
    }
    device.free(points);
    const stop = new AbortController();
    stop.abort();
    try {
      await predict(device, [x, x], 3, { ...options, stop: stop.signal });
      assert.unreachable();
    } catch (error) {
      assert.instance(error, Cancelled);
    }
  });
}

test.after(release);
test.run();
