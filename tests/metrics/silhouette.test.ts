import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Device } from "../../shell/device/device.ts";
import { Cancelled } from "../../shell/errors.ts";
import { silhouette } from "../../shell/metrics/silhouette.ts";
import { data } from "../../shell/plan/tensor.ts";
import { devices, release, retain } from "../devices.ts";
import golden from "../golden/silhouette.json" with { type: "json" };
import { near, randoms } from "../harness.ts";

const test = suite("silhouette of labels");
retain();

/** Silhouette of rows of `dim` numbers, which are freed again. */
async function measure(
  device: Device,
  x: Float32Array,
  dim: number,
  labels: ArrayLike<number>,
  signal?: AbortSignal,
) {
  const points = data("points", [x.length / dim, dim]);
  device.write(points, x);
  try {
    return await silhouette(device, points, labels, { signal });
  } finally {
    device.free(points);
  }
}

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

  on("refuses labels and points that have no silhouette", async (device) => {
    const points = randoms(6, 1);
    const message = async (labels: number[], x = points) => {
      try {
        await measure(device, x, 2, labels);
      } catch (error) {
        if (error instanceof RangeError) return error.message;
        throw error;
      }
      return "";
    };
    assert.match(await message([1, 1, 1]), /from 2 to .* got 1 for 3 points/);
    assert.match(await message([0, 1, 2]), /from 2 to .* got 3 for 3 points/);
    assert.match(await message([0, 1]), /3 points need as many labels, got 2/);
    assert.match(await message([0, 1, 0.5]), /labels must be integers, got 0.5 for point 2/);
    const bad = Float32Array.of(1, 2, 3, NaN, 5, 6);
    assert.match(await message([0, 1, 1], bad), /silhouette: .* finite, got .* row 1, column 1/);
  });

  on("stops on request", async (device) => {
    const stop = new AbortController();
    stop.abort();
    try {
      await measure(device, x, dim, golden.labels, stop.signal);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, Cancelled);
    }
  });
}

test.after(release);
test.run();
