// K-Means on known data sets, from the centres that scikit-learn started from.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { kmeans, type KmeansOptions, type KmeansResult } from "../../shell/cluster/kmeans.ts";
import { devices, release, retain } from "../devices.ts";
import digits from "../golden/kmeans_digits.json" with { type: "json" };
import golden from "../golden/kmeans_sets.json" with { type: "json" };
import { near } from "../harness.ts";
import { onDevice } from "./points.ts";

const test = suite("kmeans on known data");
retain();

interface Wanted {
  readonly labels: string;
  readonly centres: readonly number[];
  readonly inertia: number;
}

/** Labels equal, centres and inertia to 1e-5. */
function equal(got: KmeansResult, want: Wanted, scale: number): void {
  assert.is(Array.from(got.labels).join(""), want.labels);
  near(got.centres, want.centres, { rel: 1e-5, abs: 1e-5 * scale }, "centres");
  near([got.inertia], [want.inertia], { rel: 1e-5, abs: 1e-10 }, "inertia");
}

const rowsOf = (x: Float32Array, dim: number, rows: readonly number[]) =>
  Float32Array.from(rows.flatMap((i) => Array.from(x.subarray(i * dim, (i + 1) * dim))));

/** Largest number of a set, in proportion to which a centre near 0 may differ. */
const scaleOf = (x: Float32Array) => x.reduce((a, v) => Math.max(a, Math.abs(v)), 0);

for (const device of devices()) {
  for (const set of golden.sets) {
    const [, dim] = set.shape;
    const x = Float32Array.from(set.x, (v) => v / 1024);
    const clusters = set.start.length;
    const common = { clusters, centres: rowsOf(x, dim, set.start), tolerance: 0 };
    const run = async (options: Partial<KmeansOptions>) =>
      await onDevice(
        await device.open(),
        x,
        dim,
        (on, points) => kmeans(on, points, { ...common, ...options }),
      );

    test(`${device.name} ${set.name}`, async () => {
      const got = await run({});
      equal(got, set.plain, scaleOf(x));
      // Centres that stand still end a run too.
      assert.ok(["stable", "tolerance"].includes(got.stopReason));
      assert.is(got.found, clusters);
      assert.is(got.warning, undefined);
      // scikit-learn counts one more where its labels repeat at once.
      assert.ok(Math.abs(got.iterations - set.plain.iterations) <= 1);
    });

    test(`${device.name} ${set.name}, weighted`, async () => {
      const weights = Array.from(set.weights, Number);
      const got = await run({ weights });
      equal(got, set.weighted, scaleOf(x));
      // Weights mean what they are to each other.
      const more = await run({ weights: weights.map((w) => w * 2 ** 40) });
      assert.equal(more.labels, got.labels);
      near([more.inertia], [got.inertia * 2 ** 40], { rel: 1e-12 }, "inertia");
    });

    if (!set.cosine) continue;
    const cosine = set.cosine;
    test(`${device.name} ${set.name}, cosine`, async () => {
      const got = await run({ metric: "cosine" });
      equal(got, cosine, 1);
      const sum = got.distances.reduce((a, d) => a + d, 0);
      near([sum], [got.inertia], { rel: 1e-5 }, "distances");
      const again = await run({ metric: "cosine", centres: got.centres.map((v) => 3 * v) });
      assert.equal(again.labels, got.labels);
    });
  }

  test(`${device.name} digits`, async () => {
    const [, dim] = digits.shape;
    const x = Float32Array.from(digits.x, (c) => c.charCodeAt(0) - 97);
    const centres = rowsOf(x, dim, digits.start);
    const got = await onDevice(
      await device.open(),
      x,
      dim,
      (on, points) => kmeans(on, points, { clusters: 10, centres, tolerance: 0 }),
    );
    equal(got, digits.plain, 16);
  });
}

test.after(release);
test.run();
