import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  miniBatchKmeans,
  type MiniBatchOptions,
  type MiniBatchResult,
} from "../../shell/cluster/mini_batch.ts";
import { starvingCentres } from "../../shell/cluster/mini_batch_steps.ts";
import type { Device } from "../../shell/device/device.ts";
import { Cancelled } from "../../shell/errors.ts";
import { upload, type UploadOptions } from "../../shell/methods/rows.ts";
import { devices, release, retain } from "../devices.ts";
import digits from "../golden/kmeans_digits.json" with { type: "json" };
import { near, randoms } from "../harness.ts";
import { groups, square } from "../kernels/clustering.ts";
import { refusal } from "./points.ts";

const test = suite("mini-batch kmeans");
retain();

/** Clusters rows of `dim` numbers that are resident or, with a limit of bytes, streamed. */
async function cluster(
  device: Device,
  x: Float32Array,
  dim: number,
  options: MiniBatchOptions,
  how: UploadOptions = {},
): Promise<MiniBatchResult> {
  const rows = upload(device, x, dim, how);
  try {
    return await miniBatchKmeans(device, rows, options);
  } finally {
    rows.free();
  }
}

/** Checks labels, distances and the inertia in float64. */
function verify(x: Float32Array, dim: number, r: MiniBatchResult): void {
  const k = r.centres.length / dim;
  let inertia = 0;
  r.labels.forEach((label, i) => {
    const all = Array.from({ length: k }, (_, j) => square(x, i, r.centres, j, dim));
    assert.ok(all[label] <= Math.min(...all) * (1 + 1e-5) + 1e-9, `row ${i}: not nearest`);
    near([r.distances[i]], [Math.sqrt(all[label])], { rel: 1e-5, abs: 1e-6 }, `distance ${i}`);
    inertia += all[label];
  });
  near([r.inertia], [inertia], { rel: 1e-5, abs: 1e-6 }, "inertia");
}

/** Mean squared distance of each row to the middle of its own group. */
const ideal = (x: Float32Array, dim: number, k: number) => {
  const n = x.length / dim, group = (i: number) => (i * 7) % k;
  const middles = new Float64Array(k * dim), sizes = new Float64Array(k);
  for (let i = 0; i < n; i++) {
    sizes[group(i)]++;
    for (let d = 0; d < dim; d++) middles[group(i) * dim + d] += x[i * dim + d];
  }
  middles.forEach((_, q) => middles[q] /= sizes[Math.floor(q / dim)]);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += square(x, i, middles, group(i), dim);
  return sum;
};

