/** What gathers images while they are read: their pixels, or features that a model finds. */

import type { ReadOptions } from "../dataset.ts";
import { FeatureRows } from "./features.ts";
import { ImageRows } from "./rows.ts";
import { AS_THEY_ARE, type ImageSettings } from "./settings.ts";

/** How images become rows, with what is not said. */
export const imageSettings = ({ images }: ReadOptions): ImageSettings => ({
  ...AS_THEY_ARE,
  ...images,
});

/** @param n number of images that will come */
export function imageRows(n: number, options: ReadOptions): ImageRows | FeatureRows {
  const { inflate, workers, signal, skipBadRows: skip, features: encoder } = options;
  if (encoder) return new FeatureRows(n, { encoder, inflate, skip, signal });
  const { asTrained } = options;
  return new ImageRows(n, {
    ...{ settings: imageSettings(options), inflate, workers, signal, skip, asTrained },
  });
}
