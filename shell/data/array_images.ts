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

/** What is known of a part before its images are read. */
export interface PartShape extends Omit<FilePart, "x"> {
  readonly x: Pick<FilePart["x"], "shape">;
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
  const { shares, ...about } = describeArrays(name, parts, options);
  const { n, shape } = about, length = shape.reduce((a, b) => a * b, 1);
  const data = allocate(Uint8Array, n, shape);
  let at = 0;
  shares.forEach(({ take }, p) => {
    data.set(parts[p].x.data.subarray(0, take * length), at * length);
    at += take;
  });
  return { ...about, data };
}

/**
 * All but the pixels: how many rows of each part are taken, and what they are.
 *
 * @throws as {@link arrayImages} does
 */
export function describeArrays(
  name: string,
  parts: readonly PartShape[],
  options: ReadOptions,
): Omit<Dataset, "data"> & { readonly shares: readonly { readonly take: number }[] } {
  checkUnchanged(name, parts, options);
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
  const n = splits[splits.length - 1].end, ids = new Int32Array(n);
  const labelled = options.label !== false && parts.every(({ labels }) => labels);
  const classes = new LabelRows();
  const others = [...new Set(parts.flatMap(({ others = [] }) => others))];
  let at = 0;
  shares.forEach(({ take, first: offset }, p) => {
    const { labels = [], file } = parts[p];
    classes.push(labels.slice(0, take), { file, column: LABEL_COLUMN, row: 0 });
    for (let i = 0; i < take; i++) ids[at++] = offset + i;
  });
  return {
    ...{ name, kind: "images", n, shape, columns: ["x"], splits, ids, shares },
    ...labelled && { label: LABEL_COLUMN, ...classes.finish() },
    images: AS_THEY_ARE,
    ...others.length > 0 && { notes: [`dropped: ${others.join(", ")} (other arrays)`] },
  };
}

/** @throws {DataError} if the images would have to be changed */
function checkUnchanged(name: string, parts: readonly PartShape[], options: ReadOptions): void {
  const { size, fit, colour, background } = { ...AS_THEY_ARE, ...options.images };
  const taken = `${name} has images in arrays, which are taken as they are`;
  if (options.features) throw new DataError(`${taken}: leave --features out`);
  if (!options.asTrained) {
    const changed = size || colour !== "auto" || fit !== "resize" || background !== "white";
    if (!changed) return;
    throw new DataError(`${taken}: leave --image-size, --fit, --colour and --background out`);
  }
  const channels = { auto: undefined, gray: 1, rgb: 3 }[colour];
  const alike = parts.every(({ x: { shape: [, height, width, depth = 1] } }) =>
    (!size || size[0] === height && size[1] === width) && (channels ?? depth) === depth
  );
  if (alike) return;
  const wanted = [size?.join(" x "), channels && (channels === 1 ? "gray" : "rgb")];
  throw new DataError(
    `${taken}, and the model takes ${wanted.filter(Boolean).join(", ")}: make the arrays like ` +
      "that, or give .png or .jpg files",
  );
}
