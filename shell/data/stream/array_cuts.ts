/** Arrays that are read from the middle: a run of rows is an array as well. */

import type { AsyncBuffer } from "hyparquet";
import { isGzip, runOf } from "../bytes.ts";
import type { DataFile } from "../dataset.ts";
import { idxHead, readIdxHeader } from "../idx.ts";
import { checkNpyLength, npyHead, readNpyHeader } from "../npy.ts";
import type { Cuts } from "./cuts.ts";

/** Bytes in which a header fits. */
const HEADER = 1 << 16;

/** Cuts of an array. */
export interface ArrayCuts extends Cuts {
  readonly shape: readonly number[];
  /** Whether its elements are bytes. */
  readonly bytes: boolean;
}

/** An array whose rows lie one after another. */
interface Rows {
  readonly shape: readonly number[];
  readonly isBytes: boolean;
  /** Bytes before the first row, and of a row. */
  readonly begin: number;
  readonly bytes: number;
  /** The header of an array with so many of the rows. */
  head(rows: number): Uint8Array;
}

/**
 * The rows of a `.npy` or IDX file; undefined if it has to be read whole, because it is compressed
 * or lies column by column.
 *
 * @throws {DataError} if it is no such file, or too short or long for its shape
 */
export async function cutArray(
  file: DataFile,
  format: "npy" | "idx",
): Promise<ArrayCuts | undefined> {
  const buffer = await file.open();
  if (await isGzip(buffer)) return undefined;
  const start = new Uint8Array(await buffer.slice(0, Math.min(HEADER, buffer.byteLength)));
  const found = format === "npy"
    ? npyRows(start, buffer, file.name)
    : idxRows(start, buffer, file.name);
  if (!found) return undefined;
  const { shape, isBytes, begin: from, bytes, head } = found;
  const cut = (begin: number, end: number): DataFile => ({
    ...{ ...file, format, labels: undefined, rows: { begin, end } },
    open: () =>
      Promise.resolve(
        runOf(buffer, from + begin * bytes, from + end * bytes, head(end - begin)),
      ),
  });
  return { rows: shape[0], groups: [shape[0]], cut, shape, bytes: isBytes };
}

const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

function npyRows(start: Uint8Array, buffer: AsyncBuffer, file: string): Rows | undefined {
  const { type, fortran, shape, begin } = readNpyHeader(start, file);
  const [first, ...rest] = shape;
  const size = Number(/^[<>|=][fiub](\d+)$/.exec(type)?.[1]);
  // What cannot be read is told by who reads it.
  if (fortran || !first || !size) return undefined;
  checkNpyLength(buffer.byteLength - begin, shape, size, file);
  const head = (n: number) => npyHead(type, [n, ...rest]);
  return { shape, isBytes: type === "|u1", begin, bytes: product(rest) * size, head };
}

function idxRows(start: Uint8Array, buffer: AsyncBuffer, file: string): Rows | undefined {
  const { shape, begin, type } = readIdxHeader(start, buffer.byteLength, file);
  const [first, ...rest] = shape;
  // Other numbers than bytes are rare.
  if (!first || type !== 8) return undefined;
  const head = (n: number) => idxHead(type, [n, ...rest]);
  return { shape, isBytes: true, begin, bytes: product(rest), head };
}
