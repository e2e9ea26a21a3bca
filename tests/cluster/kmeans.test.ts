import { suite } from "uvu";
import * as assert from "uvu/assert";
import { kmeans, type KmeansOptions, type KmeansResult } from "../../shell/cluster/kmeans.ts";
import type { Device } from "../../shell/device/device.ts";
import { Cancelled } from "../../shell/errors.ts";
import { data } from "../../shell/plan/tensor.ts";
import { devices, release, retain } from "../devices.ts";
import golden from "../golden/kmeans.json" with { type: "json" };
import { near, randoms } from "../harness.ts";
import { groups, integers, square } from "../kernels/clustering.ts";

const test = suite("kmeans");
retain();

/** Clusters rows of `dim` numbers and frees them. */
async function cluster(
  device: Device,
  x: Float32Array,
  dim: number,
  options: KmeansOptions,
): Promise<KmeansResult> {
  const points = data("points", [x.length / dim, dim]);
  device.write(points, x);
  try {
    return await kmeans(device, points, options);
  } finally {
    device.free(points);
  }
}

/** Checks what a result says of itself, in float64; returns the inertia. */
function verify(x: Float32Array, dim: number, r: KmeansResult): number {
  const k = r.centres.length / dim;
  let inertia = 0;
  r.labels.forEach((label, i) => {
    const all = Array.from({ length: k }, (_, j) => square(x, i, r.centres, j, dim));
    assert.ok(all[label] <= Math.min(...all) * (1 + 1e-5) + 1e-9, `point ${i}: not nearest`);
    assert.ok(Math.abs(r.distances[i] - Math.sqrt(all[label])) <= 1e-5 * (1 + r.distances[i]));
    inertia += all[label];
  });
  near([r.inertia], [inertia], { rel: 1e-5, abs: 1e-6 }, "inertia");
  return inertia;
}

/** Lloyd's algorithm in float64, with all distances, for clusters that are never empty. */
function naive(x: Float32Array, dim: number, start: Float32Array, iterations: number) {
  const k = start.length / dim, n = x.length / dim;
  let centres = Array.from(start);
  const labels = new Uint32Array(n);
  for (let t = 0; t <= iterations; t++) {
    const sums = new Array(k * dim).fill(0), counts = new Array(k).fill(0);
    for (let i = 0; i < n; i++) {
      const all = Array.from({ length: k }, (_, j) => square(x, i, centres, j, dim));
      const j = labels[i] = all.indexOf(Math.min(...all));
      counts[j]++;
      for (let d = 0; d < dim; d++) sums[j * dim + d] += x[i * dim + d];
    }
    if (t < iterations) centres = sums.map((sum, q) => sum / counts[Math.floor(q / dim)]);
  }
  return { centres, labels };
}

/** Points, dimensions, clusters, distance from the origin: small and large, narrow and wide. */
const shapes = [
  [400, 1, 3, 0],
  [500, 2, 1, 0],
  [30, 3, 30, 0],
  [2000, 3, 100, 0],
  [3000, 5, 7, 1000],
  [1100, 10, 12, 0],
  [700, 33, 6, 1000],
  [600, 63, 4, 0],
  [600, 67, 5, 1000],
  [600, 784, 9, 0],
];

const x = Float32Array.from(golden.x.data), dim = golden.x.shape[1];
const starts = {
  after_1: { start: golden.start, want: golden.after_1, maxIterations: 1 },
  after_2: { start: golden.start, want: golden.after_2, maxIterations: 2 },
  converged: { start: golden.start, want: golden.converged, maxIterations: 300 },
  empty_after_1: { start: golden.empty_start, want: golden.empty_after_1, maxIterations: 1 },
};

