/** Models as files: saved on one device, loaded on another; and files that must be refused. */

import { suite } from "uvu";
import { decodeModel, encodeModel, type ModelFile } from "../../shell/data/model_file.ts";
import type { Device } from "../../shell/device/device.ts";
import { DataError } from "../../shell/errors.ts";
import { Autoencoder } from "../../shell/methods/autoencoder.ts";
import { Classifier } from "../../shell/methods/classifier.ts";
import { Dcn } from "../../shell/methods/dcn.ts";
import { Dec } from "../../shell/methods/dec.ts";
import { loadModel } from "../../shell/methods/methods.ts";
import type { Fit, Model, SavedModel } from "../../shell/methods/model.ts";
import type { Rows } from "../../shell/methods/rows.ts";
import { Triplet } from "../../shell/methods/triplet.ts";
import { mlp } from "../../shell/nn/layers.ts";
import { devices, release, retain } from "../devices.ts";
import { near } from "../harness.ts";
import { bars, CLASSES, onRows, refuses, sameBits, WIDTH } from "./bars.ts";

const { pixels, labels } = bars(200);

const COMMON = { input: WIDTH, batch: 32, epochs: 3, rate: 3e-3 };
const CODES = { ...COMMON, hidden: [24], embedding: 4, clusters: CLASSES, starts: 2 };
const REFINED = { ...CODES, epochs: 6, refineEpochs: 1, refineBatch: 50, interval: 2 };
const normed = mlp([20, 4], { normalise: true, dropout: 0.1, activation: "tanh" });

type Trained = Model<{ seed: number }, Fit>;

/** Trained models, each in its own way. */
const MODELS: Record<string, (device: Device, rows: Rows) => Promise<Trained>> = {
  autoencoder: (d, rows) => fitted(new Autoencoder(d, { ...CODES, normalise: "cosine" }), rows),
  dec: (d, rows) => fitted(new Dec(d, REFINED), rows),
  dcn: (d, rows) => fitted(new Dcn(d, REFINED), rows),
  triplet: (d, rows) => fitted(new Triplet(d, { ...CODES, encoder: normed }), rows, { labels }),
  classifier: (d, rows) =>
    fitted(new Classifier(d, { ...COMMON, classes: CLASSES, encoder: normed }), rows, labels),
};

async function fitted(model: Trained, rows: Rows, ...more: unknown[]): Promise<Trained> {
  await model.fit(rows, ...more);
  return model;
}

/** What a model says of the rows; it is not needed afterwards. */
async function answers(model: Trained, rows: Rows) {
  const placed = await model.predict(rows);
  const codes = await model.codes(rows);
  model.free();
  return { ...placed, codes };
}

/** Trains on one device, saves to bytes. */
async function trained(name: string, device: Device) {
  return await onRows(device, pixels, async (rows) => {
    const model = await MODELS[name](device, rows);
    const bytes = encodeModel(await model.save(), { note: "test" });
    return { bytes, said: await answers(model, rows) };
  });
}

const test = suite("save");
retain();
const all = devices();
const [home] = all;
const saved = new Map<string, ReturnType<typeof trained>>();

for (const one of all) {
  for (const name of Object.keys(MODELS)) {
    test(`${name}: from ${home.name} to ${one.name}`, async () => {
      if (!saved.has(name)) saved.set(name, trained(name, await home.open()));
      const { bytes, said } = await saved.get(name)!;
      const device = await one.open();
      await onRows(device, pixels, async (rows) => {
        const got = await answers(loadModel(device, decodeModel(bytes) as SavedModel), rows);
        near(got.codes, said.codes, { abs: 1e-4, rel: 1e-4 }, "codes");
        sameBits(got.labels, said.labels, "labels");
        const p = said.probabilities;
        if (p) near(got.probabilities!, p, { abs: 1e-4 }, "probabilities");
        if (one === home) sameBits(got.codes, said.codes, "codes on the same device");
      });
    });
  }

  test(`autoencoder: from ${one.name} to ${home.name}`, async () => {
    const { bytes, said } = await trained("autoencoder", await one.open());
    const device = await home.open();
    await onRows(device, pixels, async (rows) => {
      const got = await answers(loadModel(device, decodeModel(bytes) as SavedModel), rows);
      near(got.codes, said.codes, { abs: 1e-4, rel: 1e-4 }, "codes");
      sameBits(got.labels, said.labels, "labels");
    });
  });
}

/** A file that is not what it should be, and what must be said of it. */
type Spoilt = [what: string, sentence: RegExp, spoil: (good: ModelFile) => unknown];

const options = (change: object) => (good: ModelFile) => ({
  ...good,
  options: { ...good.options, ...change },
});
const tensors = (change: ModelFile["tensors"]) => (good: ModelFile) => ({
  ...good,
  tensors: { ...good.tensors, ...change },
});
const clusters = (change: object) => (good: ModelFile) => ({
  ...good,
  clusters: { ...good.clusters as object, ...change },
});
const dense = (units: unknown, activation: unknown = "relu") => ({
  encoder: [{ type: "dense", units, activation }, { type: "dense", units: 4, activation }],
});
const numbers = (...shape: number[]) => ({
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});
const DAMAGED = /settings are damaged .*: save it again$/;

