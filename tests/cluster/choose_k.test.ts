import { suite } from "uvu";
import * as assert from "uvu/assert";
import { chooseK, type ChooseKOptions, type KChoice } from "../../shell/cluster/choose_k.ts";
import { calinskiHarabaszOf, daviesBouldinOf, dispersion } from "../../shell/cluster/dispersion.ts";
import { boxOf, chooseByGap, gapOf, uniformPoints } from "../../shell/cluster/gap.ts";
import { alignedBox, type ReferenceBox } from "../../shell/cluster/reference_box.ts";
import { type KScores, recommend } from "../../shell/cluster/recommend.ts";
import type { Device } from "../../shell/device/device.ts";
import { Cancelled } from "../../shell/errors.ts";
import { Philox } from "../../shell/random.ts";
import { devices, release, retain } from "../devices.ts";
import aligned from "../golden/gap_box.json" with { type: "json" };
import golden from "../golden/kmeans_sets.json" with { type: "json" };
import { near, randoms } from "../harness.ts";
import { groups } from "../kernels/clustering.ts";
import { onDevice, refusal } from "./points.ts";

const test = suite("choose k");
retain();

for (const set of golden.sets) {
  if (set.calinski_harabasz === null) continue;
  test(`scores equal scikit-learn's: ${set.name}`, () => {
    const x = Float32Array.from(set.x, (v) => v / 1024);
    // Names of clusters mean nothing.
    const got = dispersion(x, Array.from(set.plain.labels, (c) => 7 * Number(c) + 3));
    const scores = [calinskiHarabaszOf(got), daviesBouldinOf(got), got.within];
    const want = [set.calinski_harabasz, set.davies_bouldin!, set.plain.inertia];
    near(scores, want, { rel: 1e-9 }, "scores");
  });
}

test("scores that are not defined, and of points on their means", () => {
  const x = Float32Array.of(1, 1, 5, 5);
  const one = dispersion(x, [0, 0, 0, 0]), each = dispersion(x, [0, 1, 2, 3]);
  for (const clusters of [one, each]) {
    assert.ok(Number.isNaN(calinskiHarabaszOf(clusters)));
    assert.ok(Number.isNaN(daviesBouldinOf(clusters)));
  }
  const two = dispersion(x, [0, 0, 1, 1]);
  assert.equal([calinskiHarabaszOf(two), daviesBouldinOf(two)], [1, 0]);
});

for (const [i, { inertia, references, gap, error, chosen }] of golden.gaps.entries()) {
  test(`the gap statistic follows the formula, ${i}`, () => {
    const got = inertia.map((w, k) => gapOf(w, references[k]));
    near(got.map((one) => one.gap), gap, { rel: 1e-9 }, "gap");
    near(got.map((one) => one.error), error, { rel: 1e-9 }, "error");
    assert.is(chooseByGap(1, got), chosen);
    assert.is(chooseByGap(3, got.slice(2)), chosen);
    assert.is(chooseByGap(1, got.slice(0, chosen)), null);
  });
}

test("uniform points fill the box of the points", () => {
  const box = boxOf(Float32Array.of(0, -5, 2, -3, 1, -5), 2);
  assert.equal([...box.low, ...box.high], [0, -5, 2, -3]);
  const x = uniformPoints(box, 4000, new Philox(1));
  const means = [0, 0];
  x.forEach((v, q) => {
    assert.ok(v >= box.low[q % 2] && v <= box.high[q % 2]);
    means[q % 2] += v / 4000;
  });
  near(means, [1, -4], { abs: 0.05 }, "means");
});

/** A table in which criteria choose as they are told. */
function table(scores: Partial<Record<keyof KScores, readonly (number | null)[]>>): KScores[] {
  const length = Object.values(scores)[0].length;
  return Array.from({ length }, (_, i) => ({
    k: i + 1,
    inertia: 9 - i,
    silhouette: scores.silhouette?.[i] ?? null,
    calinskiHarabasz: scores.calinskiHarabasz?.[i] ?? null,
    daviesBouldin: scores.daviesBouldin?.[i] ?? null,
    gap: scores.gap?.[i] ?? null,
    gapError: scores.gap ? 0.1 : null,
    stability: scores.stability?.[i] ?? null,
  }));
}

