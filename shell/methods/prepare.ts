import { standardise } from "../cluster/normalise.ts";
import type { Device, Numbers } from "../device/device.ts";
import { DataError } from "../errors.ts";
import { type Rows, upload } from "./rows.ts";

/** How rows were made into numbers, as a model file holds it. */
export type Preprocessing =
  | {
    readonly kind: "images";
    /** `[height, width, channels]`. */
    readonly shape: readonly number[];
    /** A byte becomes `scale byte + shift`. */
    readonly scale: number;
    readonly shift: number;
  }
  | {
    readonly kind: "table";
    /** Of the columns, in order. */
    readonly names: readonly string[];
    /** A value becomes `(value - mean) factor`, each column by its own. */
    readonly mean: readonly number[];
    readonly factor: readonly number[];
  };

/**
 * Hands rows to a device as a model wants them: images scaled from bytes, tables as standard scores
 * by the columns of the training data. Without preprocessing the values are taken as they are.
 *
 * @param values n rows of `width` numbers as they were read: bytes of images, numbers of a table
 * @param preprocessing of the model file; nothing in it is trusted
 * @throws DataError if it is of a kind that is not known here, or is not of rows of that width
 * @throws TypeError if the values are of another type than the preprocessing is of
 */
export function prepareRows(
  device: Device,
  values: Numbers,
  width: number,
  preprocessing: unknown,
): Rows {
  if (preprocessing === undefined) return upload(device, values, width);
  const how = checkPreprocessing(preprocessing, width);
  if (how.kind === "images") {
    if (!(values instanceof Uint8Array)) {
      throw new TypeError("the model is of images: their bytes must come as a Uint8Array");
    }
    const { scale, shift } = how;
    return upload(device, values, width, { scaling: { scale, shift } });
  }
  if (!(values instanceof Float32Array)) {
    throw new TypeError("the model is of a table: its numbers must come as a Float32Array");
  }
  return upload(device, standardise(values, width, how), width);
}

/**
 * What a model file says of its rows.
 * @throws DataError if that is of an unknown kind, damaged, or not of rows of `width` numbers
 */
export function checkPreprocessing(preprocessing: unknown, width: number): Preprocessing {
  const all = (typeof preprocessing === "object" && preprocessing !== null ? preprocessing : {}) as
    & Record<string, unknown>
    & { kind?: unknown };
  const numbers = (value: unknown, n: number) =>
    Array.isArray(value) && value.length === n && value.every((one) => Number.isFinite(one));
  const { kind, shape, scale, shift, names, mean, factor } = all;
  if (kind === "images") {
    const good = numbers(shape, 3) && numbers([scale, shift], 2) &&
      (shape as number[]).reduce((a, b) => a * b, 1) === width;
    if (good) return all as unknown as Preprocessing;
  } else if (kind === "table") {
    const named = Array.isArray(names) && names.length === width &&
      names.every((name) => typeof name === "string");
    if (named && numbers(mean, width) && numbers(factor, width)) {
      return all as unknown as Preprocessing;
    }
  } else {
    throw new DataError(
      `the model was trained on rows of the kind "${kind}", which cannot be made into numbers here`,
    );
  }
  throw new DataError(
    `what the model says of its ${kind === "images" ? "images" : "columns"} is damaged: save it ` +
      "again",
  );
}
