import type { Device, Numbers } from "../device/device.ts";
import { gatherRows, type Scaling, UNIT } from "../ops/gather.ts";
import type { Graph } from "../plan/graph.ts";
import { data, type Tensor } from "../plan/tensor.ts";

/** Samples, one per row, and how a batch of them comes into a program. */
export interface Rows {
  /** Number of rows. */
  readonly n: number;
  /** Numbers in a row. */
  readonly width: number;
  /** Rows that can be staged at a time; Infinity if all of them are on the device. */
  readonly window: number;
  /**
   * Records a batch, [m, width] f32: the rows `index[at ..]`, `at` being the step's scalar. Rows
   * that are streamed are taken from the stage instead, from the scalar `staged` on.
   */
  batch(g: Graph, index: Tensor, m: number): Tensor;
  /** Puts the rows `ids`, at most `window`, where the next steps find them; often nothing to do. */
  stage(ids: Uint32Array): void;
  /** Gives the device's memory back. */
  free(): void;
}

/** Settings of {@link upload}. */
export interface UploadOptions {
  /** How bytes become numbers; default 0 to 255 become 0 to 1. */
  readonly scaling?: Scaling;
  /**
   * Bytes on the device at most; what is larger is streamed. Default: the device's largest tensor.
   */
  readonly limit?: number;
}

/** Bytes of a stage: a few messages of steps, and little beside any device's memory. */
const STAGE = 1 << 25;

/**
 * Hands samples to a device. Where they fit they are written once and batches are gathered there;
 * bytes stay bytes: the 70,000 images of MNIST take 55 MB. Where they do not fit they stay with the
 * host, which sends the rows of the next steps ahead of them: the same numbers, the same bits.
 *
 * @param values n times width numbers, row after row; kept, not copied, if they are streamed
 * @throws RangeError if `values` is not a whole number of rows
 * @throws TypeError unless `values` is a Float32Array or Uint8Array
 */
export function upload(
  device: Device,
  values: Numbers,
  width: number,
  options: UploadOptions = {},
): Rows {
  const { scaling = UNIT, limit = device.info.largest } = options;
  const n = values.length / width;
  if (!Number.isInteger(n) || n < 1) {
    throw new RangeError(`upload: ${values.length} numbers are not rows of ${width}`);
  }
  if (values instanceof Uint32Array) {
    throw new TypeError("upload: samples must be Float32Array or Uint8Array, got Uint32Array");
  }
  return values.byteLength <= limit
    ? resident(device, values, width, scaling)
    : streamed(device, values, width, scaling, Math.min(limit, STAGE));
}

const typeOf = (values: Numbers) => values instanceof Uint8Array ? "u8" : "f32";

function resident(device: Device, values: Numbers, width: number, scaling: Scaling): Rows {
  const n = values.length / width;
  const samples = data("samples", [n, width], typeOf(values));
  device.write(samples, values);
  return {
    n,
    width,
    window: Infinity,
    batch: (g, index, m) => gatherRows(g, samples, index, m, g.scalar("at", "u32"), scaling),
    stage: () => {},
    free: () => device.free(samples),
  };
}

function streamed(
  device: Device,
  values: Numbers,
  width: number,
  scaling: Scaling,
  bytes: number,
): Rows {
  const window = Math.max(1, Math.floor(bytes / (values.BYTES_PER_ELEMENT * width)));
  const stage = data("stage", [window, width], typeOf(values));
  const order = data("stage order", [window], "u32");
  device.write(order, Uint32Array.from({ length: window }, (_, i) => i));
  const type = values.constructor as Uint8ArrayConstructor | Float32ArrayConstructor;
  return {
    n: values.length / width,
    width,
    window,
    batch(g, _, m) {
      if (m > window) {
        throw new RangeError(
          `a batch of ${m} rows of ${width} numbers is more than the device can hold at a time, ` +
            `${window}: use smaller batches`,
        );
      }
      return gatherRows(g, stage, order, m, g.scalar("staged", "u32"), scaling);
    },
    stage(ids) {
      // Whole words, as a GPU writes them.
      const length = Math.min(window * width, Math.ceil(ids.length * width / 4) * 4);
      const rows = new type(length);
      ids.forEach((id, i) => rows.set(values.subarray(id * width, (id + 1) * width), i * width));
      device.write(stage, rows);
    },
    free: () => device.free(stage, order),
  };
}
