/** What the tests of clustering share. */

import type { Device } from "../../shell/device/device.ts";
import { data, type Tensor } from "../../shell/plan/tensor.ts";

/** Puts rows of `dim` numbers on a device for one call, and frees them. */
export async function onDevice<T>(
  device: Device,
  x: Float32Array,
  dim: number,
  call: (device: Device, points: Tensor) => Promise<T>,
): Promise<T> {
  const points = data("points", [x.length / dim, dim]);
  device.write(points, x);
  try {
    return await call(device, points);
  } finally {
    device.free(points);
  }
}

/** The sentence that a call is refused with; empty if it is not. */
export async function refusal(call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return error.message;
    throw error;
  }
  return "";
}