test("recommends what most criteria choose, and names those that do not agree", () => {
  const got = recommend(table({
    silhouette: [null, 0.6, 0.8, 0.5],
    calinskiHarabasz: [null, 10, 40, 50],
    daviesBouldin: [null, 0.9, 0.3, 0.5],
    gap: [0, 0.5, 1, 1],
    stability: [null, 1, 0.995, 0.7],
  }));
  assert.is(got.recommended, 3);
  assert.equal(got.agree, ["silhouette", "gap", "stability", "daviesBouldin"]);
  assert.is(got.choices.calinskiHarabasz, 4);
  assert.match(got.reason, /^4 of 5 criteria choose 3 clusters .*disagree: Calinski-Harabasz 4\.$/);
});

test("says that one cluster fits, and what it is not sure of", () => {
  const flat = { gap: [1, 0.9, 0.8], silhouette: [null, 0.3, 0.2] };
  const one = recommend(table(flat));
  assert.is(one.recommended, 1);
  assert.match(one.reason, /highest is 0\.30 for 2 clusters\): one cluster fits/);
  // The gap statistic stands alone against a clear silhouette.
  const two = recommend(table({ ...flat, silhouette: [null, 0.9, 0.2] }));
  assert.is(two.recommended, 2);
  assert.match(two.reason, /they disagree: the gap statistic 1/);
  const last = recommend(table({ gap: [1, 2, 3], silhouette: [null, 0.2, 0.3] }));
  assert.is(last.recommended, 3);
  assert.is(last.choices.gap, null);
  assert.match(last.reason, /gap goes on rising .* may be artificial; it is the largest number/);
  // Of two against two, the criterion that comes first.
  const tie = recommend(table({ silhouette: [null, 0.7, 0.6], daviesBouldin: [null, 2, 1] }));
  assert.is(tie.recommended, 2);
  assert.is(recommend(table({ gap: [null] })).recommended, 1);
});

const choose = (device: Device, x: Float32Array, dim: number, options: ChooseKOptions) =>
  onDevice(device, x, dim, (on, points) => chooseK(on, points, options));

const few = { to: 4, starts: 1, references: 2, bootstraps: 1, seed: 1 };

