import { suite } from "uvu";
import * as assert from "uvu/assert";
import { kmeans, type KmeansOptions, type KmeansResult } from "../../shell/cluster/kmeans.ts";
import { randomPoints } from "../../shell/cluster/seeding.ts";
import type { Device } from "../../shell/device/device.ts";
import { Philox } from "../../shell/random.ts";
import { devices, release, retain } from "../devices.ts";
import { near, randoms } from "../harness.ts";
import { groups, square } from "../kernels/clustering.ts";
import { onDevice, refusal } from "./points.ts";

const test = suite("kmeans options");
retain();

const cluster = (device: Device, x: Float32Array, dim: number, options: KmeansOptions) =>
  onDevice(device, x, dim, (on, points) => kmeans(on, points, options));

/** Weighted sum of the squared distances to the centres in float64. */
function inertiaOf(x: Float32Array, dim: number, r: KmeansResult, weights?: number[]): number {
  let sum = 0;
  r.labels.forEach((j, i) => sum += (weights?.[i] ?? 1) * square(x, i, r.centres, j, dim));
  return sum;
}

for (const device of devices()) {
  const on = (name: string, run: (device: Device) => Promise<void>) =>
    test(`${device.name} ${name}`, async () => await run(await device.open()));

  on("a weight is how often a point is there", async (device) => {
    const dim = 3, x = randoms(120 * dim, 7);
    const weights = Array.from({ length: 120 }, (_, i) => (i * 7) % 4);
    const rows = weights.flatMap((w, i) => new Array<number>(w).fill(i));
    const copies = Float32Array.from(rows.flatMap((i) => [...x.subarray(i * dim, i * dim + dim)]));
    const common = { clusters: 5, centres: x.slice(dim, 6 * dim), tolerance: 0 };
    const got = await cluster(device, x, dim, { ...common, weights });
    const want = await cluster(device, copies, dim, common);
    near(got.centres, want.centres, { rel: 1e-5, abs: 1e-6 }, "centres");
    near([got.inertia], [want.inertia], { rel: 1e-5 }, "inertia");
    near([got.inertia], [inertiaOf(x, dim, got, weights)], { rel: 1e-5 }, "own inertia");
    assert.equal(Uint32Array.from(rows, (i) => got.labels[i]), want.labels);
  });

  on("starts where there is weight, and fills empty clusters from there", async (device) => {
    const x = Float32Array.of(0, 1, 10, 11, 1000, -500);
    const weights = [1, 1, 1, 1, 0, 0];
    const options = { clusters: 2, weights, starts: 3, tolerance: 0 };
    for (const init of ["k-means++", "random"] as const) {
      const got = await cluster(device, x, 1, { ...options, init });
      near([...got.centres].sort((a, b) => a - b), [0.5, 10.5], { rel: 1e-6 }, init);
      near([got.inertia], [1], { rel: 1e-6 }, "inertia");
    }
    const centres = Float32Array.of(0, 5000);
    const filled = await cluster(device, x, 1, { clusters: 2, weights, centres, tolerance: 0 });
    near([...filled.centres].sort((a, b) => a - b), [0.5, 10.5], { rel: 1e-6 }, "filled");
  });

  on("keeps the inertia of every iteration, and ends with the same bits", async (device) => {
    const x = randoms(300 * 2, 8), weights = randoms(300, 9, 0, 2);
    const told: (number | undefined)[] = [];
    const common = { clusters: 6, starts: 1, seed: 2, tolerance: 0, maxIterations: 9 };
    for (const more of [{}, { weights }, { metric: "cosine" as const }]) {
      const plain = await cluster(device, x, 2, { ...common, ...more });
      const got = await cluster(device, x, 2, {
        ...common,
        ...more,
        history: true,
        onIteration: ({ inertia }) => told.push(inertia),
      });
      assert.equal({ ...got, history: [] }, plain);
      assert.is(got.history.length, got.iterations);
      assert.equal(told.splice(0), got.history);
      got.history.reduce((before, after) => {
        assert.ok(after <= before * (1 + 1e-6), `${after} after ${before}`);
        return after;
      });
      assert.ok(got.inertia <= got.history.at(-1)! * (1 + 1e-6));
    }
  });

  on("many copies of few points are few clusters, whatever the rounding", async (device) => {
    const dim = 3, few = randoms(5 * dim, 3, 5, 9);
    const x = new Float32Array(900 * dim).map((_, q) => few[q % few.length]);
    const centres = Float32Array.from({ length: 8 * dim }, (_, q) => 7 + 3 * Math.sin(q));
    const got = await cluster(device, x, dim, { clusters: 8, centres, tolerance: 0 });
    assert.is(got.found, 5);
    assert.ok(got.converged);
    assert.match(got.warning!, /found 5 clusters, asked for 8/);
    near([got.inertia], [0], { abs: 1e-7 }, "inertia");
  });

  on("refuses what has no answer in one sentence", async (device) => {
    const x = randoms(20 * 2, 1);
    const message = (options: Partial<KmeansOptions>, values = x) =>
      refusal(() => cluster(device, values, 2, { clusters: 2, ...options }));
    const ones = new Float32Array(20).fill(1);
    assert.match(await message({ weights: [1] }), /20 points need as many weights, got 1/);
    assert.match(await message({ weights: ones.map((_, i) => i - 3) }), />= 0, got -3 for point 0/);
    assert.match(await message({ weights: ones.map(() => NaN) }), />= 0, got NaN for point 0/);
    assert.match(await message({ weights: ones.map(() => 0) }), /must be above 0, got 0 for every/);
    const wrong = { metric: "manhattan" as "cosine", init: "best" as "random" };
    assert.match(await message({ metric: wrong.metric }), /"euclidean" or "cosine", got "manh/);
    assert.match(await message({ init: wrong.init }), /"k-means\+\+" or "random", got "best"/);
    const centres = Float32Array.of(1, 1, 0, 0);
    assert.match(await message({ init: "random", centres }), /centres or init, got both/);
    const cosine = { metric: "cosine" as const };
    assert.match(await message({ ...cosine, centres }), /length 0 .* in row 1 of centres/);
    const zero = x.slice();
    zero.fill(0, 6, 8);
    assert.match(await message(cosine, zero), /length 0 has no cosine distance, got one in row 3/);
    const large = x.map((v) => v * 1e25);
    assert.match(await message({}, large), /squared distances must fit in float32/);
    assert.match(await message({ tolerance: 0 }, large), /squared distances must fit in float32/);
  });
}

test("any number of workers gives the same bits, weighted and by the cosine", async () => {
  const x = groups(1200, 6, 7, 1), weights = randoms(1200, 3, 0, 1);
  const first = new Map<string, KmeansResult>();
  for (const device of devices().filter((d) => d.family.startsWith("wasm"))) {
    const options = { clusters: 6, starts: 1, seed: 3, weights, metric: "cosine" as const };
    const got = await cluster(await device.open(), x, 6, options);
    assert.equal(got, first.get(device.family) ?? got);
    first.set(device.family, got);
  }
});

test("random points: different ones, by weight", () => {
  assert.is(new Set(randomPoints(50, 50, new Philox(1))).size, 50);
  const weights = Float64Array.of(0, 1, 0, 3, 0, 1);
  const firsts = [0, 0, 0, 0, 0, 0];
  for (let seed = 0; seed < 2000; seed++) {
    const chosen = randomPoints(6, 4, new Philox(seed), weights);
    firsts[chosen[0]]++;
    assert.equal([...chosen.slice(0, 3)].sort(), [1, 3, 5]);
  }
  near(firsts, [0, 400, 0, 1200, 0, 400], { abs: 80 }, "first of 2000");
});

test.after(release);
test.run();
