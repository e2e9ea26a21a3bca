import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  dbscan,
  type DbscanOptions,
  type DbscanResult,
  dbscanWarning,
} from "../../shell/cluster/dbscan.ts";
import type { Device } from "../../shell/device/device.ts";
import { Cancelled } from "../../shell/errors.ts";
import { data } from "../../shell/plan/tensor.ts";
import { devices, release, retain } from "../devices.ts";
import toys from "../golden/dbscan.json" with { type: "json" };
import sets from "../golden/dbscan_data.json" with { type: "json" };
import digits from "../golden/dbscan_digits.json" with { type: "json" };
import { randoms } from "../harness.ts";
import { groups } from "../kernels/clustering.ts";

const test = suite("dbscan");
retain();

/** Clusters rows of `dim` numbers; nothing stays on the device. */
async function fit(device: Device, x: Float32Array, dim: number, options: DbscanOptions) {
  const points = data("points", [x.length / dim, dim]);
  device.write(points, x);
  try {
    return await dbscan(device, points, options);
  } finally {
    device.free(points);
  }
}

/** What the formulas say, from all float64 distances, in the order in which points are given. */
function reference(x: Float32Array, dim: number, eps: number, minPoints: number) {
  const n = x.length / dim;
  const near = Array.from({ length: n }, (_, i) => {
    const list: number[] = [];
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let d = 0; d < dim; d++) sum += (x[i * dim + d] - x[j * dim + d]) ** 2;
      if (sum <= eps * eps) list.push(j);
    }
    return list;
  });
  const labels: number[] = new Array(n).fill(-1);
  let clusters = 0;
  for (let i = 0; i < n; i++) {
    if (labels[i] !== -1 || near[i].length < minPoints) continue;
    const reached = [i];
    labels[i] = clusters;
    for (const p of reached) {
      if (near[p].length < minPoints) continue;
      for (const q of near[p]) {
        if (labels[q] !== -1) continue;
        labels[q] = clusters;
        reached.push(q);
      }
    }
    clusters++;
  }
  return { labels, clusters, neighbours: near.map((list) => list.length) };
}

interface Golden {
  readonly name: string;
  readonly eps: number;
  readonly min_points: number;
  readonly metric: string;
  readonly unit: number;
  readonly x: { readonly shape: readonly number[]; readonly data: readonly number[] } | null;
  readonly labels: readonly number[];
  readonly core: readonly number[];
}

/** n, dim, eps, minPoints. */
const SETTINGS = [[700, 2, 0.25, 6], [400, 5, 1, 5], [90, 40, 5, 6]] as const;

const coreOf = ({ core }: DbscanResult) => Array.from(core.keys()).filter((i) => core[i]);

/** Points in five groups, every ninth of them somewhere between. */
function mixed(n: number, dim: number): Float32Array {
  const x = groups(n, dim, 5), between = randoms(n * dim, 3, -4, 36);
  return x.map((value, i) => Math.floor(i / dim) % 9 === 4 ? between[i] : value);
}

