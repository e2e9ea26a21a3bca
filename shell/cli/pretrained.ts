/** A model whose networks a refinement starts from: looked at before any data are read. */

import { readFile } from "node:fs/promises";
import { decodeModel, fileError } from "../data/index.ts";
import { DataError } from "../errors.ts";
import type { SavedModel } from "../methods/model.ts";
import { encoderOf } from "../run/method_settings.ts";
import type { ClusterValues } from "./cluster_values.ts";
import type { Layer } from "../nn/layers.ts";

/**
 * Reads a model file.
 * @throws DataError if it cannot be read, has nothing to refine, or has other layers than the
 *   options: then with the options that make them match
 */
export async function readPretrained(
  path: string,
  method: string,
  values: ClusterValues,
): Promise<SavedModel> {
  const bytes = await readFile(path).catch((error) => {
    throw fileError(error, "read", path);
  });
  const saved = decodeModel(new Uint8Array(bytes), path) as SavedModel;
  const encoder = saved.options.encoder;
  if (!Array.isArray(encoder)) {
    throw new DataError(
      `${path} is a model of ${saved.method}, which makes no codes to refine: name one of ` +
        "autoencoder, siamese or triplet",
    );
  }
  const decoder = Object.keys(saved.tensors).some((name) => name.startsWith("decoder."));
  if (!decoder && method !== "dec") {
    throw new DataError(
      `${path} is a model of ${saved.method}, which has no decoder, and ${method} goes on ` +
        "reconstructing: name an autoencoder, or refine it by dec",
    );
  }
  const differ = differences(encoder, encoderOf(values, false));
  if (differ.length === 0) return saved;
  throw new DataError(`${path} has other layers: give ${differ.join(" ")} to match them`);
}

/** What options make layers, in the order in which they are told. */
interface Shape {
  readonly network: string;
  readonly channels?: string;
  readonly hidden?: string;
  readonly embedding: string;
  readonly activation?: string;
  readonly "batch-norm": boolean;
}

/** The options of the first layers that those of the second have not. */
function differences(saved: readonly Layer[], own: readonly Layer[]): string[] {
  const theirs = shapeOf(saved), ours = shapeOf(own);
  if (theirs["batch-norm"] !== ours["batch-norm"] && ours["batch-norm"]) {
    return ["no --batch-norm"];
  }
  return (Object.keys(theirs) as (keyof Shape)[])
    .filter((name) => theirs[name] !== undefined && theirs[name] !== ours[name])
    .map((name) => theirs[name] === true ? `--${name}` : `--${name} ${theirs[name]}`);
}

function shapeOf(layers: readonly Layer[]): Shape {
  const channels = layers.flatMap((layer) => layer.type === "conv" ? [layer.channels] : []);
  const units = layers.flatMap((layer) => layer.type === "dense" ? [layer.units] : []);
  const hidden = units.slice(0, -1);
  const last = layers.findLastIndex(({ type }) => type === "dense");
  const activations = layers.slice(0, last).flatMap((layer) =>
    "activation" in layer && layer.activation !== "identity" ? [layer.activation] : []
  );
  return {
    ...channels.length > 0
      ? { network: "conv", channels: channels.join() }
      : { network: "dense", hidden: hidden.join() || undefined },
    embedding: `${units.at(-1)}`,
    activation: activations[0],
    "batch-norm": layers.some(({ type }) => type === "batch_norm"),
  };
}