for (const device of devices()) {
  const on = (name: string, run: (device: Device) => Promise<void>) =>
    test(`${device.name} ${name}`, async () => await run(await device.open()));

  for (const [name, { start, want, maxIterations }] of Object.entries(starts)) {
    on(`equals scikit-learn: ${name}`, async (device) => {
      const centres = Float32Array.from(start.data);
      const clusters = start.shape[0];
      const options = { clusters, centres, maxIterations, tolerance: 0 };
      const got = await cluster(device, x, dim, options);
      assert.equal(Array.from(got.labels), want.labels);
      near(got.centres, want.centres.data, { rel: 1e-5, abs: 1e-5 }, "centres");
      near([got.inertia], [want.inertia], { rel: 1e-5 }, "inertia");
      assert.is(got.iterations, want.iterations);
      assert.is(got.converged, maxIterations > 2);
      verify(x, dim, got);
    });
  }

  on("follows the float64 algorithm, with many dimensions", async (device) => {
    const points = randoms(400 * 40, 3), centres = points.slice(0, 6 * 40);
    const options = { clusters: 6, centres, maxIterations: 3, tolerance: 0 };
    const got = await cluster(device, points, 40, options);
    near(got.centres, naive(points, 40, centres, 3).centres, { abs: 1e-4 }, "centres");
    verify(points, 40, got);
  });

  for (const [n, dim, k, origin] of shapes) {
    on(`skips no point that moves: ${n} x ${dim}, k ${k}, at ${origin}`, async (device) => {
      // Clouds that overlap, so that labels go on changing; numbers that float32 holds at any origin.
      const points = groups(n, dim, Math.max(2, k >> 1), origin)
        .map((v, q) => Math.round((v + 12 * Math.sin(q * q)) * 64) / 64);
      const centres = points.slice(0, k * dim);
      for (const maxIterations of [2, 30]) {
        const options = { clusters: k, centres, maxIterations, tolerance: 0 };
        const got = await cluster(device, points, dim, options);
        const want = naive(points, dim, centres, got.iterations);
        assert.equal(got.labels, want.labels);
        near(got.centres, want.centres, { rel: 1e-6, abs: 1e-4 }, "centres");
      }
    });
  }

  on(
    "finds groups; the same seed gives the same bits, another one another start",
    async (device) => {
      const points = groups(1500, 7, 9, 100);
      const run = (seed: number, starts: number) =>
        cluster(device, points, 7, { clusters: 9, seed, starts });
      const [one, again, other] = [await run(1, 3), await run(1, 3), await run(2, 3)];
      assert.equal(one, again);
      assert.not.equal(one.labels, other.labels);
      for (const r of [one, other]) {
        assert.ok(verify(points, 7, r) < 1500 * 7 / 2);
        assert.is(new Set(r.labels).size, 9);
      }
    },
  );

  on("more starts are no worse, and each iteration is told", async (device) => {
    const points = randoms(600 * 3, 8);
    const told: number[][] = [];
    const options = { clusters: 12, seed: 5, tolerance: 0 };
    const one = await cluster(device, points, 3, { ...options, starts: 1 });
    const five = await cluster(device, points, 3, {
      ...options,
      starts: 5,
      onIteration: ({ start, iteration, changed, shift }) => {
        (told[start] ??= [])[iteration - 1] = changed;
        assert.is(changed > 0, shift > 0);
      },
    });
    assert.ok(five.inertia <= one.inertia);
    assert.is(told.length, 5);
    for (const changed of told) {
      assert.is(changed[0], 600);
      assert.is(changed.indexOf(0), changed.length - 1);
    }
  });

  on("one cluster is the mean; as many as points leaves no distance", async (device) => {
    const points = randoms(50 * 4, 9);
    const mean = await cluster(device, points, 4, { clusters: 1 });
    const want = [0, 1, 2, 3].map((d) => {
      let sum = 0;
      for (let i = d; i < 200; i += 4) sum += points[i];
      return sum / 50;
    });
    near(mean.centres, want, { abs: 1e-6 }, "mean");
    const all = await cluster(device, points, 4, { clusters: 50, starts: 1 });
    assert.is(new Set(all.labels).size, 50);
    near([all.inertia], [0], { abs: 1e-11 }, "inertia");
  });

  on("says when there are fewer distinct points than clusters", async (device) => {
    const points = integers(100, 2, 4);
    const got = await cluster(device, points, 1, { clusters: 5, starts: 2 });
    assert.is(got.stopReason, "duplicates");
    assert.is(got.inertia, 0);
    const same = await cluster(device, new Float32Array(30).fill(2), 3, { clusters: 2 });
    assert.is(same.stopReason, "duplicates");
    // Each point four times, as many clusters as distinct points.
    const four = points.map((_, i) => (i >> 2) * (i >> 2));
    const done = await cluster(device, four, 1, { clusters: 25, starts: 1, tolerance: 0 });
    assert.is(done.inertia, 0);
    assert.is(new Set(done.labels).size, 25);
  });

  on("fills empty clusters, one after the other, down to single points", async (device) => {
    const points = Float32Array.of(0, 0, 0, 10, 11, 30);
    const centres = Float32Array.of(0, 9, 100, 200, 300);
    const got = await cluster(device, points, 1, { clusters: 5, centres, tolerance: 0 });
    assert.is(got.stopReason, "duplicates");
    assert.is(got.inertia, 0);
    const four = await cluster(device, points, 1, {
      clusters: 4,
      centres: centres.slice(0, 4),
      tolerance: 0,
    });
    assert.is(four.stopReason, "stable");
    assert.equal([...four.centres].sort((a, b) => a - b), [0, 10, 11, 30]);
  });

  on("refuses bad input in one sentence", async (device) => {
    const points = randoms(20 * 2, 1);
    const message = async (options: KmeansOptions, x = points) => {
      try {
        await cluster(device, x, 2, options);
      } catch (error) {
        if (error instanceof RangeError) return error.message;
        throw error;
      }
      return "";
    };
    assert.match(
      await message({ clusters: 0 }),
      /clusters must be an integer of at least 1, got 0/,
    );
    assert.match(await message({ clusters: 2.5 }), /clusters must be an integer/);
    assert.match(
      await message({ clusters: 21 }),
      /21 clusters need at least as many points, got 20/,
    );
    assert.match(await message({ clusters: 2, starts: 0 }), /starts must be an integer/);
    assert.match(await message({ clusters: 2, maxIterations: -1 }), /maxIterations must be/);
    assert.match(await message({ clusters: 2, tolerance: NaN }), /tolerance must be/);
    assert.match(await message({ clusters: 2, seed: -1 }), /seed must be/);
    assert.match(await message({ clusters: 2, centres: new Float32Array(3) }), /centres must be/);
    const centres = Float32Array.of(0, 0, NaN, 0);
    assert.match(await message({ clusters: 2, centres }), /centres must be 2 rows of 2 finite/);
    assert.match(
      await message({ clusters: 2, starts: 2, centres: new Float32Array(4) }),
      /given centres are one start, got starts 2/,
    );
    const bad = points.slice();
    bad[7] = Infinity;
    assert.match(await message({ clusters: 2 }, bad), /finite, got .* in row 3, column 1/);
  });

  on("stops on request", async (device) => {
    const stop = new AbortController();
    stop.abort();
    try {
      await cluster(device, randoms(40, 1), 2, { clusters: 2, signal: stop.signal });
      assert.unreachable();
    } catch (error) {
      assert.instance(error, Cancelled);
    }
  });
}

test("any number of workers gives the same bits", async () => {
  const points = groups(3000, 10, 12);
  const first = new Map<string, KmeansResult>();
  for (const device of devices().filter((d) => d.family.startsWith("wasm"))) {
    const options = { clusters: 9, starts: 2, seed: 3 };
    const got = await cluster(await device.open(), points, 10, options);
    assert.equal(got, first.get(device.family) ?? got);
    first.set(device.family, got);
  }
});

test.after(release);
test.run();
