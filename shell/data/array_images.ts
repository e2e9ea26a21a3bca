/** Images that lie in arrays as a data set. */

import { DataError } from "../errors.ts";
import { type ArrayPart, LABEL_COLUMN } from "./array_part.ts";
import { allocate, LabelRows } from "./columns.ts";
import type { Dataset, ReadOptions } from "./dataset.ts";
import { AS_THEY_ARE } from "./images/settings.ts";
import { shareLimit } from "./parquet.ts";

/** Rows of one split, and the file that they are from. */
export interface FilePart extends ArrayPart {
  readonly file: string;
  readonly split: string;
}

/**
 * Makes a data set of arrays of bytes.
 *
 * @throws {DataError} if images differ in size, or shall be changed
 */
export function arrayImages(
  name: string,
  parts: readonly FilePart[],
  options: ReadOptions,
): Dataset {
  const { size, fit, colour, background } = { ...AS_THEY_ARE, ...options.images };
  const changed = size || colour !== "auto" || fit !== "resize" || background !== "white";
  if (changed || options.features) {
    throw new DataError(
      `${name} has images in arrays, which are taken as they are: leave ` +
        (options.features
          ? "--features out"
          : "--image-size, --fit, --colour and --background out"),
    );
  }
  const [{ x: { shape: [, ...first] }, file }] = parts;
  const other = parts.find(({ x }) => x.shape.slice(1).join() !== first.join());
  if (other) {
    throw new DataError(
      `${other.file} has images of ${
        other.x.shape.slice(1).join(" x ")
      }, but those of ${file} are ` +
        `${first.join(" x ")}: bring all images to one size`,
    );
  }
  const shape = first.length === 2 ? [...first, 1] : first;
  let before = 0;
  const shares = parts.map(({ split, x: { shape: [rows] } }) => {
    const share = { file: { split }, rows, first: before, take: rows };
    before += rows;
    return share;
  });
  if (before === 0) throw new DataError(`${name} has no images: give some`);
  const splits = shareLimit(shares, before, options.limit);
  const n = splits[splits.length - 1].end, length = shape.reduce((a, b) => a * b, 1);
  const data = allocate(Uint8Array, n, shape), ids = new Int32Array(n);
  const labelled = options.label !== false && parts.every(({ labels }) => labels);
  const classes = new LabelRows();
  let at = 0;
  shares.forEach(({ take, first: offset }, p) => {
    const { x, labels = [], file } = parts[p];
    data.set(x.data.subarray(0, take * length), at * length);
    classes.push(labels.slice(0, take), { file, column: LABEL_COLUMN, row: 0 });
    for (let i = 0; i < take; i++) ids[at++] = offset + i;
  });
  return {
    ...{ name, kind: "images", n, shape, data, columns: ["x"], splits, ids },
    ...labelled && { label: LABEL_COLUMN, ...classes.finish() },
    images: AS_THEY_ARE,
  };
}
