/** Whole training runs: the same bits for any number of workers, the same curve on every device. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Device } from "../../shell/device/device.ts";
import { Cancelled, TrainingError } from "../../shell/errors.ts";
import { Autoencoder } from "../../shell/methods/autoencoder.ts";
import { Classifier } from "../../shell/methods/classifier.ts";
import { type Rows, upload } from "../../shell/methods/rows.ts";
import { accuracy } from "../../shell/metrics/accuracy.ts";
import { devices, release, retain } from "../devices.ts";
import { bars, CLASSES, onRows as onDevice, WIDTH } from "./bars.ts";

const { pixels, labels } = bars(1000);
const onRows = <T>(device: Device, act: (rows: Rows) => Promise<T>) =>
  onDevice(device, pixels, act);

const test = suite("training");
retain();
const first = new Map<string, { bits: Float32Array; labels: Uint32Array }>();
const curves = new Map<string, Float32Array>();

for (const one of devices()) {
  test(`${one.name}: autoencoder and K-Means find the classes; same seed, same bits`, async () => {
    const device = await one.open();
    const { weights, labels: found, losses } = await onRows(device, async (rows) => {
      const model = new Autoencoder(device, {
        input: WIDTH,
        hidden: [48, 33],
        embedding: 5,
        batch: 60, // 1000 = 16 x 60 + 40: the last batch is smaller
        epochs: 8,
        rate: 3e-3,
        seed: 3,
        clusters: CLASSES,
        starts: 3,
      });
      const { history, labels } = await model.fit(rows);
      return { weights: (await model.save()).tensors, labels, ...history.pretraining };
    });
    assert.ok(losses[7] < losses[0] / 2, `losses ${losses}`);
    assert.ok(accuracy(labels, found) > 0.99, "clusters are the classes");
    if (!one.family.startsWith("wasm")) return;
    const bits = weights["encoder.0.weight"].data;
    const earlier = first.get(one.family);
    if (!earlier) return void first.set(one.family, { bits, labels: found });
    assert.equal(bits, earlier.bits, "weights with another number of workers");
    assert.equal(found, earlier.labels, "labels with another number of workers");
  });

  test(`${one.name}: the first 100 losses agree with the first device to 1e-3`, async () => {
    const device = await one.open();
    const last = await onRows(device, async (rows) => {
      const model = new Classifier(device, {
        input: WIDTH,
        classes: CLASSES,
        hidden: [40],
        batch: 10,
        epochs: 1,
        seed: 2,
      });
      const { history, labels: predicted } = await model.fit(rows, labels);
      assert.ok(accuracy(labels, predicted) > 0.95, "learnt");
      return history.training.last;
    });
    assert.is(last.length, 100);
    const reference = curves.get("first");
    if (!reference) return void curves.set("first", last);
    last.forEach((loss, i) => {
      const difference = Math.abs(loss / reference[i] - 1);
      assert.ok(difference <= 1e-3, `step ${i + 1}: ${loss} against ${reference[i]}`);
    });
  });

  test(`${one.name}: rows that are streamed give the same bits as rows on the device`, async () => {
    const device = await one.open();
    const learn = async (values: Uint8Array | Float32Array, limit?: number) => {
      const rows = upload(device, values, WIDTH, { limit });
      const options = { input: WIDTH, hidden: [20], embedding: 3, batch: 60, epochs: 2 };
      const model = new Autoencoder(device, options);
      const { history, embedding } = await model.fit(rows);
      rows.free();
      return { window: rows.window, last: history.pretraining.last, codes: embedding };
    };
    for (const values of [pixels, Float32Array.from(pixels, (v) => v / 255)]) {
      const whole = await learn(values);
      assert.is(whole.window, Infinity);
      // 137 rows: two steps of 60 fit, and 8 batches of inference are needed.
      const pieces = await learn(values, 137 * WIDTH * values.BYTES_PER_ELEMENT);
      assert.is(pieces.window, 137);
      assert.equal(pieces.last, whole.last, "losses");
      assert.equal(pieces.codes, whole.codes, "codes");
    }
    const rows = upload(device, pixels, WIDTH, { limit: 10 * WIDTH });
    const error = await new Autoencoder(device, { input: WIDTH, batch: 60 }).fit(rows)
      .catch((error) => error);
    rows.free();
    assert.instance(error, RangeError);
    assert.match(error.message, /a batch of 60 rows of 64 numbers is more .*, 10: use smaller/);
  });

  test(`${one.name}: stops when it is told to, and says when it diverges`, async () => {
    const device = await one.open();
    await onRows(device, async (rows) => {
      const controller = new AbortController();
      const model = new Classifier(device, { input: WIDTH, classes: CLASSES, epochs: 1000 });
      const stopped = await model.fit(rows, labels, undefined, {
        signal: controller.signal,
        onProgress: ({ epoch }) => epoch > 1 && controller.abort(),
      }).catch((error) => error);
      assert.instance(stopped, Cancelled);
      assert.ok((await model.save()).tensors["layers.0.weight"].data.every(Number.isFinite));
      const wild = new Classifier(device, {
        input: WIDTH,
        classes: CLASSES,
        rate: 1e30,
        hidden: [9],
      });
      const error = await wild.fit(rows, labels).catch((error) => error);
      assert.instance(error, TrainingError);
      assert.match(
        error.message,
        /the loss became (NaN|-?Infinity) in epoch 1, step \d+: lower the/,
      );
      // No loss sees the weights after the last step.
      const blind = { input: WIDTH, classes: CLASSES, rate: 1e39, batch: rows.n, epochs: 1 };
      const last = await new Classifier(device, blind).fit(rows, labels).catch((error) => error);
      assert.instance(last, TrainingError);
      assert.match(last.message, /^weights became infinite or NaN in epoch 1, step 1: lower the/);
    });
  });
}
test.after(release);
test.run();
