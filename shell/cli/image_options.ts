/** Options on images. */

import {
  type Dataset,
  type ImageEncoder,
  type ImageEncoderOptions,
  type ImageSettings,
  openImageEncoder,
  parseSize,
} from "../data/index.ts";
import { UsageError } from "../errors.ts";
import type { Options, ValuesOf } from "./options.ts";

/** How images become rows of one size. */
export const IMAGES = {
  "image-size": {
    kind: "text",
    value: "N|HxW",
    help: "bring images to this size, height first",
    otherwise: "as they are, all of one size",
  },
  fit: {
    kind: "choice",
    choices: ["resize", "crop"],
    help: "to that size: resize the whole image, or keep its proportions and crop two sides",
    otherwise: "resize, of --features crop",
  },
  colour: {
    kind: "choice",
    choices: ["auto", "gray", "rgb"],
    help: "of images; auto leaves them as they are, if they are alike",
    otherwise: "auto",
  },
  background: {
    kind: "choice",
    choices: ["white", "black"],
    help: "behind transparent images",
    otherwise: "white",
  },
  features: {
    kind: "text",
    value: "MODEL",
    help:
      "cluster what a pre-trained ResNet or ViT finds in images: a name on the Hub, or a folder",
    otherwise: "the pixels themselves",
  },
  "features-dtype": {
    kind: "text",
    value: "TYPE",
    help: "precision of that model: fp32, fp16, q8, q4, ... as far as it has files",
    otherwise: "fp32",
  },
  "features-device": {
    kind: "text",
    value: "NAME",
    help: "where that model runs: cpu, cuda, dml, webgpu, ...",
    otherwise: "its own choice",
  },
  "features-revision": {
    kind: "text",
    value: "NAME",
    help: "branch, tag or commit of that model",
    otherwise: "main",
  },
} as const satisfies Options;

/** Values of these options. */
export type ImageValues = ValuesOf<typeof IMAGES>;

/** What the command line says of images. @throws UsageError if the size is none */
export function imageOptions(values: ImageValues): Partial<ImageSettings> {
  const text = values["image-size"];
  const size = text === undefined ? undefined : parseSize(text);
  if (text !== undefined && !size) {
    throw new UsageError(
      `--image-size must be N or HxW, such as 28 or 32x24, with sides from 1 to 8192, got "${text}"`,
    );
  }
  const { features } = values;
  if (values.fit && !size && features === undefined) {
    throw new UsageError("--fit says how images come to a size: add --image-size, or leave it out");
  }
  if (values.colour && features !== undefined) {
    throw new UsageError(
      "--colour has no effect with --features, which wants colours: leave it out",
    );
  }
  const lonely = (["features-dtype", "features-device", "features-revision"] as const)
    .find((name) => values[name] !== undefined);
  if (lonely && features === undefined) {
    throw new UsageError(`--${lonely} is of the model of --features: name one, or leave it out`);
  }
  const { fit, colour, background } = values;
  const named = Object.entries({ size, fit, colour, background });
  return Object.fromEntries(named.filter(([, value]) => value !== undefined));
}

/**
 * The model that finds features, if one is named.
 *
 * @throws DataError if it cannot be loaded
 * @throws Cancelled if the signal is set
 */
export async function imageEncoder(
  values: ImageValues,
  options: Pick<ImageEncoderOptions, "cache" | "signal" | "onDownload">,
): Promise<ImageEncoder | undefined> {
  const { features: model, "features-dtype": dtype, "features-device": device } = values;
  if (model === undefined) return undefined;
  const { size, fit, background } = imageOptions(values);
  const revision = values["features-revision"];
  return await openImageEncoder({
    ...{ model, revision, dtype, device, size, fit, background },
    ...options,
  });
}

/** @throws UsageError if an option for images is given, and the data are none */
export function refuseImageOptions(dataset: Dataset, values: ImageValues): void {
  const { kind, name, preprocessing } = dataset;
  const found = preprocessing?.kind === "table" && preprocessing.features;
  const names = Object.keys(IMAGES) as (keyof ImageValues)[];
  const idle = names.find((one) => values[one] !== undefined);
  if (kind === "images" || found || !idle) return;
  throw new UsageError(
    `--${idle} is for images, and ${name} has ${kind === "text" ? "texts" : "none"}: leave it out`,
  );
}
