/** A small data set for whole training runs, and comparisons to the bit. */

import * as assert from "uvu/assert";
import type { Device, Numbers } from "../../shell/device/device.ts";
import { type Rows, upload } from "../../shell/methods/rows.ts";
import { randoms } from "../harness.ts";

const SIDE = 8;

/** Numbers in a row, and classes. */
export const WIDTH = SIDE * SIDE, CLASSES = 4;

/** Images and the class of each. */
export interface Bars {
  readonly pixels: Uint8Array;
  readonly labels: Uint32Array;
}

/** Images of a bright bar at one of four places, with noise: four classes that can be learnt. */
export function bars(n: number): Bars {
  const noise = randoms(n * WIDTH, 5, 0, 90);
  const labels = Uint32Array.from({ length: n }, (_, i) => (i * 7 + (i >> 3)) % CLASSES);
  const pixels = Uint8Array.from({ length: n * WIDTH }, (_, i) => {
    const row = Math.floor(i / WIDTH), y = Math.floor((i % WIDTH) / SIDE);
    return noise[i] + (y >> 1 === labels[row] ? 140 : 0);
  });
  return { pixels, labels };
}

/** Rows on a device for as long as `act` takes. */
export async function onRows<T>(
  device: Device,
  values: Numbers,
  act: (rows: Rows) => Promise<T>,
): Promise<T> {
  const rows = upload(device, values, WIDTH);
  try {
    return await act(rows);
  } finally {
    rows.free();
  }
}

/** Asserts that two lists are the same to the bit, and says where they are not. */
export function sameBits(got: Numbers, want: Numbers, what: string): void {
  const bits = (values: Numbers) =>
    values instanceof Float32Array ? new Uint32Array(values.slice().buffer) : values;
  const [a, b] = [bits(got), bits(want)];
  assert.is(a.length, b.length, `${what}: length`);
  const at = a.findIndex((word, i) => word !== b[i]);
  assert.is(at, -1, `${what}[${at}]: got ${got[at]}, want ${want[at]}`);
}

/** Asserts that an error of a type was thrown, with one sentence that matches. */
export async function refuses(
  type: new (...args: never[]) => Error,
  sentence: RegExp,
  act: () => unknown,
  what = "",
): Promise<void> {
  let error: unknown;
  try {
    await act();
  } catch (caught) {
    error = caught;
  }
  assert.instance(error, type, `${what}: no ${type.name} but ${error}`);
  const { message } = error as Error;
  assert.match(message, sentence, `${what}: ${message}`);
  assert.not.match(message, /\n|\. [A-Z]/, `${what}, more than one sentence: ${message}`);
}
