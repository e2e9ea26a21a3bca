/** Some images at once, in the calling thread or in a worker. */

import type { Inflate } from "../dataset.ts";
import { decodeImage } from "./decode.ts";
import { MISSING } from "./place.ts";
import type { ImageSettings } from "./settings.ts";

/** Images to decode, one after another. */
export interface Batch {
  /** The files, put together. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Bytes of each; -1 where there is none. */
  readonly lengths: Int32Array<ArrayBuffer>;
  /** `[height, width, channels]` that all must have. */
  readonly shape: readonly number[];
  readonly settings: ImageSettings;
  /** An array for the rows that is no longer needed; a new one is made if it is too small. */
  readonly spare?: Uint8Array<ArrayBuffer>;
}

/** Why an image is no row. */
export interface Fault {
  /** Its place in the batch. */
  readonly at: number;
  /** What is wrong with "it"; without, its shape is another one. */
  readonly reason?: string;
  readonly shape?: readonly number[];
}

/** What became of a batch. Where there is a fault the row holds anything; more may follow. */
export interface Decoded {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly faults: readonly Fault[];
  /** Those of the batch, to be filled again. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Decodes a batch, and goes on after an image that does not decode. */
export function decodeBatch(batch: Batch, inflate?: Inflate): Decoded {
  const { bytes, lengths, shape, settings, spare } = batch;
  const size = shape.reduce((a, b) => a * b, 1);
  const length = lengths.length * size;
  const data = spare && spare.length >= length ? spare : new Uint8Array(length);
  const faults: Fault[] = [];
  for (let at = 0, from = 0; at < lengths.length; at++) {
    if (lengths[at] < 0) {
      faults.push({ at, reason: MISSING });
      continue;
    }
    const file = bytes.subarray(from, from += lengths[at]);
    try {
      const row = data.subarray(at * size, (at + 1) * size);
      const image = decodeImage(file, settings, inflate, row);
      const own = [image.height, image.width, image.channels];
      if (own.some((side, axis) => side !== shape[axis])) faults.push({ at, shape: own });
      else if (image.data !== row) row.set(image.data);
    } catch (error) {
      faults.push({ at, reason: (error as Error).message });
    }
  }
  return { data, faults, bytes };
}
