/** A run that is stopped and goes on ends with the bits of a run that was never stopped. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Device } from "../../shell/device/device.ts";
import { Cancelled, DataError } from "../../shell/errors.ts";
import { Autoencoder } from "../../shell/methods/autoencoder.ts";
import type { Checkpoint } from "../../shell/methods/checkpoint.ts";
import { Classifier } from "../../shell/methods/classifier.ts";
import { Dcn } from "../../shell/methods/dcn.ts";
import { Dec } from "../../shell/methods/dec.ts";
import { Idec } from "../../shell/methods/idec.ts";
import type { ClusterFit, Fit, Model } from "../../shell/methods/model.ts";
import type { Rows } from "../../shell/methods/rows.ts";
import { Siamese } from "../../shell/methods/siamese.ts";
import type { Progress, TrainHooks } from "../../shell/methods/train.ts";
import { Triplet } from "../../shell/methods/triplet.ts";
import { devices, release, retain } from "../devices.ts";
import { bars, CLASSES, onRows, refuses, sameBits, WIDTH } from "./bars.ts";

// 150 = 4 x 32 + 22: the last batch is smaller.
const { pixels, labels } = bars(150);

const COMMON = { input: WIDTH, hidden: [24, 12], embedding: 4, batch: 32, rate: 3e-3, seed: 5 };
const CODES = { ...COMMON, clusters: CLASSES, starts: 2 };
// A look at all rows falls into the middle of an epoch, which has five steps.
const DEEP = { ...CODES, epochs: 2, refineEpochs: 3, refineBatch: 32, interval: 3, tolerance: 0 };

type Trained = Model<{ seed: number }, Fit>;

interface Case {
  readonly phases: readonly string[];
  make(device: Device): Trained;
  fit?(model: Trained, rows: Rows, hooks: TrainHooks): Promise<Fit>;
}

const fromLabels: Case["fit"] = (model, rows, hooks) =>
  model.fit(rows, { labels }, undefined, hooks);

const CASES: Record<string, Case> = {
  autoencoder: {
    phases: ["pretraining"],
    make: (d) => new Autoencoder(d, { ...CODES, epochs: 3, clip: 1, corruption: 0.1 }),
  },
  "autoencoder, layer by layer": {
    phases: ["layer 1", "layer 2", "layer 3", "pretraining"],
    make: (d) => new Autoencoder(d, { ...CODES, epochs: 2, layerwise: 2 }),
  },
  dec: {
    phases: ["pretraining", "refinement"],
    make: (d) => new Dec(d, { ...DEEP, input: [8, 8, 1], augment: {} }),
  },
  idec: { phases: ["refinement"], make: (d) => new Idec(d, DEEP) },
  dcn: {
    phases: ["pretraining", "refinement"],
    make: (d) => new Dcn(d, { ...DEEP, interval: 7, gamma: 1 }),
  },
  siamese: {
    phases: ["training"],
    make: (d) => new Siamese(d, { ...CODES, epochs: 2 }),
    fit: fromLabels,
  },
  triplet: {
    phases: ["training"],
    make: (d) => new Triplet(d, { ...CODES, epochs: 3 }),
    fit: fromLabels,
  },
  classifier: {
    phases: ["training"],
    make: (d) => new Classifier(d, { ...COMMON, hidden: [20], classes: CLASSES, epochs: 3 }),
    fit: (model, rows, hooks) => model.fit(rows, labels, undefined, hooks),
  },
};

/** Methods that are tried on GPUs as well. */
const ON_GPU = ["dec", "triplet"];

function fitOf(one: Case, model: Trained, rows: Rows, hooks: TrainHooks = {}): Promise<Fit> {
  return one.fit ? one.fit(model, rows, hooks) : model.fit(rows, hooks);
}

/** Everything that a run leaves. */
async function outcome(model: Trained, fit: Fit) {
  const { tensors } = await model.save();
  const { labels, history, stopReason, warnings } = fit;
  const losses = Object.entries(history).map(([phase, { losses }]) => [phase, losses]);
  model.free();
  return { tensors, labels, losses, stopReason, warnings, codes: (fit as ClusterFit).embedding };
}

