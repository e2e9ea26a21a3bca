/** What the tests of the optimizers share. */

import { suite } from "uvu";
import type { Device, Numbers } from "../../shell/device/device.ts";
import { devices, release, retain } from "../devices.ts";
import golden from "../golden/optimizers.json" with { type: "json" };
import { near } from "../harness.ts";

/** Settings under PyTorch's names. */
export interface Options {
  readonly lr: number;
  readonly weight_decay: number;
  readonly momentum?: number;
  readonly nesterov?: boolean;
  readonly betas?: readonly number[];
  readonly eps?: number;
}

interface Run {
  readonly options: Options;
  readonly after_each_step: { readonly data: readonly number[] };
}

/** One step: takes the buffers that it updates, the gradient first, and returns them updated. */
export type Step = (
  device: Device,
  options: Options,
  state: Record<string, Numbers>,
  dw: Float32Array,
  step: number,
) => Promise<Record<string, Numbers>>;

/** Compares ten steps with PyTorch's, for each named case of the golden file. */
export function optimizerTest(name: string, cases: readonly string[], step: Step): void {
  const test = suite(`${name} golden values`);
  retain();
  const n = golden.start.data.length;
  for (const device of devices()) {
    for (const one of cases) {
      test(`${device.name} ${one} agrees with PyTorch`, async () => {
        const run = (golden as unknown as Record<string, Run>)[one];
        const steps = run.after_each_step.data.length / n;
        let state: Record<string, Numbers> = {
          w: Float32Array.from(golden.start.data),
          m: new Float32Array(n),
          v: new Float32Array(n),
        };
        for (let t = 1; t <= steps; t++) {
          const from = (t - 1) * n;
          const dw = Float32Array.from(golden.gradients.data.slice(from, from + n));
          state = await step(await device.open(), run.options, state, dw, t);
          const want = run.after_each_step.data.slice(from, from + n);
          near(state.w, want, { abs: 5e-7, rel: 5e-7 }, `w after step ${t}`);
        }
      });
    }
  }
  test.after(release);
  test.run();
}
