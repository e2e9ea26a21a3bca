import type { Device, Numbers } from "../device/device.ts";
import { sizeOf } from "../nn/layers.ts";
import type { InferHooks } from "./infer.ts";
import { loadModel } from "./methods.ts";
import type { Prediction, SavedModel } from "./model.ts";
import { prepareRows } from "./prepare.ts";
import type { ShardSource } from "./shards.ts";

/** A model with what it needs to take rows as they were read. */
export interface PreparedModel extends SavedModel {
  /** How rows were made into numbers: see `prepareRows`. */
  readonly preprocessing?: unknown;
}

/** Where new rows belong. */
export interface Predicted extends Prediction {
  /** Codes of the rows, [n, width]. */
  readonly embedding: Float32Array;
  /** Numbers in a code. */
  readonly width: number;
}

/**
 * Clusters of rows that a model has not seen, or of those that it was trained on: the same clusters
 * to the bit as its training gave, on the same kind of device.
 *
 * @param saved what `decodeModel` made of a model file, or `save` of a model
 * @param values n rows: the bytes of images; of tables the numbers that `applyPreprocessing` makes of
 * their columns
 * @param hooks `memory` bounds the bytes of rows that the host holds, if they come in shards
 * @throws DataError if the model is damaged
 * @throws RangeError if the values are no whole number of rows, or the model has no clusters
 * @throws TypeError if the values are bytes for a table, or numbers for images
 * @throws Cancelled if the signal is aborted
 */
export async function predict(
  device: Device,
  saved: PreparedModel,
  values: Numbers | ShardSource,
  hooks: InferHooks & { readonly memory?: number } = {},
): Promise<Predicted> {
  const model = loadModel(device, saved);
  try {
    const rows = prepareRows(
      device,
      values,
      sizeOf(model.encoder.input),
      saved.preprocessing,
      hooks.memory,
    );
    try {
      const embedding = await model.codes(rows, undefined, hooks);
      return { ...await model.place(embedding), embedding, width: model.width };
    } finally {
      rows.free();
    }
  } finally {
    model.free();
  }
}
