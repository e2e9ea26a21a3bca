/**
 * The IDX files of MNIST: a magic number, the size of each axis, then bytes; all big-endian.
 *
 * @see http://yann.lecun.com/exdb/mnist/
 */

import { DataError } from "../errors.ts";

/** A decoded array of u8, row-major. */
export interface IdxArray {
  shape: number[];
  data: Uint8Array;
}

/**
 * Decodes an IDX file of u8 elements; the data is a view of the file's bytes.
 *
 * @param axes the number of axes that it must have
 * @param file what messages call it
 * @throws {DataError} if it is no such file, or too short or long for its shape
 */
export function decodeIdx(bytes: Uint8Array, axes: number, file: string): IdxArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 4 + 4 * axes;
  // Two zero bytes, the element type (8: unsigned byte), the number of axes.
  if (bytes.length < start || view.getUint32(0) !== 0x800 + axes) {
    throw new DataError(`${file} is not an IDX file of bytes with ${axes} axes: install it again`);
  }
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const length = shape.reduce((a, b) => a * b, 1);
  if (bytes.length - start !== length) {
    throw new DataError(
      `${file} has ${bytes.length - start} bytes where its shape needs ${length}: install it again`,
    );
  }
  return { shape, data: bytes.subarray(start) };
}

/** Element types by the third byte: bytes of one, and how one is read. */
const TYPES: Record<number, readonly [number, (view: DataView, at: number) => number]> = {
  9: [1, (view, at) => view.getInt8(at)],
  11: [2, (view, at) => view.getInt16(at)],
  12: [4, (view, at) => view.getInt32(at)],
  13: [4, (view, at) => view.getFloat32(at)],
  14: [8, (view, at) => view.getFloat64(at)],
};

/**
 * Decodes an IDX file of any type and number of axes: bytes stay bytes, all others become f32.
 *
 * @throws {DataError} if it is no such file, too short or long for its shape, or a number is not
 *   finite
 */
export function readIdx(
  bytes: Uint8Array,
  file: string,
): { shape: number[]; data: Uint8Array | Float32Array } {
  const { type, size, shape, begin } = readIdxHeader(bytes, bytes.length, file);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = shape.reduce((a, b) => a * b, 1);
  const [, read] = TYPES[type] ?? [];
  if (!read) return { shape, data: bytes.subarray(begin) };
  const data = Float32Array.from({ length }, (_, i) => read(view, begin + i * size));
  const odd = data.findIndex((value) => !Number.isFinite(value));
  if (odd < 0) return { shape, data };
  throw new DataError(
    `${file}, row ${Math.floor(odd / (length / shape[0]))} (counting from 0): a value is not a ` +
      "finite 32-bit float: correct it, or leave the row out",
  );
}

/** What the header of a file says. */
export interface IdxHeader {
  /** The third byte: 8 for bytes. */
  readonly type: number;
  /** Bytes of an element. */
  readonly size: number;
  readonly shape: number[];
  /** Bytes before the first element. */
  readonly begin: number;
}

/**
 * Reads the header.
 *
 * @param bytes the file, or its first bytes
 * @param fileSize bytes of the whole file
 * @throws {DataError} if it is no such file, or too short or long for its shape
 */
export function readIdxHeader(bytes: Uint8Array, fileSize: number, file: string): IdxHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [, , type, axes] = bytes;
  const begin = 4 + 4 * axes;
  const [size] = TYPES[type] ?? [1];
  if (bytes.length < 4 || view.getUint16(0) !== 0 || !axes || type !== 8 && !TYPES[type]) {
    throw new DataError(`${file} is not an IDX file: give one, or name its kind with --format`);
  }
  if (bytes.length < begin) throw new DataError(`${file} is cut short: fetch or make it again`);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const length = shape.reduce((a, b) => a * b, 1);
  if (fileSize - begin === length * size) return { type, size, shape, begin };
  throw new DataError(
    `${file} has ${fileSize - begin} bytes where its shape (${shape.join(", ")}) needs ` +
      `${length * size}: it is damaged or cut short, fetch or make it again`,
  );
}

/** What stands before the elements. */
export function idxHead(type: number, shape: readonly number[]): Uint8Array {
  const head = new Uint8Array(4 + 4 * shape.length);
  head.set([0, 0, type, shape.length]);
  const view = new DataView(head.buffer);
  shape.forEach((length, axis) => view.setUint32(4 + 4 * axis, length));
  return head;
}
