/**
 * NumPy's array file: a magic string, a header that is a Python dictionary, the elements.
 *
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */

import { DataError } from "../errors.ts";

/** A decoded array; elements in row-major order. */
export interface NpyArray {
  /** Sizes of the axes. */
  shape: number[];
  /** The elements in C order. */
  data: Float32Array | Float64Array | Int32Array | Uint8Array;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const TYPES = {
  "<f4": Float32Array,
  "<f8": Float64Array,
  "<i4": Int32Array,
  "|u1": Uint8Array,
};

/**
 * Encodes an array as a version 1.0 file of `<f4` or `<f8`, byte for byte as NumPy writes it.
 *
 * @param data row-major, as many elements as the product of `shape`
 * @throws {RangeError} if they are more or fewer
 */
export function encodeNpy(data: Float32Array | Float64Array, shape: number[]): Uint8Array {
  const [header, ...parts] = npyParts(data, shape);
  const out = new Uint8Array(header.length + data.byteLength);
  out.set(header);
  let at = header.length;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Bytes of a part. */
const PART = 1 << 24;

/**
 * The same file part by part: no copy of the elements is made.
 *
 * @throws {RangeError} if there are more or fewer elements than the shape says
 */
export function* npyParts(
  data: Float32Array | Float64Array,
  shape: number[],
): Generator<Uint8Array> {
  if (data.length !== product(shape)) {
    throw new RangeError(`npy: data must have ${product(shape)} elements, got ${data.length}`);
  }
  yield npyHead(`<f${data.BYTES_PER_ELEMENT}`, shape);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  for (let at = 0; at < bytes.length; at += PART) yield bytes.subarray(at, at + PART);
}

/** What stands before the elements of a row-major file. @param type NumPy's name, such as "<f4" */
export function npyHead(type: string, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  let header = `{'descr': '${type}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // NumPy leaves room for the first axis to grow to 21 digits in place.
  if (shape.length) header += " ".repeat(21 - String(shape[0]).length);
  const begin = Math.ceil((10 + header.length + 1) / 64) * 64;
  header = header.padEnd(begin - 11) + "\n";

  const head = new Uint8Array(begin);
  head.set([...MAGIC, 1, 0, header.length & 255, header.length >> 8]);
  head.set(new TextEncoder().encode(header), 10);
  return head;
}

/**
 * Decodes a file of version 1 to 3 that holds `<f4`, `<f8`, `<i4` or `|u1` in row-major order.
 *
 * @param file what messages call it
 * @throws {DataError} if it is no such file, of another type, or of the wrong length
 */
export function decodeNpy(bytes: Uint8Array, file = "the .npy file"): NpyArray {
  const { type, fortran, shape, begin } = readNpyHeader(bytes, file);
  if (fortran) {
    throw new DataError(`${file} is in column-major order: save it with order="C"`);
  }
  const Type = TYPES[type as keyof typeof TYPES];
  if (!Type) {
    const known = Object.keys(TYPES).join(", ");
    throw new DataError(`${file} holds elements of type ${type}: save it as one of ${known}`);
  }
  checkNpyLength(bytes.length - begin, shape, Type.BYTES_PER_ELEMENT, file);
  // A copy, because the elements of a view would have to be aligned.
  return { shape, data: new Type(bytes.slice(begin).buffer) };
}

/** What the header of a file says. */
export interface NpyHeader {
  /** NumPy's name of the type, such as "<f4". */
  readonly type: string;
  /** Whether elements lie column by column. */
  readonly fortran: boolean;
  readonly shape: number[];
  /** Bytes before the first element. */
  readonly begin: number;
}

/**
 * Reads the header.
 *
 * @param bytes the file, or its first bytes
 * @throws {DataError} if it is no such file
 */
export function readNpyHeader(bytes: Uint8Array, file: string): NpyHeader {
  const { header, begin } = headerText(bytes, file);
  const type = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const tuple = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (type === undefined || order === undefined || tuple === undefined) {
    throw new DataError(`${file} has a header that cannot be understood: save it again with NumPy`);
  }
  const shape = tuple.split(",").map((s) => s.trim()).filter(Boolean).map(Number);
  return { type, fortran: order === "True", shape, begin };
}

/** @throws {DataError} if there are more or fewer bytes than the elements of a shape need */
export function checkNpyLength(bytes: number, shape: number[], size: number, file: string): void {
  const length = product(shape) * size;
  if (bytes === length) return;
  throw new DataError(
    `${file} has ${bytes} bytes of elements where shape (${shape.join(", ")}) needs ${length}: ` +
      "it is damaged or cut short, save it again",
  );
}

function headerText(bytes: Uint8Array, file: string): { header: string; begin: number } {
  const version = bytes[6];
  const start = version === 1 ? 10 : 12;
  if (MAGIC.some((byte, i) => bytes[i] !== byte) || bytes.length < start) {
    throw new DataError(`${file} is not a NumPy array file: give one saved with numpy.save`);
  }
  if (version < 1 || version > 3) {
    throw new DataError(`${file} is of format version ${version}: save it as version 1, 2 or 3`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (start + length > bytes.length) {
    throw new DataError(`${file} ends inside its header: it is cut short, save it again`);
  }
  const header = new TextDecoder().decode(bytes.subarray(start, start + length));
  return { header, begin: start + length };
}

function product(shape: number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
