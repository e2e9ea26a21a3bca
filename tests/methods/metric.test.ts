/** Siamese and triplet networks: from labels, from what is given, and from neighbours alone. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Cancelled } from "../../shell/errors.ts";
import { loadModel } from "../../shell/methods/methods.ts";
import type { ClusterFit } from "../../shell/methods/model.ts";
import type { Relations } from "../../shell/methods/pairs.ts";
import { Siamese } from "../../shell/methods/siamese.ts";
import { range } from "../../shell/methods/train.ts";
import { Triplet } from "../../shell/methods/triplet.ts";
import { mlp } from "../../shell/nn/layers.ts";
import { accuracy } from "../../shell/metrics/accuracy.ts";
import { devices, release, retain } from "../devices.ts";
import { bars, CLASSES, onRows, refuses, sameBits, WIDTH } from "./bars.ts";

const N = 160;
const { pixels, labels } = bars(N);

const OPTIONS = { input: WIDTH, hidden: [32], embedding: 4, batch: 48, epochs: 4, rate: 3e-3 };
const CODES = { ...OPTIONS, clusters: CLASSES, starts: 3 };

/** Given relations: each row with the next of its class, and with the next of another. */
const next = (i: number, same: boolean) => {
  for (let j = 1; j < N; j++) {
    if ((labels[(i + j) % N] === labels[i]) === same) return (i + j) % N;
  }
  throw new Error("no such row");
};
const rowsOfAll = Array.from({ length: N }, (_, i) => i);
const pairs = rowsOfAll.flatMap((i) => [[i, next(i, true), 1], [i, next(i, false), 0]] as const);
const triplets = rowsOfAll.map((i) => [i, next(i, true), next(i, false)] as const);

interface Case {
  readonly make: typeof Siamese | typeof Triplet;
  readonly more?: object;
  readonly relations: Relations | null;
}

const CASES: Record<string, Case> = {
  "siamese, labels": { make: Siamese, relations: { labels } },
  "siamese, given pairs": { make: Siamese, relations: { pairs } },
  "siamese, label-free": { make: Siamese, relations: null },
  "triplet, labels, semi-hard": { make: Triplet, relations: { labels } },
  "triplet, labels, hard": { make: Triplet, more: { mining: "hard" }, relations: { labels } },
  "triplet, labels, random": { make: Triplet, more: { mining: "random" }, relations: { labels } },
  "triplet, given triplets": { make: Triplet, relations: { triplets } },
  "triplet, label-free": { make: Triplet, relations: null },
};

const test = suite("metric learning");
retain();
const first = new Map<string, ClusterFit>();

for (const one of devices()) {
  for (const [name, { make, more, relations }] of Object.entries(CASES)) {
    test(`${one.name}: ${name}: K-Means on the codes finds the classes; same bits`, async () => {
      const device = await one.open();
      const fit = await onRows(device, pixels, async (rows) => {
        const model = new make(device, { ...CODES, ...more });
        const fit = await model.fit(rows, relations);
        model.free();
        return fit;
      });
      const { losses } = fit.history.training;
      assert.ok(losses.at(-1)! < losses[0], `losses ${losses}`);
      const found = accuracy(labels, fit.labels);
      assert.ok(found > 0.95, `accuracy ${found}`);
      assert.equal(fit.warnings, []);
      if (!one.family.startsWith("wasm")) return;
      const earlier = first.get(one.family + name);
      if (!earlier) return void first.set(one.family + name, fit);
      sameBits(fit.embedding, earlier.embedding, "codes with another number of workers");
      sameBits(fit.labels, earlier.labels, "labels with another number of workers");
    });
  }
}

const [home] = devices();

test("codes of a triplet network have length 1, unless its encoder is given", async () => {
  const device = await home.open();
  await onRows(device, pixels, async (rows) => {
    const lengths = async (model: Siamese | Triplet) => {
      await model.initialise();
      const codes = await model.codes(rows);
      model.free();
      return Array.from({ length: N }, (_, i) => Math.hypot(...codes.subarray(4 * i, 4 * i + 4)));
    };
    const one = (length: number) => Math.abs(length - 1) < 1e-6;
    assert.ok((await lengths(new Triplet(device, OPTIONS))).every(one));
    const encoder = mlp([32, 4]);
    assert.not.ok((await lengths(new Triplet(device, { ...OPTIONS, encoder }))).some(one));
    assert.not.ok((await lengths(new Siamese(device, OPTIONS))).some(one));
  });
});

