/** Which first phase a refinement can start from, and what an augmented image is made back into. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Device } from "../../shell/device/device.ts";
import { DataError } from "../../shell/errors.ts";
import { Autoencoder } from "../../shell/methods/autoencoder.ts";
import { Dec } from "../../shell/methods/dec.ts";
import { Idec } from "../../shell/methods/idec.ts";
import type { SavedModel } from "../../shell/methods/model.ts";
import { range, shuffled } from "../../shell/methods/train.ts";
import { Siamese } from "../../shell/methods/siamese.ts";
import { Triplet } from "../../shell/methods/triplet.ts";
import { mlp } from "../../shell/nn/layers.ts";
import { Graph } from "../../shell/plan/graph.ts";
import { compile } from "../../shell/plan/plan.ts";
import { state, type Tensor } from "../../shell/plan/tensor.ts";
import { putRows } from "../../shell/ops/gather.ts";
import { devices, release, retain } from "../devices.ts";
import { near } from "../harness.ts";
import { bars, CLASSES, onRows, refuses, sameBits, WIDTH } from "./bars.ts";

const { pixels } = bars(200);
const encoder = mlp([24, 4]);
const COMMON = { input: WIDTH, encoder, batch: 40, epochs: 3, seed: 3, clusters: CLASSES };
const FIRST = { ...COMMON, starts: 2, rate: 3e-3 };
const REFINED = { ...FIRST, refineEpochs: 1, refineBatch: 50, interval: 2, guard: false };

const test = suite("phases");
retain();

/** A Siamese or triplet network that has seen the rows, as a file holds it. */
async function contrastive(device: Device, Method: typeof Siamese | typeof Triplet) {
  return await onRows(device, pixels, async (rows) => {
    const model = new Method(device, FIRST);
    const { labels } = await model.fit(rows);
    const saved = await model.save();
    model.free();
    return { labels, saved };
  });
}

/** Refines a saved model by DEC. */
async function refine(device: Device, saved: SavedModel) {
  return await onRows(device, pixels, async (rows) => {
    const model = new Dec(device, REFINED);
    model.adopt(saved);
    const fit = await model.fit(rows);
    const { tensors } = await model.save();
    model.free();
    return { fit, tensors };
  });
}

for (const one of devices()) {
  for (const Method of [Siamese, Triplet]) {
    test(`${one.name}: dec refines a ${Method.name} network, twice to the same bits`, async () => {
      const device = await one.open();
      const { labels, saved } = await contrastive(device, Method);
      const { fit, tensors } = await refine(device, saved);
      sameBits(fit.firstLabels!, labels, "K-Means on the codes that were taken over");
      assert.equal(Object.keys(fit.history), ["refinement"]);
      const again = await refine(device, saved);
      for (const [name, { data }] of Object.entries(tensors)) {
        sameBits(again.tensors[name].data, data, name);
      }
      const moved = Object.entries(saved.tensors).some(([name, { data }]) =>
        name !== "centres" && data.some((x, i) => x !== tensors[name].data[i])
      );
      assert.ok(moved, "the refinement changed nothing");
    });
  }

  for (const reconstruct of ["seen", "clean"] as const) {
    test(`${one.name}: the first loss is that of the ${reconstruct} image`, async () => {
      const device = await one.open();
      const input = [8, 8, 1] as const, n = 60;
      const options = { ...FIRST, input, epochs: 1, batch: n, augment: {}, reconstruct };
      const order = shuffled(range(n), FIRST.seed)(1);
      const shown = Uint8Array.from(
        { length: n * WIDTH },
        (_, at) => pixels[order[Math.floor(at / WIDTH)] * WIDTH + at % WIDTH],
      );
      const loss = await onRows(device, pixels.slice(0, n * WIDTH), async (rows) => {
        const model = new Autoencoder(device, options);
        const { history } = await model.fit(rows);
        model.free();
        return history.pretraining.losses[0];
      });
      const { seen, made } = await firstBatch(device, new Autoencoder(device, options), shown);
      const clean = Float32Array.from(shown, (byte) => byte / 255);
      const distance = (target: Float32Array) =>
        made.reduce((sum, y, i) => sum + (y - target[i]) ** 2, 0) / made.length;
      assert.ok(Math.abs(distance(seen) - distance(clean)) > 1e-3, "the two can be told apart");
      near([loss], [distance(reconstruct === "clean" ? clean : seen)], { rel: 1e-4 }, "loss");
    });
  }
}

/** What step 1 shows of some rows, and what the untrained network makes of it. */
async function firstBatch(device: Device, model: Autoencoder, shown: Uint8Array) {
  const [n, kept] = [shown.length / WIDTH, [] as Tensor[]];
  return await onRows(device, shown, async (rows) => {
    await model.initialise();
    const g = new Graph("first batch");
    const index = state("index", [n], "u32");
    const seen = model.view(g, rows.batch(g, index, n));
    const made = model.decoder.apply(g, model.encoder.apply(g, seen));
    for (const t of [seen, made]) {
      const out = state("kept", t.shape);
      putRows(g, t, out, 0);
      kept.push(out);
    }
    const plan = compile(g);
    await device.load(plan);
    device.write(index, range(n));
    device.run(plan, [{ at: 0, step: 1 }]);
    const [a, b] = [await device.read(kept[0]), await device.read(kept[1])] as Float32Array[];
    device.unload(plan);
    device.free(index, ...kept);
    model.free();
    return { seen: a, made: b };
  });
}

const [home] = devices();

for (const embedding of [10, 64, 128]) {
  test(`${home.name}: codes of ${embedding} numbers, with a word if a row has fewer`, async () => {
    const device = await home.open();
    await onRows(device, pixels, async (rows) => {
      const model = new Autoencoder(device, { ...FIRST, encoder: mlp([24, embedding]) });
      const fit = await model.fit(rows);
      assert.is(fit.embedding.length, rows.n * embedding);
      assert.ok(fit.embedding.every(Number.isFinite));
      const said = fit.warnings.some((text) =>
        /^the code has 128 numbers and a row has 64/.test(text)
      );
      assert.is(said, embedding > WIDTH, fit.warnings.join());
      model.free();
    });
  });
}

test(`${home.name}: idec needs a decoder, and layers must be the same`, async () => {
  const device = await home.open();
  const { saved } = await contrastive(device, Siamese);
  await refuses(
    DataError,
    /^a model of siamese has no decoder, and idec goes on reconstructing: name an autoencoder/,
    () => new Idec(device, REFINED).adopt(saved),
  );
  await refuses(
    DataError,
    /^a classifier makes no codes to refine: name an autoencoder, a Siamese or a triplet network$/,
    () => new Dec(device, REFINED).adopt({ ...saved, method: "classifier" }),
  );
  await refuses(
    DataError,
    /where \[64, 23\] is asked for: it has other layers/,
    () => new Dec(device, { ...REFINED, encoder: mlp([23, 4]) }).adopt(saved),
  );
});

test.after(release);
test.run();
