/** Options on images. */

import { type Dataset, type ImageSettings, parseSize } from "../data/index.ts";
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
    otherwise: "resize",
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
  if (values.fit && !size) {
    throw new UsageError("--fit says how images come to a size: add --image-size, or leave it out");
  }
  const { fit, colour, background } = values;
  const named = Object.entries({ size, fit, colour, background });
  return Object.fromEntries(named.filter(([, value]) => value !== undefined));
}

/** @throws UsageError if an option for images is given, and the data are none */
export function refuseImageOptions({ kind, name }: Dataset, values: ImageValues): void {
  const names = Object.keys(IMAGES) as (keyof ImageValues)[];
  const idle = names.find((one) => values[one] !== undefined);
  if (kind === "images" || !idle) return;
  throw new UsageError(
    `--${idle} is for images, and ${name} has ${kind === "text" ? "texts" : "none"}: leave it out`,
  );
}