for (const device of devices()) {
  const on = (name: string, run: (device: Device) => Promise<void>) =>
    test(`${device.name} ${name}`, async () => await run(await device.open()));
  // Control flow of the host, once for each kind of arithmetic on a CPU; a GPU that a CPU plays
  // takes seconds.
  const onWasm = device.family.startsWith("wasm") ? on : () => {};

  on("finds three groups, and tells how far it is", async (device) => {
    const told: number[][] = [];
    const got = await choose(device, groups(120, 2, 3), 2, {
      ...few,
      onProgress: (done, total) => told.push([done, total]),
    });
    assert.is(got.recommended, 3);
    assert.is(got.agree.length, 5, got.reason);
    assert.equal(got.rows.map(({ k }) => k), [1, 2, 3, 4]);
    assert.is(new Set(got.clustering.labels).size, 3);
    assert.equal(got.rows[0].silhouette, null);
    near([got.rows[2].stability!], [1], {}, "stability");
    // Four numbers of clusters, for the points, the references and a pair of samples.
    assert.equal(told.at(-1), [4 * (1 + 2) + 3 * 2, 18]);
    assert.equal(told.map(([done]) => done), told.map((_, i) => i + 1));
  });

  onWasm("sees no clusters where there are none", async (device) => {
    const got = await choose(device, randoms(3 * 150, 6), 3, { ...few, starts: 2, references: 6 });
    assert.is(got.choices.gap, 1);
    assert.is(got.recommended, 1, got.reason);
    assert.is(got.clustering.found, 1);
  });

  onWasm(
    "the box along the components is numpy's, and so is the inertia within it",
    async (device) => {
      const x = Float32Array.from(aligned.x.data), [n, dim] = aligned.x.shape;
      const box = await onDevice(device, x, dim, (on, points) => alignedBox(on, points));
      near(Array.from(box.high, (v, j) => v - box.low[j]), aligned.sides, { rel: 1e-5 }, "sides");
      const references = 24, settings = { ...few, to: 3, starts: 2, references, bootstraps: 0 };
      const { rows, choices } = await choose(device, x, dim, settings);
      rows.forEach(({ gap, inertia }, i) => {
        const mean = gap! + Math.log(inertia), error = aligned.deviation[i] / Math.sqrt(references);
        near([mean], [aligned.log_inertia[i]], { abs: 4 * error }, `${n} points, k = ${i + 1}`);
      });
      // One elongated group: a box along the axes is far from its shape.
      assert.is(choices.gap, 1);
      const axes = { ...settings, references: 8, referenceBox: "axes" } as const;
      assert.is.not((await choose(device, x, dim, axes)).choices.gap, 1);
      assert.match(
        await refusal(() => choose(device, x, dim, { referenceBox: "pca" as ReferenceBox })),
        /referenceBox must be axes, or components of at least 2 points, got pca/,
      );
    },
  );

  onWasm("fewer points than columns, and one point", async (device) => {
    const wide = await choose(device, randoms(6 * 20, 3), 20, { ...few, to: 3 });
    assert.ok(wide.rows.every(({ gap }) => Number.isFinite(gap)));
    const one = await choose(device, Float32Array.of(1, 2), 2, { ...few, to: 1 });
    assert.is(one.recommended, 1);
  });

  onWasm("ends where points run out", async (device) => {
    const x = Float32Array.from({ length: 40 }, (_, i) => i % 2);
    const got = await choose(device, x, 1, { ...few, to: 5 });
    assert.equal(got.rows.map(({ k }) => k), [1, 2]);
    assert.is(got.recommended, 2);
    assert.is(got.rows[1].gap, null);
    const same = await choose(device, new Float32Array(12).fill(3), 2, few);
    assert.is(same.recommended, 1);
    assert.match(same.reason, /Only one number/);
  });

  onWasm("refuses what has no answer, and stops on request", async (device) => {
    const x = randoms(20, 1);
    const message = (options: ChooseKOptions, values = x) =>
      refusal(() => choose(device, values, 2, options));
    assert.match(await message({ to: 11 }), /at most the 10 points, got 1 to 11/);
    assert.match(await message({ from: 4, to: 3 }), /got 4 to 3/);
    assert.match(await message({ from: 0 }), /from must be an integer of at least 1/);
    assert.match(await message({ references: -1 }), /references must be .* at least 0, got -1/);
    const two = x.map((_, i) => i >> 1 & 1);
    assert.match(await message({ from: 3 }, two), /at most that of distinct points, 2, got 3/);
    assert.match(
      await message({}, x.map((v, i) => i === 5 ? NaN : v)),
      /finite, .* row 2, column 1/,
    );
    const stop = new AbortController();
    try {
      await choose(device, x, 2, { ...few, signal: stop.signal, onProgress: () => stop.abort() });
      assert.unreachable();
    } catch (error) {
      assert.instance(error, Cancelled);
    }
  });
}

test("any number of workers gives the same bits; a sample of the silhouette is near", async () => {
  const x = groups(300, 3, 4);
  const first = new Map<string, KChoice>();
  const whole = new Map<string, number>();
  for (const device of devices().filter((d) => d.family.startsWith("wasm"))) {
    const one = await device.open();
    const got = await choose(one, x, 3, { ...few, to: 5, sample: 200 });
    assert.equal(got, first.get(device.family) ?? got);
    first.set(device.family, got);
    if (whole.has(device.family)) continue;
    const all = await choose(one, x, 3, { to: 4, starts: 2, references: 0, bootstraps: 0 });
    assert.is(all.rows[3].gap, null);
    assert.is(all.rows[3].stability, null);
    near([got.rows[3].silhouette!], [all.rows[3].silhouette!], { abs: 0.05 }, "silhouette");
    whole.set(device.family, 1);
  }
});

test.after(release);
test.run();
