/** Models that are asked again: the clusters of the training rows, to the bit; new rows; refusals. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeModel, encodeModel } from "../../shell/data/model_file.ts";
import type { Device, Numbers } from "../../shell/device/device.ts";
import { Cancelled, DataError } from "../../shell/errors.ts";
import { METHODS } from "../../shell/methods/methods.ts";
import type { Model } from "../../shell/methods/model.ts";
import { predict, type PreparedModel } from "../../shell/methods/predict.ts";
import { prepareRows } from "../../shell/methods/prepare.ts";
import { conv, mlp } from "../../shell/nn/layers.ts";
import { randoms } from "../harness.ts";
import { devices, release, retain } from "../devices.ts";
import { bars, CLASSES, refuses, sameBits } from "./bars.ts";

const N = 150;
const { pixels, labels } = bars(N);
const COMMON = { batch: 32, epochs: 2, rate: 3e-3, clusters: CLASSES, starts: 2 };
const REFINED = { refineEpochs: 1, refineBatch: 50, interval: 2 };
const IMAGES = { kind: "images", shape: [8, 8, 1], scale: 1 / 255, shift: 0 };

const COLUMNS = 5;
const noise = randoms(N * COLUMNS, 3, -1, 1);
const table = Float32Array.from(
  noise,
  (x, at) => x + 4 * (labels[Math.floor(at / COLUMNS)] === at % COLUMNS ? 1 : 0),
);
const TABLE = { kind: "table", names: ["a", "b", "c", "d", "e"], inputs: [] };

interface Case {
  readonly input: readonly number[];
  readonly values: Numbers;
  readonly preprocessing: unknown;
  readonly encoder: ReturnType<typeof mlp>;
}

const dense = mlp([24, 4], { activation: "relu" });
const CASES: Record<string, Case> = {
  "dense, images": { input: [8, 8, 1], values: pixels, preprocessing: IMAGES, encoder: dense },
  "dense, table": { input: [COLUMNS], values: table, preprocessing: TABLE, encoder: dense },
  "convolutional": {
    input: [8, 8, 1],
    values: pixels,
    preprocessing: IMAGES,
    encoder: [...conv([{ channels: 4, kernel: 3, stride: 2, padding: 1 }]), ...mlp([4])],
  },
};

type Trained = Model<{ seed: number }>;

/** Trains a method; what it said of its rows, and the model as a file. */
async function trained(device: Device, method: keyof typeof METHODS, one: Case) {
  const make = METHODS[method] as unknown as new (d: Device, o: object) => Trained;
  const refined = ["dec", "idec", "dcn"].includes(method) ? REFINED : {};
  const options = method === "classifier"
    ? { input: one.input, classes: CLASSES, encoder: one.encoder, epochs: 2 }
    : { ...COMMON, ...refined, input: one.input, encoder: one.encoder, normalise: "cosine" };
  const model = new make(device, options);
  const rows = prepareRows(device, one.values, one.values.length / N, one.preprocessing);
  const fit = await model.fit(rows, ...method === "classifier" ? [labels] : []);
  const codes = await model.codes(rows);
  const file = encodeModel({ ...await model.save(), preprocessing: one.preprocessing });
  model.free();
  rows.free();
  return { fit, codes, saved: decodeModel(file) as PreparedModel };
}

const test = suite("predict");
retain();
const first = new Map<string, Uint32Array>();

for (const one of devices()) {
  for (const [name, which] of Object.entries(CASES)) {
    // A software GPU is slow: one case shows that the way there and back is the same.
    if (!one.family.startsWith("wasm") && name !== "convolutional") continue;
    for (const method of Object.keys(METHODS) as (keyof typeof METHODS)[]) {
      test(`${one.name}: ${method}, ${name}: the training rows get the clusters of the fit`, async () => {
        const device = await one.open();
        const { fit, codes, saved } = await trained(device, method, which);
        const found = await predict(device, saved, which.values);
        sameBits(found.labels, fit.labels, "labels");
        sameBits(found.embedding, codes, "codes");
        sameBits(found.confidence, fit.confidence, "confidence");
        assert.ok(found.confidence.every((one) => one >= 0 && one <= 1));
        if (fit.distances) sameBits(found.distances!, fit.distances, "distances");
        if (fit.probabilities) sameBits(found.probabilities!, fit.probabilities, "probabilities");
        if (!one.family.startsWith("wasm")) return;
        const key = `${one.family} ${method} ${name}`;
        if (!first.has(key)) return void first.set(key, found.labels);
        sameBits(found.labels, first.get(key)!, "labels with another number of workers");
      });
    }
  }
}