const SPOILT: Spoilt[] = [
  ["an unknown method", /of the method "telepathy", and there are/, (m) => ({
    ...m,
    method: "telepathy",
  })],
  ["a method of every object", /of the method "constructor"/, (m) => ({
    ...m,
    method: "constructor",
  })],
  ["a method that is no text", /does not say which method/, (m) => ({ ...m, method: 3 })],
  ["no settings", /does not say which method and settings/, (m) => ({ ...m, options: null })],
  [
    "a weight of another shape",
    /encoder.0.weight \[3, 3\] where \[64, 24\] is asked for/,
    (m) => tensors({ "encoder.0.weight": numbers(3, 3) })(m),
  ],
  ["a weight that is missing", /no tensor decoder.1.bias/, (m) => ({
    ...m,
    tensors: Object.fromEntries(
      Object.entries(m.tensors).filter(([name]) => name !== "decoder.1.bias"),
    ),
  })],
  [
    "a weight of integers",
    /encoder.0.bias must be F32/,
    (m) => tensors({ "encoder.0.bias": { shape: [24], data: new Uint32Array(24) as never } })(m),
  ],
  [
    "centres of another size",
    /clusters do not suit its codes/,
    tensors({
      centres: numbers(4, 3),
    }),
  ],
  [
    "centres without a cluster",
    /clusters do not suit its codes/,
    tensors({
      centres: numbers(0, 4),
    }),
  ],
  [
    "a normalisation that is none",
    /clusters do not suit its codes/,
    clusters({
      normalise: "magic",
    }),
  ],
  [
    "columns that are too few",
    /clusters do not suit its codes/,
    clusters({
      columns: { mean: [1], factor: [1] },
    }),
  ],
  [
    "columns of words",
    /clusters do not suit its codes/,
    clusters({
      columns: { mean: ["a", "b", "c", "d"], factor: [1, 1, 1, 1] },
    }),
  ],
  ["clusters that are a number", /clusters do not suit its codes/, (m) => ({ ...m, clusters: 7 })],
  ["a layer of no size", DAMAGED, options(dense(0))],
  ["a layer of half a unit", DAMAGED, options(dense(1.5))],
  ["a layer of a word", DAMAGED, options(dense("24"))],
  ["layers beyond any memory", /where \[64, 1000000000000\] is asked for/, options(dense(1e12))],
  ["layers beyond any number", DAMAGED, options(dense(1e300))],
  ["an unknown activation", DAMAGED, options(dense(24, "toString"))],
  ["an unknown layer", DAMAGED, options({ encoder: [{ type: "wormhole" }] })],
  ["layers that are no list", DAMAGED, options({ encoder: 5 })],
  ["a layer that is nothing", DAMAGED, options({ encoder: [null] })],
  ["a convolution of a table", DAMAGED, options({ encoder: [{ type: "conv", channels: 3 }] })],
  ["an input of nothing", DAMAGED, options({ input: [] })],
  ["an input of words", DAMAGED, options({ input: ["64"] })],
  ["an input of another size", /where \[63, 24\] is asked for/, options({ input: [63] })],
  ["a negative input", DAMAGED, options({ input: [-64] })],
  ["an odd rate", DAMAGED, options({ rate: "fast" })],
  ["an odd seed", DAMAGED, options({ seed: -1 })],
  ["an unknown schedule", DAMAGED, options({ schedule: "valueOf" })],
];

test("hostile files: one sentence each, and nothing is allocated", async () => {
  const device = await home.open();
  const { bytes } = await trained("autoencoder", device);
  for (const [what, sentence, spoil] of SPOILT) {
    const spoilt = encodeModel(spoil(decodeModel(bytes)) as ModelFile);
    const load = () => loadModel(device, decodeModel(spoilt) as SavedModel);
    await refuses(DataError, sentence, load, what);
  }
});

test("hostile files of a method with centres: as many clusters as the file says", async () => {
  const device = await home.open();
  const { bytes } = await trained("dec", device);
  const good = decodeModel(bytes);
  for (
    const [change, sentence] of [
      [{ clusters: 1e9 }, /\[4, 4\] where \[1000000000, 4\] is asked for/],
      [{ clusters: 0 }, DAMAGED],
      [{ alpha: 0 }, DAMAGED],
      [{ alpha: null }, DAMAGED],
    ] as const
  ) {
    await refuses(
      DataError,
      sentence,
      () => loadModel(device, options(change)(good) as unknown as SavedModel),
    );
  }
});

test("predicting before fitting is refused", async () => {
  const device = await home.open();
  await onRows(device, pixels, async (rows) => {
    const model = new Autoencoder(device, CODES);
    await refuses(
      RangeError,
      /there are no clusters yet: fit the model first/,
      () => model.predict(rows),
    );
    await refuses(
      RangeError,
      /there are rows 0 to 199, got 200/,
      () => model.codes(rows, Uint32Array.of(3, 200)),
    );
  });
});

test.after(release);
test.run();