for (const device of devices()) {
  const on = (name: string, run: (device: Device) => Promise<void>) =>
    test(`${device.name} ${name}`, async () => await run(await device.open()));

  on("equals scikit-learn", async (device) => {
    const lists: Golden[][] = [toys.cases, sets.cases, digits.cases];
    for (const cases of lists) {
      for (const one of cases) {
        const { shape, data } = (one.x ?? cases[0].x)!;
        const x = Float32Array.from(data, (value) => value * one.unit);
        const metric = one.metric as DbscanOptions["metric"];
        const found = await fit(device, x, shape[1], {
          eps: one.eps,
          minPoints: one.min_points,
          metric,
        });
        assert.equal(Array.from(found.labels), one.labels, `${one.name}: labels`);
        assert.equal(coreOf(found), one.core, `${one.name}: core points`);
        assert.is(found.clusters, Math.max(...one.labels) + 1, `${one.name}: clusters`);
        assert.is(found.noise, one.labels.filter((label) => label < 0).length);
      }
    }
  });

  on("finds the clusters, borders and counts of the definition", async (device) => {
    for (const [n, dim, eps, minPoints] of SETTINGS) {
      const x = mixed(n, dim);
      const want = reference(x, dim, eps, minPoints);
      const found = await fit(device, x, dim, { eps, minPoints });
      assert.equal(Array.from(found.labels), want.labels);
      assert.equal(Array.from(found.neighbours), want.neighbours);
      assert.is(found.clusters, want.clusters);
      assert.equal(Array.from(found.core), want.neighbours.map((c) => Number(c >= minPoints)));
      // The data has all three kinds.
      assert.ok(want.clusters > 1 && want.labels.includes(-1));
      assert.ok(want.labels.some((label, i) => label >= 0 && want.neighbours[i] < minPoints));
    }
  });

  on("answers where nothing is dense, and says so", async (device) => {
    const x = randoms(40, 2);
    const found = await fit(device, x, 2, { eps: 1e-4, minPoints: 2 });
    assert.ok(found.labels.every((label) => label === -1));
    assert.is(found.clusters, 0);
    assert.is(found.noise, 20);
    assert.match(
      dbscanWarning(found)!,
      /every point is noise: none has 2 points within eps 0.0001/,
    );
    const one = await fit(device, x, 2, { eps: 10, minPoints: 2 });
    assert.match(dbscanWarning(one)!, /all points are one cluster at eps 10/);
    const some = await fit(device, mixed(700, 2), 2, { eps: 0.25, minPoints: 6 });
    assert.is(dbscanWarning(some), undefined);
  });

  on("refuses what it cannot use", async (device) => {
    const refused = async (options: DbscanOptions, want: RegExp, x = randoms(12, 1)) => {
      try {
        await fit(device, x, 3, options);
      } catch (error) {
        assert.instance(error, RangeError);
        assert.match((error as Error).message, want);
        return;
      }
      assert.unreachable(String(want));
    };
    const good = { eps: 1, minPoints: 2 };
    await refused({ ...good, eps: 0 }, /dbscan: eps must be a distance above 0, .* got 0: take/);
    await refused({ ...good, eps: -1 }, /eps must be .* got -1/);
    await refused({ ...good, eps: NaN }, /eps must be .* got NaN/);
    await refused({ ...good, eps: 3, metric: "cosine" }, /to 2 under "cosine", got 3/);
    await refused({ ...good, minPoints: 0 }, /minPoints must be an integer of at least 1, got 0/);
    await refused({ ...good, minPoints: 1.5 }, /minPoints must be .* got 1.5/);
    const metric = "manhattan" as DbscanOptions["metric"];
    await refused({ ...good, metric }, /metric must be "euclidean" or "cosine", got "manhattan"/);
    const bad = (value: number) => randoms(12, 1).fill(value, 7, 8);
    await refused(good, /dbscan: .* finite, got .* row 2, column 1/, bad(NaN));
    await refused(good, /dbscan: .* finite, got .* row 2, column 1/, bad(Infinity));
    const zeros = randoms(12, 1).fill(0, 6, 9);
    await refused({ ...good, metric: "cosine" }, /row of zeros .* got one in row 2/, zeros);
  });

  on("tells how far it is and stops on request", async (device) => {
    const told: [string, number, number][] = [];
    const onProgress = (...one: [string, number, number]) => void told.push(one);
    await fit(device, mixed(700, 2), 2, { eps: 0.25, minPoints: 6, onProgress });
    assert.equal([...new Set(told.map(([stage]) => stage))], ["neighbours", "clusters", "borders"]);
    assert.ok(told.every(([, done, total]) => done > 0 && done <= total));
    const stop = new AbortController();
    stop.abort();
    try {
      await fit(device, randoms(20, 1), 2, { eps: 1, minPoints: 2, signal: stop.signal });
      assert.unreachable();
    } catch (error) {
      assert.instance(error, Cancelled);
    }
  });
}

test.after(release);
test.run();
