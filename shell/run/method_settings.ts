/** From settings as people write them to those of a method. */

import type { Dataset } from "../data/index.ts";
import { UsageError } from "../errors.ts";
import type { Activation } from "../kernels/activation.ts";
import { conv, type Layer, mlp } from "../nn/layers.ts";
import { camelCase } from "./camel_case.ts";

/** Settings of a network and its clusters, as people write them; methods have more. */
export interface NetworkValues {
  readonly network: string;
  readonly hidden: readonly number[];
  readonly channels: readonly number[];
  /** Numbers in the code. */
  readonly embedding: number;
  readonly activation: string;
  readonly dropout: number;
  readonly "batch-norm": boolean;
  readonly augment: boolean;
  readonly clusters?: number;
  readonly normalise?: string;
  readonly mining?: string;
  readonly "no-guard"?: boolean;
}

/** Options that are settings of a method under the same name, in camel case. */
const SAME = [
  ...["rate", "schedule", "batch", "epochs", "clip", "patience", "seed", "starts"],
  ...["corruption", "reconstruct", "layerwise", "refine-epochs", "refine-rate", "refine-batch"],
  ...["interval", "tolerance", "alpha", "gamma", "margin", "neighbours"],
];

/** The settings of a method for a data set. @throws UsageError if they do not suit the data */
export function settingsOf(
  method: string,
  values: NetworkValues,
  dataset: Dataset,
): Record<string, unknown> {
  const all = values as unknown as Readonly<Record<string, unknown>>;
  const same = Object.fromEntries(
    SAME.filter((name) => all[name] !== undefined).map((name) => [camelCase(name), all[name]]),
  );
  const images = dataset.kind === "images";
  if (!images && (values.network === "conv" || values.augment)) {
    throw new UsageError(
      `--${
        values.augment ? "augment" : "network conv"
      } is for images, and ${dataset.name} is a table`,
    );
  }
  const dec = "refine-epochs" in values;
  return {
    ...same,
    input: dataset.shape,
    encoder: encoderOf(values, method === "triplet"),
    augment: values.augment ? {} : null,
    clusters: values.clusters ?? dataset.labelNames?.length ?? 10,
    // A group in the middle of a table has no direction from it, but a place.
    normalise: values.normalise ?? (images && !("pairs" in values) ? "cosine" : "none"),
    ...dec && { guard: !values["no-guard"] },
    ...method === "triplet" && { mining: values.mining },
  };
}

/** The layers from a row to its code, which has length 1 if `unit` holds. */
export function encoderOf(values: NetworkValues, unit: boolean): Layer[] {
  const { network, hidden, channels, embedding, dropout } = values;
  const activation = values.activation as Activation;
  const options = { activation, dropout, normalise: values["batch-norm"] };
  if (network === "dense") return mlp([...hidden, embedding], { ...options, unit });
  const last = channels.length - 1;
  const layers = channels.map((count, i) => ({
    channels: count,
    kernel: i < last ? 5 : 3,
    stride: 2,
    padding: i < last ? 2 : 0,
  }));
  return [...conv(layers, options), ...mlp([embedding], { unit })];
}