for (const device of devices()) {
  const on = (name: string, run: (device: Device) => Promise<void>) =>
    test(`${device.name} ${name}`, async () => await run(await device.open()));
  // Control flow of the host: a GPU that a CPU plays takes too long for many steps.
  const onWasm = device.family.startsWith("wasm") ? on : () => {};

  on("moves centres as scikit-learn does", async (device) => {
    const [n, dim] = digits.shape;
    const x = Float32Array.from(digits.x, (c) => c.charCodeAt(0) - 97);
    const centres = x.slice(0, 10 * dim);
    const { batch, steps, centres: want, inertias } = digits.mini_batch;
    const epochs = batch * steps / n;
    const options = { clusters: 10, centres, batch, epochs, reassign: 0, patience: 0 };
    let told = 0;
    const got = await cluster(device, x, dim, {
      ...options,
      draw: "in order",
      onStep: ({ step, inertia }) => {
        told = step;
        near([inertia], [inertias[step - 1]], { rel: 1e-5 }, `step ${step}`);
      },
    });
    assert.is(told, steps);
    assert.is(got.steps, steps);
    assert.is(got.stopReason, "limit");
    near(got.centres, want, { rel: 1e-5, abs: 1e-4 }, "centres");
    verify(x, dim, got);
  });

  on("rows of different weights move centres as in scikit-learn's partial_fit", async (device) => {
    const [n, dim] = digits.shape;
    const x = Float32Array.from(digits.x, (c) => c.charCodeAt(0) - 97);
    const { batch, steps, weights, centres, inertias } = digits.weighted_mini_batch;
    const got = await cluster(device, x, dim, {
      ...{ clusters: 10, centres: x.slice(0, 10 * dim), batch, epochs: batch * steps / n },
      ...{ reassign: 0, patience: 0, draw: "in order", weights },
    });
    near(got.history, inertias, { rel: 1e-5 }, "history");
    near(got.centres, centres, { rel: 1e-5, abs: 1e-4 }, "centres");
    const sum = got.distances.reduce((all, d, i) => all + weights[i] * d * d, 0);
    near([got.inertia], [sum], { rel: 1e-5 }, "inertia");
  });

  onWasm("rows of weight 0 draw no centre, not at the start and not later", async (device) => {
    const dim = 3, k = 4, x = groups(600, dim, k);
    // A third of the rows are far off and count for nothing.
    const far = x.map((v, q) => Math.floor(q / dim) % 3 ? v : v + 400);
    const weights = Float32Array.from({ length: 600 }, (_, i) => i % 3 ? 0.5 + i % 2 : 0);
    const options = { clusters: k, batch: 60, epochs: 10, seed: 1, weights };
    const got = await cluster(device, far, dim, options);
    assert.ok(got.centres.every((v) => Math.abs(v) < 200), `${got.centres}`);
    const starving = new Float32Array(k * dim).fill(-900);
    const moved = await cluster(device, far, dim, { ...options, centres: starving, starts: 1 });
    assert.ok(moved.centres.every((v) => v === -900 || Math.abs(v) < 200), `${moved.centres}`);
    assert.ok(moved.inertia < 2 * got.inertia, `${moved.inertia}, not ${got.inertia}`);
    // Equal weights are no weights, but for the samples of the start.
    const centres = x.slice(0, k * dim), start = { ...options, centres, weights: undefined };
    const plain = await cluster(device, x, dim, start);
    const equal = await cluster(device, x, dim, { ...start, weights: new Array(600).fill(0.25) });
    near(equal.centres, plain.centres, { abs: 1e-5 }, "centres");
    near([equal.inertia], [plain.inertia / 4], { rel: 1e-5 }, "inertia");
    const streamed = await cluster(device, far, dim, options, { limit: 4 * dim * 200 });
    assert.equal(streamed, got);
  });

  on("streamed rows give the bits of resident ones", async (device) => {
    const dim = 5, k = 6, x = groups(1300, dim, k);
    const options = { clusters: k, batch: 100, epochs: 1, seed: 4 };
    const resident = await cluster(device, x, dim, options);
    const streamed = await cluster(device, x, dim, options, { limit: 4 * dim * 400 });
    assert.equal(streamed, resident);
    verify(x, dim, resident);
    assert.is(resident.found, k);
    assert.ok(resident.inertia < 1.2 * ideal(x, dim, k), `inertia ${resident.inertia}`);
    const other = await cluster(device, x, dim, { ...options, seed: 5 });
    assert.not.equal(other.history, resident.history);
  });

  onWasm("moves starving centres to where rows are", async (device) => {
    const dim = 3, k = 5, x = groups(600, dim, k);
    // All but one of the centres are far from every row.
    const centres = new Float32Array(k * dim).fill(500);
    centres.set(x.subarray(0, dim));
    const options = { clusters: k, centres, batch: 60, epochs: 10, seed: 1 };
    const left = await cluster(device, x, dim, { ...options, reassign: 0 });
    assert.is(left.found, 1);
    const moved = await cluster(device, x, dim, options);
    assert.is(moved.found, k);
    assert.ok(moved.inertia < left.inertia / 4);
    verify(x, dim, moved);
  });

  on("cosine: directions, whatever their length", async (device) => {
    const dim = 4, k = 3, x = groups(500, dim, k, 2);
    const longer = x.map((v, q) => v * 2 ** (Math.floor(q / dim) % 5));
    const options = {
      clusters: k,
      batch: 50,
      epochs: 1,
      starts: 1,
      metric: "cosine" as const,
      seed: 2,
    };
    const one = await cluster(device, x, dim, options);
    const two = await cluster(device, longer, dim, options);
    assert.equal(two.labels, one.labels);
    near(two.centres, one.centres, { abs: 1e-5 }, "centres");
    for (let j = 0; j < k; j++) {
      near([Math.hypot(...one.centres.subarray(j * dim, (j + 1) * dim))], [1], { abs: 1e-6 }, "1");
    }
    const sum = one.distances.reduce((a, d) => a + d, 0);
    near([one.inertia], [sum], { rel: 1e-5 }, "inertia");
  });

  onWasm("stops when the inertia falls no more", async (device) => {
    const x = groups(800, 3, 4);
    const got = await cluster(device, x, 3, { clusters: 4, batch: 80, epochs: 1000, seed: 3 });
    assert.is(got.stopReason, "patience");
    assert.ok(got.steps < 1000);
    assert.is(got.history.length, got.steps);
  });

  onWasm("refuses what has no answer, and stops on request", async (device) => {
    const x = randoms(40, 1);
    const message = (options: MiniBatchOptions, values = x) =>
      refusal(() => cluster(device, values, 2, options));
    assert.match(await message({ clusters: 21 }), /21 clusters need at least as many rows, got 20/);
    assert.match(await message({ clusters: 0 }), /clusters must be an integer of at least 1/);
    assert.match(await message({ clusters: 2, reassign: 1 }), /reassign must be at least 0/);
    assert.match(await message({ clusters: 2, patience: -1 }), /patience must be an integer/);
    const weights = new Float32Array(20);
    assert.match(
      await message({ clusters: 2, weights }),
      /miniBatchKmeans: a weight must be above 0/,
    );
    assert.match(await message({ clusters: 2, weights: [1] }), /20 points need as many weights/);
    const centres = Float32Array.of(0, NaN, 1, 1);
    assert.match(await message({ clusters: 2, centres }), /2 rows of 2 finite numbers/);
    const bad = x.slice();
    bad[7] = NaN;
    assert.match(
      await message({ clusters: 2 }, bad),
      /finite, got NaN or infinity in row 3, col.* 1/,
    );
    bad.fill(0, 6, 8);
    const cosine = { clusters: 2, metric: "cosine" as const };
    assert.match(await message(cosine, bad), /length 0 has no cosine distance, got row 3/);
    const stop = new AbortController();
    stop.abort();
    try {
      await cluster(device, x, 2, { clusters: 2, signal: stop.signal });
      assert.unreachable();
    } catch (error) {
      assert.instance(error, Cancelled);
    }
  });
}

test("any number of workers gives the same bits", async () => {
  const x = groups(900, 6, 5);
  const first = new Map<string, MiniBatchResult>();
  for (const device of devices().filter((d) => d.family.startsWith("wasm"))) {
    const options = { clusters: 5, batch: 90, epochs: 3, seed: 3 };
    const got = await cluster(await device.open(), x, 6, options);
    assert.equal(got, first.get(device.family) ?? got);
    first.set(device.family, got);
  }
});

test("starving centres: the fewest first, some at most", () => {
  assert.equal(starvingCentres([100, 0, 5, 30, 2], 0.1, 9), [1, 2, 4]);
  assert.equal(starvingCentres([100, 0, 5, 30, 2], 0.1, 2), [1, 4]);
  assert.equal(starvingCentres([0, 0, 0], 0.1, 2), []);
  assert.equal(starvingCentres([10, 1], 0.1, 2), []);
});

test.after(release);
test.run();