test("rows that were not learnt from are placed by what was learnt", async () => {
  const device = await home.open();
  await onRows(device, pixels, async (rows) => {
    const model = new Siamese(device, CODES);
    const ids = range(100), rest = range(N).subarray(100);
    // Classes of the other rows are not known, or wrong: they must not be read.
    const some = labels.map((label, i) => i < 100 ? label : 1e6 + i);
    await model.fit(rows, { labels: some }, ids);
    const { labels: found, distances } = await model.predict(rows, rest);
    assert.ok(accuracy(rest.map((id) => labels[id]), found) > 0.95);
    assert.ok(distances!.every((d) => d >= 0));
    const copy = loadModel(device, await model.save());
    sameBits((await copy.predict(rows, rest)).labels, found, "labels of the saved model");
    copy.free();
    model.free();
  });
});

test("augmented images, and the program of a step", async () => {
  const device = await home.open();
  await onRows(device, pixels, async (rows) => {
    const model = new Siamese(device, { ...CODES, input: [8, 8, 1], augment: { shift: 0.05 } });
    const text = model.plan(rows).toString();
    assert.match(text, /plan training, batch 48: \d+ calls/);
    assert.match(text, /augment/);
    const fit = await model.fit(rows, { labels });
    assert.ok(accuracy(labels, fit.labels) > 0.9);
    const mined = new Triplet(device, CODES);
    assert.match(mined.plan(rows, { labels }).toString(), /mine_triplets/);
    assert.not.match(mined.plan(rows).toString(), /mine_triplets/);
    mined.free();
    model.free();
  });
});

test("an embedding that is larger than the input is warned of", async () => {
  const device = await home.open();
  await onRows(device, pixels, async (rows) => {
    const { warnings } = await new Siamese(device, { ...CODES, epochs: 1, embedding: 65 })
      .fit(rows, { labels });
    assert.match(warnings[0], /the code has 65 numbers and a row has 64/);
  });
});

test("what cannot be is refused in one sentence, before training", async () => {
  const device = await home.open();
  const one = new Uint32Array(N);
  const wrong: [RegExp, Case["make"], object, Relations | null, Uint32Array?][] = [
    [/margin must be above 0, got -1/, Siamese, { margin: -1 }, { labels }],
    [/margin must be above 0, got 0/, Triplet, { margin: 0 }, { labels }],
    [/margin must be above 0, got NaN/, Triplet, { margin: NaN }, { labels }],
    [/neighbours must be an integer of at least 1, got 0/, Siamese, { neighbours: 0 }, null],
    [/mining must be one of/, Triplet, { mining: "soft" }, { labels }],
    [/two classes or more, got 1/, Siamese, {}, { labels: one }],
    [/two classes or more, got 1/, Triplet, {}, { labels: one }],
    [/160 rows need as many labels, got 3/, Siamese, {}, { labels: [0, 1, 2] }],
    [/pair 0 names row 160, and there are rows 0 to 159/, Siamese, {}, { pairs: [[0, 160, 1]] }],
    [/triplet 0 names row -2/, Triplet, {}, { triplets: [[0, 1, -2]] }],
    [/a batch must have room for 2 rows, got 1/, Siamese, { batch: 1 }, { labels }],
    [/a batch must have room for 3 rows, got 2/, Triplet, { batch: 2 }, { triplets }],
    [/there are rows 0 to 159, got 160/, Siamese, {}, { labels }, Uint32Array.of(1, 160)],
    [/got none to work on/, Siamese, {}, { labels }, new Uint32Array(0)],
    [/161 clusters need at least as many rows/, Triplet, { clusters: 161 }, { labels }],
    [/leave no row that does not belong/, Siamese, {}, null, Uint32Array.of(1, 2)],
  ];
  await onRows(device, pixels, async (rows) => {
    for (const [sentence, make, more, relations, ids] of wrong) {
      const act = () => new make(device, { ...CODES, ...more }).fit(rows, relations, ids);
      await refuses(RangeError, sentence, act, `${sentence}`);
    }
    await refuses(
      RangeError,
      /siamese: rows must have 32 numbers \(32\), got 64/,
      () => new Siamese(device, { ...CODES, input: 32 }).fit(rows, { labels }),
    );
    const signal = AbortSignal.abort();
    await refuses(Cancelled, /./, () =>
      new Siamese(device, CODES).fit(rows, null, undefined, {
        signal,
      }));
  });
});

test.after(release);
test.run();
