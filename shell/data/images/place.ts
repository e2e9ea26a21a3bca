/** Where an image stands, and what is said if it is no image. */

import { DataError } from "../../errors.ts";

/** Where an image stands: a file of its own, or a row (from 0) of a column. */
export interface ImagePlace {
  readonly file: string;
  readonly row?: number;
  readonly column?: string;
}

/** Says where an image stands by its place in the values pushed. */
export type Where = (i: number) => ImagePlace;

/** An image that was left out. */
export interface BadImage {
  /** Its number among all that were pushed. */
  readonly at: number;
  readonly place: ImagePlace;
  /** What is wrong with "it". */
  readonly reason: string;
}

/** What is said where there is no image. */
export const MISSING = "there is none";

/** A place for a person. */
export const inWords = ({ file, row, column }: ImagePlace) =>
  row === undefined ? file : `${file}, row ${row} (counting from 0), column "${column}"`;

/** @param all whether no image at all decoded, and this is the first one */
export function doesNotDecode(bad: Omit<BadImage, "at"> | undefined, all = false): DataError {
  if (!bad) return new DataError("there is no image: give some");
  const { place, reason } = bad;
  return new DataError(
    `${inWords(place)}: the image does not decode (${reason})` +
      (all
        ? ", nor does any other: give PNG or JPEG images"
        : ": make it again, or leave such images out with --skip-bad-rows"),
  );
}

/** The bytes of a value that is an image, or has one in its field `bytes`. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  const bytes = value instanceof Uint8Array ? value : (value as { bytes?: unknown } | null)?.bytes;
  return bytes instanceof Uint8Array ? bytes : undefined;
}

/** An image, as messages call it, and its height, width and channels. */
interface Seen {
  readonly name: string;
  readonly shape: readonly number[];
}

/** An image that is not like the first one. @param asTrained whether a model says what is done */
export function doesNotMatch(image: Seen, first: Seen, asTrained = false): DataError {
  const sizes = [0, 1].some((axis) => image.shape[axis] !== first.shape[axis]);
  const colours = image.shape[2] !== first.shape[2];
  const advice = asTrained
    ? "the model was trained on images as they are, so make all of them like its own first"
    : sizes && colours
    ? "bring all to one size with --image-size, and to one colour with --colour rgb or gray"
    : `bring all to one ${sizes ? "size with --image-size" : "colour with --colour rgb or gray"}`;
  return new DataError(
    `${image.name}: the image is ${image.shape.join(" x ")} (height x width x channels), but ` +
      `that of ${first.name} is ${first.shape.join(" x ")}: ${advice}`,
  );
}
