/** What the tests of the elementwise losses share. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Device } from "../../shell/device/device.ts";
import { devices, release, retain } from "../devices.ts";
import { near } from "../harness.ts";

/** A loss over two lists: what the device gives and its formula in float64. */
export interface Loss {
  readonly name: string;
  /** Mean of the loss and its gradient by the first list, on a device. */
  run(device: Device, x: Float32Array, t: Float32Array): Promise<{
    loss: number;
    dx: ArrayLike<number>;
  }>;
  /** Loss of one element. */
  formula(x: number, t: number): number;
  /** Arguments for the gradient check. */
  readonly x: Float32Array;
  readonly t: Float32Array;
  /** From PyTorch: means over all elements. */
  readonly golden: {
    readonly x: { readonly data: readonly number[] };
    readonly y: { readonly data: readonly number[] };
    readonly loss: number;
    readonly dx: { readonly data: readonly number[] };
  };
}

/** Tests a loss's gradient against central differences, and both against PyTorch. */
export function lossTest(spec: Loss): void {
  const test = suite(`${spec.name} gradients and golden values`);
  retain();
  for (const device of devices()) {
    test(`${device.name} central differences`, async () => {
      const h = 1e-4;
      const want = Array.from(spec.x, (x, i) => {
        const slope = spec.formula(x + h, spec.t[i]) - spec.formula(x - h, spec.t[i]);
        return slope / (2 * h * spec.x.length);
      });
      const { dx } = await spec.run(await device.open(), spec.x, spec.t);
      near(dx, want, { abs: 1e-8, rel: 1e-5 }, "dx");
    });

    test(`${device.name} agrees with PyTorch`, async () => {
      const { x, y, loss, dx } = spec.golden;
      const got = await spec.run(
        await device.open(),
        Float32Array.from(x.data),
        Float32Array.from(y.data),
      );
      assert.ok(Math.abs(got.loss / loss - 1) < 1e-6, `loss: got ${got.loss}, want ${loss}`);
      near(got.dx, dx.data, { abs: 1e-8, rel: 1e-6 }, "dx");
    });
  }
  test.after(release);
  test.run();
}

/** Sums of `terms` over blocks of 1,024, times `scale`. */
export function blockSums(terms: readonly number[], scale: number): number[] {
  return Array.from(
    { length: Math.ceil(terms.length / 1024) },
    (_, b) => scale * terms.slice(1024 * b, 1024 * b + 1024).reduce((a, v) => a + v, 0),
  );
}