/** Stops a run when `when` says so, and gives the checkpoint that it left. */
async function stopped(
  one: Case,
  model: Trained,
  rows: Rows,
  when: { message?(p: Progress): boolean; save?(checkpoint: Checkpoint): boolean },
): Promise<Checkpoint> {
  const controller = new AbortController();
  let kept: Checkpoint | undefined;
  const error = await fitOf(one, model, rows, {
    signal: controller.signal,
    onProgress: (p) => when.message?.(p) && controller.abort(),
    checkpoint: {
      seconds: 1e9,
      async save(checkpoint) {
        kept = checkpoint;
        if (when.save?.(checkpoint)) controller.abort();
        await Promise.resolve();
      },
    },
  }).catch((error) => error);
  assert.instance(error, Cancelled, `${error}`);
  model.free();
  return kept!;
}

/** Stops a run after the third message of a phase. */
function stoppedIn(phase: string, one: Case, model: Trained, rows: Rows): Promise<Checkpoint> {
  let messages = 0;
  return stopped(one, model, rows, { message: (p) => p.phase === phase && ++messages === 3 });
}

async function goesOn(
  device: Device,
  method: Case,
  rows: Rows,
  resume: Checkpoint,
  want: Awaited<ReturnType<typeof outcome>>,
) {
  const model = method.make(device);
  const got = await outcome(model, await fitOf(method, model, rows, { resume }));
  const { phase } = resume;
  for (const [tensor, { data }] of Object.entries(want.tensors)) {
    sameBits(got.tensors[tensor].data, data, `${phase}: ${tensor}`);
  }
  sameBits(got.labels, want.labels, `${phase}: labels`);
  if (want.codes) sameBits(got.codes, want.codes, `${phase}: codes`);
  for (const what of ["losses", "stopReason", "warnings"] as const) {
    assert.equal(got[what], want[what], `${phase}: ${what}`);
  }
}

const test = suite("resume");
retain();
for (const one of devices()) {
  const gpu = !one.family.startsWith("wasm");
  for (const [name, method] of Object.entries(CASES)) {
    // A software GPU is slow; what a method keeps is the same for every device.
    if (gpu && !ON_GPU.includes(name)) continue;
    test(`${one.name}: ${name}`, async () => {
      const device = await one.open();
      await onRows(device, pixels, async (rows) => {
        const whole = method.make(device);
        const want = await outcome(whole, await fitOf(method, whole, rows));
        for (const phase of method.phases) {
          const resume = await stoppedIn(phase, method, method.make(device), rows);
          assert.is(resume.phase, phase);
          await goesOn(device, method, rows, resume, want);
        }
      });
    });
  }

  test(`${one.name}: stopped between two phases, and after the last`, async () => {
    const device = await one.open();
    const method = CASES["autoencoder, layer by layer"];
    await onRows(device, pixels, async (rows) => {
      const whole = method.make(device);
      const want = await outcome(whole, await fitOf(method, whole, rows));
      for (const phase of ["layer 2", "pretraining"]) {
        const resume = await stopped(method, method.make(device), rows, {
          save: (checkpoint) => checkpoint.phase === phase && checkpoint.stopReason !== undefined,
        });
        // The next phase keeps its start; after the last one there is no next.
        if (phase === "pretraining") assert.is(resume.stopReason, "epochs");
        else assert.equal([resume.phase, resume.epoch, resume.step], ["layer 3", 1, 0]);
        await goesOn(device, method, rows, resume, want);
      }
    });
  });

  test(`${one.name}: a checkpoint of another run is refused`, async () => {
    const device = await one.open();
    await onRows(device, pixels, async (rows) => {
      const make = (more: object) => new Autoencoder(device, { ...CODES, epochs: 3, ...more });
      const method: Case = { phases: [], make: () => make({}) };
      const resume = await stoppedIn("pretraining", method, make({}), rows);
      const refused = (model: Trained, sentence: RegExp, from: Checkpoint = resume) =>
        refuses(DataError, sentence, () => model.fit(rows, { resume: from }));
      await refused(
        make({ hidden: [24, 13] }),
        /has encoder.1.weight \[24, 12\] where this network has \[24, 13\]: resume/,
      );
      await refused(make({ batch: 50 }), /phase "pretraining" is of other losses, rows or batches/);
      await refused(make({}), /lacks encoder weights/, {
        ...resume,
        tensors: { "log reconstruction": resume.tensors["log reconstruction"] },
      });
      await refuses(
        DataError,
        /is of the phase "pretraining", and there are training here only: resume with/,
        () => CASES.siamese.fit!(CASES.siamese.make(device), rows, { resume }),
      );
      await refuses(
        DataError,
        /is of the phase "pretraining"/,
        () => CASES.classifier.fit!(CASES.classifier.make(device), rows, { resume }),
      );
    });
  });
}
test.after(release);
test.run();
