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