const [home] = devices();

test("a row gets the same cluster alone as among others", async () => {
  const device = await home.open();
  const { fit, saved } = await trained(device, "autoencoder", CASES["dense, table"]);
  for (const i of [0, 77, N - 1]) {
    const row = table.slice(i * COLUMNS, (i + 1) * COLUMNS);
    const { labels: [label], confidence: [sure] } = await predict(device, saved, row);
    assert.is(label, fit.labels[i], `row ${i}`);
    assert.ok(Math.abs(sure - fit.confidence[i]) < 1e-4, `row ${i}`);
  }
});

test("confidence is 1 - d1 / d2, and the soft assignment where there is one", async () => {
  const device = await home.open();
  const plain = await trained(device, "siamese", CASES["dense, images"]);
  const { clusters, tensors: { centres } } = plain.saved;
  const { mean, factor } = clusters!.columns;
  for (let i = 0; i < N; i++) {
    const scores = Array.from(
      { length: 4 },
      (_, j) => (plain.codes[4 * i + j] - mean[j]) * factor[j],
    );
    const length = Math.hypot(...scores);
    const distances = Array.from(
      { length: CLASSES },
      (_, k) => Math.hypot(...scores.map((z, j) => z / length - centres.data[4 * k + j])),
    )
      .sort((a, b) => a - b);
    const want = 1 - distances[0] / distances[1];
    assert.ok(Math.abs(plain.fit.confidence[i] - want) < 1e-4, `row ${i}`);
  }
  const soft = await trained(device, "dec", CASES["dense, images"]);
  soft.fit.labels.forEach((label, i) => {
    assert.is(soft.fit.confidence[i], soft.fit.probabilities![CLASSES * i + label], `row ${i}`);
  });
});

test("says how far it is, and stops on request", async () => {
  const device = await home.open();
  const { saved } = await trained(device, "autoencoder", CASES["dense, table"]);
  const many = new Float32Array(40_000 * COLUMNS).map((_, at) => table[at % table.length]);
  const seen: number[] = [];
  const onProgress = (done: number, total: number) => {
    assert.is(total, 40_000);
    seen.push(done);
  };
  const found = await predict(device, saved, many, { onProgress });
  assert.is(found.labels.length, 40_000);
  assert.is(seen.at(-1), 40_000);
  assert.ok(seen.length > 2 && seen.every((n, i) => i === 0 || n > seen[i - 1]), `${seen}`);
  const controller = new AbortController();
  const stopped = { signal: controller.signal, onProgress: () => controller.abort() };
  await refuses(Cancelled, /stopped/, () => predict(device, saved, many, stopped));
});

test("refuses what it cannot place", async () => {
  const device = await home.open();
  const { saved } = await trained(device, "autoencoder", CASES["dense, table"]);
  const told = (preprocessing: unknown) => ({ ...saved, preprocessing });
  const row = table.slice(0, COLUMNS);
  await refuses(
    RangeError,
    /7 numbers are not rows of 5/,
    () => predict(device, saved, new Float32Array(7)),
  );
  await refuses(
    TypeError,
    /of a table: its numbers must come as a Float32Array/,
    () => predict(device, saved, new Uint8Array(5)),
  );
  const images = { ...IMAGES, shape: [1, 1, 5] };
  await refuses(
    TypeError,
    /of images: their bytes must come as a Uint8Array/,
    () => predict(device, told(images), row),
  );
  await refuses(
    DataError,
    /says of its images is damaged/,
    () => predict(device, told({ ...images, scale: null }), new Uint8Array(COLUMNS)),
  );
  const { clusters: _clusters, ...without } = saved;
  await refuses(RangeError, /no clusters yet/, () => predict(device, without, row));
});

test.after(release);
test.run();
