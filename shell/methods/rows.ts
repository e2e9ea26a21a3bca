import type { Device, Numbers } from "../device/device.ts";
import { type Scaling, UNIT } from "../ops/gather.ts";
import { data, type Tensor } from "../plan/tensor.ts";

/** Samples on a device, one per row, and how their stored form becomes numbers. */
export interface Rows {
  /** [n, width], f32, or u8 that the gather scales. */
  readonly tensor: Tensor;
  readonly scaling: Scaling;
  /** Number of rows. */
  readonly n: number;
  /** Numbers in a row. */
  readonly width: number;
}

/**
 * Writes samples to a device once; batches are then gathered there. Bytes stay bytes: the 70,000
 * images of MNIST take 55 MB.
 *
 * @param values n times width numbers, row after row
 * @param scaling for bytes; default 0 to 255 become 0 to 1
 * @throws RangeError if `values` is not a whole number of rows
 */
export function upload(
  device: Device,
  values: Numbers,
  width: number,
  scaling: Scaling = UNIT,
): Rows {
  const n = values.length / width;
  if (!Number.isInteger(n) || n < 1) {
    throw new RangeError(`upload: ${values.length} numbers are not rows of ${width}`);
  }
  if (values instanceof Uint32Array) {
    throw new TypeError("upload: samples must be Float32Array or Uint8Array, got Uint32Array");
  }
  const tensor = data("samples", [n, width], values instanceof Uint8Array ? "u8" : "f32");
  device.write(tensor, values);
  return { tensor, scaling, n, width };
}
