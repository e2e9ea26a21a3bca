/** DEC, IDEC and DCN: they find classes, stop for a reason, and survive what goes wrong. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Device } from "../../shell/device/device.ts";
import { TrainingError } from "../../shell/errors.ts";
import { Dcn } from "../../shell/methods/dcn.ts";
import { Dec } from "../../shell/methods/dec.ts";
import { Idec } from "../../shell/methods/idec.ts";
import type { ClusterFit } from "../../shell/methods/model.ts";
import { loadModel } from "../../shell/methods/methods.ts";
import type { DeepOptions } from "../../shell/methods/refinement.ts";
import type { Rows } from "../../shell/methods/rows.ts";
import { SoftClusters } from "../../shell/methods/soft_clusters.ts";
import { accuracy } from "../../shell/metrics/accuracy.ts";
import { ari } from "../../shell/metrics/ari.ts";
import { Graph } from "../../shell/plan/graph.ts";
import { compile } from "../../shell/plan/plan.ts";
import { data } from "../../shell/plan/tensor.ts";
import { devices, release, retain } from "../devices.ts";
import { near, randoms } from "../harness.ts";
import { bars, CLASSES, onRows, refuses, sameBits, WIDTH } from "./bars.ts";

const METHODS = { Dec, Idec, Dcn };

const WELL: DeepOptions = {
  ...{ input: WIDTH, hidden: [48, 33], embedding: 4, batch: 32, epochs: 6, rate: 3e-3, seed: 5 },
  ...{ clusters: CLASSES, starts: 2, refineEpochs: 3, refineBatch: 50, interval: 5 },
};
// Pretrained too briefly for a refinement to have something to refine.
const BADLY: DeepOptions = { ...WELL, hidden: [24, 12], epochs: 2, refineBatch: 32, tolerance: 0 };

const many = bars(400), few = bars(150);

const onFew = <T>(device: Device, act: (rows: Rows) => Promise<T>) =>
  onRows(device, few.pixels, act);

/** The target distribution in float64: `p_ij ~ q_ij^2 / f_j`. */
function targetOf(q: Float32Array, k: number): number[] {
  const f = new Array(k).fill(0);
  q.forEach((value, at) => f[at % k] += value);
  const p = Array.from(q, (value, at) => value ** 2 / f[at % k]);
  for (let i = 0; i < p.length; i += k) {
    const sum = p.slice(i, i + k).reduce((a, b) => a + b);
    for (let j = i; j < i + k; j++) p[j] /= sum;
  }
  return p;
}

const test = suite("deep clustering");
retain();
const first = new Map<string, ClusterFit>();

