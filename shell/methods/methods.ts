import type { Device } from "../device/device.ts";
import { DataError } from "../errors.ts";
import { Autoencoder } from "./autoencoder.ts";
import { Classifier } from "./classifier.ts";
import { Dcn } from "./dcn.ts";
import { Dec } from "./dec.ts";
import { Idec } from "./idec.ts";
import type { Model, SavedModel } from "./model.ts";
import { Siamese } from "./siamese.ts";
import { Triplet } from "./triplet.ts";

/** All methods by name. */
export const METHODS = {
  autoencoder: Autoencoder,
  dec: Dec,
  idec: Idec,
  dcn: Dcn,
  siamese: Siamese,
  triplet: Triplet,
  classifier: Classifier,
};

/** Name of a method. */
export type MethodName = keyof typeof METHODS;

type Constructor = new (device: Device, options: never) => Model<{ seed: number }>;

/**
 * Builds a model from what `save` gave, ready to `transform` and `predict`, on any device.
 * @throws DataError if the method is unknown, or settings and tensors do not fit each other
 */
export function loadModel(device: Device, saved: SavedModel): Model<{ seed: number }> {
  if (!Object.hasOwn(METHODS, saved.method)) {
    throw new DataError(
      `the model is of the method "${saved.method}", and there are ${
        Object.keys(METHODS).join(", ")
      } only: a newer version may read it`,
    );
  }
  let model: Model<{ seed: number }>;
  try {
    const constructor = METHODS[saved.method as MethodName] as unknown as Constructor;
    model = new constructor(device, saved.options as never);
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    throw new DataError(`the model's settings are damaged (${error.message}): save it again`);
  }
  model.restore(saved);
  return model;
}
