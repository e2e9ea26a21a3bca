import type { Device, Numbers } from "../device/device.ts";
import { DataError } from "../errors.ts";
import type { Scaling } from "../ops/gather.ts";
import { type Rows, stream, upload } from "./rows.ts";
import type { ShardSource } from "./shards.ts";

/** How images became numbers, as a model file holds it. */
interface ImagePreprocessing {
  readonly kind: "images";
  /** `[height, width, channels]`. */
  readonly shape: readonly number[];
  /** A byte becomes `scale byte + shift`. */
  readonly scale: number;
  readonly shift: number;
}

/**
 * Hands rows to a device as a model wants them: the bytes of images are scaled there; what else a
 * model was trained on comes as the numbers that its preprocessing makes of columns or texts.
 *
 * @param values n rows of `width` numbers, or shards of them
 * @param memory bytes of shards that the host holds at most
 * @param preprocessing of the model file; nothing in it is trusted
 * @throws DataError if what it says of images is damaged
 * @throws TypeError if images are no bytes, or anything else is
 */
export function prepareRows(
  device: Device,
  values: Numbers | ShardSource,
  width: number,
  preprocessing: unknown,
  memory = Infinity,
): Rows {
  const sharded = "starts" in values;
  const hand = (scaling?: Scaling) =>
    sharded ? stream(device, values, memory, scaling) : upload(device, values, width, { scaling });
  if (preprocessing === undefined) return hand();
  const { kind } = (preprocessing ?? {}) as { kind?: unknown };
  if (kind !== "images") {
    if (sharded ? values.type === "f32" : values instanceof Float32Array) return hand();
    throw new TypeError(`the model is of a ${kind}: its numbers must come as a Float32Array`);
  }
  if (!(sharded ? values.type === "u8" : values instanceof Uint8Array)) {
    throw new TypeError("the model is of images: their bytes must come as a Uint8Array");
  }
  const { shape, scale, shift } = preprocessing as ImagePreprocessing;
  const good = Array.isArray(shape) && shape.reduce((a, b) => a * b, 1) === width &&
    [scale, shift].every(Number.isFinite);
  if (good) return hand({ scale, shift });
  throw new DataError("what the model says of its images is damaged: save it again");
}