for (const one of devices()) {
  for (const [name, Method] of Object.entries(METHODS)) {
    test(`${one.name}: ${name} finds the classes and is stable; same seed, same bits`, async () => {
      const device = await one.open();
      const fit = await onRows(device, many.pixels, async (rows) => {
        const model = new Method(device, WELL);
        const fit = await model.fit(rows);
        model.free();
        return fit;
      });
      assert.is(fit.stopReason, "stable");
      assert.equal(fit.warnings, []);
      assert.ok(accuracy(many.labels, fit.labels) > 0.99, "clusters are the classes");
      assert.is(fit.centres.length, CLASSES * 4);
      assert.equal(Object.keys(fit.history), ["pretraining", "refinement"]);
      const sums = Array.from(
        { length: 400 },
        (_, i) => fit.probabilities!.slice(i * CLASSES, (i + 1) * CLASSES).reduce((a, b) => a + b),
      );
      near(sums, new Array(400).fill(1), { abs: 1e-5 }, "sums of probabilities");
      if (!one.family.startsWith("wasm")) return;
      const earlier = first.get(one.family + name);
      if (!earlier) return void first.set(one.family + name, fit);
      for (const part of ["embedding", "labels", "centres", "probabilities"] as const) {
        sameBits(fit[part]!, earlier[part]!, `${part} with another number of workers`);
      }
    });
  }

  test(`${one.name}: the order of the rows does not matter; targets go by row number`, async () => {
    const device = await one.open();
    const n = 400, order = Array.from({ length: n }, (_, i) => (i * 37 + 11) % n);
    const mixed = Uint8Array.from(
      { length: n * WIDTH },
      (_, i) => many.pixels[order[Math.floor(i / WIDTH)] * WIDTH + i % WIDTH],
    );
    await onRows(device, mixed, async (rows) => {
      const model = new Dec(device, WELL);
      const { labels } = await model.fit(rows);
      assert.is(ari(Int32Array.from(order, (i) => many.labels[i]), labels), 1);
      const soft = new SoftClusters(model, rows);
      await soft.load();
      const look = await soft.refresh();
      sameBits(look.labels, labels, "labels");
      assert.not(look.collapsed);
      const { probabilities } = await model.predict(rows);
      const p = targetOf(probabilities!, CLASSES);
      near(await device.read(soft.state.target), p, { abs: 1e-5 }, "target");
      const index = data("index", [3], "u32"), g = new Graph("targets of a batch");
      const batch = g.output(soft.target(g, index, 3));
      const plan = compile(g);
      await device.load(plan);
      device.write(index, Uint32Array.of(399, 0, 123));
      device.run(plan, [{ at: 0 }]);
      const want = [399, 0, 123].flatMap((i) => p.slice(i * CLASSES, (i + 1) * CLASSES));
      near(await device.read(batch, plan), want, { abs: 1e-5 }, "targets of three rows");
      device.unload(plan);
      device.free(index);
      soft.free();
      model.free();
    });
  });

  test(`${one.name}: a refinement that makes it worse gives the first clustering back`, async () => {
    const device = await one.open();
    await onFew(device, async (rows) => {
      const options = { ...BADLY, normalise: "cosine" as const };
      const model = new Dec(device, options);
      const { firstLabels, labels, stopReason, warnings, embedding } = await model.fit(rows);
      assert.is(stopReason, "guard");
      assert.match(warnings.at(-1)!, /made the clusters worse .*: the first clustering was kept$/);
      sameBits(labels, firstLabels!, "labels");
      const copy = loadModel(device, await model.save());
      const again = await copy.predict(rows);
      sameBits(again.labels, labels, "labels of the saved model");
      sameBits(again.probabilities!, (await model.predict(rows)).probabilities!, "probabilities");
      for (const one of [model, copy]) one.free();
      // A software GPU is slow, and the same is seen on the others.
      if (!one.family.startsWith("wasm")) return;
      const free = new Dec(device, { ...options, guard: false });
      const unguarded = await free.fit(rows);
      assert.is.not(unguarded.stopReason, "guard");
      sameBits(unguarded.firstLabels!, firstLabels!, "first labels");
      assert.ok(ari(Int32Array.from(unguarded.labels), labels) < 0.95, "it was worse");
      assert.is.not(unguarded.embedding[0], embedding[0]);
      free.free();
    });
  });

  test(`${one.name}: collapse and divergence are named and answered`, async () => {
    const device = await one.open();
    await onFew(device, async (rows) => {
      for (const Method of one.family.startsWith("wasm") ? [Dec, Dcn] : [Dcn]) {
        for (
          const [more, reason, sentence] of [
            [{ refineRate: 10 }, "collapsed", /clusters collapsed in the refinement/],
            [{ refineRate: 1e30 }, "diverged", /given up, the first clustering kept: the loss bec/],
          ] as const
        ) {
          const model = new Method(device, { ...BADLY, ...more });
          const fit = await model.fit(rows);
          model.free();
          assert.is(fit.stopReason, reason);
          assert.match(fit.warnings[0], sentence);
          assert.ok(accuracy(fit.firstLabels!, fit.labels) > 0.95, `${reason}: the first clusters`);
          assert.ok(fit.embedding.every(Number.isFinite), reason);
        }
      }
    });
  });

  test(`${one.name}: numbers that are not finite, more clusters than rows`, async () => {
    const device = await one.open();
    const values = randoms(20 * WIDTH, 3, 0, 1);
    await onRows(device, values, async (rows) => {
      await refuses(
        RangeError,
        /40 clusters need at least as many rows, got 20: ask for fewer clusters/,
        () => new Dec(device, { ...BADLY, clusters: 40 }).fit(rows),
      );
    });
    values[7 * WIDTH + 3] = NaN;
    await onRows(device, values, async (rows) => {
      await refuses(
        TrainingError,
        /^the loss became NaN in epoch 1, step 1: .*, or look for extreme values in the data$/,
        () => new Dec(device, BADLY).fit(rows),
      );
    });
  });
}
test.after(release);
test.run();
