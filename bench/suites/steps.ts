/** Whole training steps: forward, backward, Adam. */

import type { Device } from "../../shell/device/device.ts";
import { Autoencoder } from "../../shell/methods/autoencoder.ts";
import { Classifier } from "../../shell/methods/classifier.ts";
import { type Rows, upload } from "../../shell/methods/rows.ts";
import { conv, mlp } from "../../shell/nn/layers.ts";
import type { Plan } from "../../shell/plan/plan.ts";
import { type Measurement, median, spread, time } from "./measure.ts";

/** Rows on the device: enough that a batch is not in a cache. */
const ROWS = 20_000;

interface Subject {
  readonly name: string;
  readonly batch: number;
  make(device: Device, rows: Rows): { model: { initialise(): Promise<void> }; plan: Plan };
}

/** The methods at the sizes that the README quotes. */
export const SUBJECTS: readonly Subject[] = [
  {
    name: "classifier 784-128-10, batch 64",
    batch: 64,
    make(device, rows) {
      const model = new Classifier(device, { input: 784, classes: 10 });
      return { model, plan: model.plan(rows) };
    },
  },
  {
    name: "autoencoder 784-500-500-2000-10, batch 256",
    batch: 256,
    make(device, rows) {
      const model = new Autoencoder(device, { input: 784, batch: 256 });
      return { model, plan: model.plan(rows) };
    },
  },
  {
    name: "convolutional 28x28x1-32-64-128-10, batch 256",
    batch: 256,
    make(device, rows) {
      const encoder = [
        ...conv([
          { channels: 32, kernel: 5, stride: 2, padding: 2 },
          { channels: 64, kernel: 5, stride: 2, padding: 2 },
          { channels: 128, kernel: 3, stride: 2, padding: 0 },
        ]),
        ...mlp([10]),
      ];
      const model = new Autoencoder(device, { input: [28, 28, 1], encoder, batch: 256 });
      return { model, plan: model.plan(rows) };
    },
  },
];

/** Steps per second of each method on a device; each sample is a message of about `slice` ms. */
export async function steps(
  device: Device,
  runs: number,
  only = "",
  slice = 150,
): Promise<Measurement[]> {
  const pixels = Uint8Array.from({ length: ROWS * 784 }, (_, i) => (i * 2654435761 >>> 13) & 255);
  const rows = upload(device, pixels, 784);
  const out: Measurement[] = [];
  for (const { name, batch, make } of SUBJECTS) {
    if (!name.startsWith(only)) continue;
    const { model, plan } = make(device, rows);
    await model.initialise();
    await device.load(plan);
    let step = 0;
    const values = () => ({
      at: (step * batch) % (ROWS - batch),
      slot: 0,
      step: ++step,
      // A rate of zero: the arithmetic is the same and the weights stay finite.
      rate: 0,
      correction1: 0.5,
      correction2: 0.5,
    });
    const run = async (count: number) => {
      device.run(plan, Array.from({ length: count }, values));
      await device.sync();
    };
    await run(1);
    const first = await time(() => run(3)) / 3;
    const count = Math.max(1, Math.round(slice / first));
    for (let i = 0; i < 3; i++) await run(count);
    const ms: number[] = [];
    for (let i = 0; i < runs; i++) ms.push(await time(() => run(count)) / count);
    const flops = plan.calls.reduce((n, c) => n + (c.kernel.flops?.(c.sizes) ?? 0), 0);
    out.push({
      name,
      device: device.info.description,
      ms: median(ms),
      spread: spread(ms),
      gflops: flops / median(ms) / 1e6,
      perSecond: 1000 / median(ms),
      runs,
    });
    device.unload(plan);
  }
  rows.free();
  return out;
}
