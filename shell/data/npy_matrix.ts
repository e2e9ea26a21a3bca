/** NumPy's array files of any size as matrices and as labels: read in strips, as f32. */

import type { AsyncBuffer } from "hyparquet";
import { Cancelled, DataError } from "../errors.ts";
import { allocate } from "./columns.ts";
import { checkNpyLength, type NpyHeader, readNpyHeader } from "./npy.ts";

/** How much is read, and how that is followed and stopped. */
export interface StripOptions {
  /** At most this many rows, the first ones. */
  readonly limit?: number;
  /** Number of the first row, if the file is a part of another. */
  readonly firstRow?: number;
  /** Told of rows with a number that is not finite, and what is wrong, instead of an error. */
  readonly onBadRow?: (row: number, problem: string) => void;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** What is read of a `.npy` file. */
export interface NpyOptions extends StripOptions {
  /** Whether an array of one axis will do, as one column. */
  readonly vector?: boolean;
  /** Whether the axes after the first are taken as one. */
  readonly flatten?: boolean;
}

/** Numbers in rows: `[n, width]` f32, all finite. */
export interface Grid {
  readonly n: number;
  readonly width: number;
  readonly data: Float32Array;
}

/** Bytes that are read at a time, unless one row or column has more. */
const STRIP = 1 << 22;
/** Bytes in which a header fits. */
const HEADER = 1 << 16;

type Elements = ArrayLike<number> | ArrayLike<bigint>;

/** Elements of a type, from bytes in this machine's order. */
const DECODERS: Record<string, (bytes: ArrayBuffer) => Elements> = {
  f2: (bytes) => Float32Array.from(new Uint16Array(bytes), half),
  f4: (bytes) => new Float32Array(bytes),
  f8: (bytes) => new Float64Array(bytes),
  i1: (bytes) => new Int8Array(bytes),
  i2: (bytes) => new Int16Array(bytes),
  i4: (bytes) => new Int32Array(bytes),
  i8: (bytes) => new BigInt64Array(bytes),
  u1: (bytes) => new Uint8Array(bytes),
  u2: (bytes) => new Uint16Array(bytes),
  u4: (bytes) => new Uint32Array(bytes),
  u8: (bytes) => new BigUint64Array(bytes),
  b1: (bytes) => new Uint8Array(bytes),
};

/**
 * Reads a two-dimensional array of any real type, row-major or column-major, of either byte order.
 *
 * @param file what messages call it
 * @throws {DataError} if it is no such file, of another type or shape, cut short, or a number is
 *   not finite in f32
 * @throws {Cancelled} if the signal is set
 */
export async function readNpyMatrix(
  buffer: AsyncBuffer,
  file: string,
  { limit = Infinity, firstRow = 0, vector, flatten, onBadRow, signal, onProgress }: NpyOptions =
    {},
): Promise<Grid> {
  const header = await openNpy(buffer, file);
  const { begin, fortran, size, decode } = header;
  const flat = flatten && !fortran && header.shape.length > 2;
  const shape = flat
    ? [header.shape[0], header.shape.slice(1).reduce((a, b) => a * b, 1)]
    : header.shape;
  const [rows, width] = vector && shape.length === 1 ? [shape[0], 1] : shape;
  if (shape.length > 2 || !rows || !width) {
    throw new DataError(
      `${file} has shape (${shape.join(", ")}): points must be a matrix of rows and columns, ` +
        "with at least one of each",
    );
  }
  const n = Math.min(limit, rows);
  const data = allocate(Float32Array, n, [width]);
  // A strip is whole rows, or whole columns of a file that has those one after another.
  const [lines, length, used] = fortran ? [width, rows, n] : [n, width, width];
  const step = used < length ? 1 : Math.max(1, Math.floor(STRIP / (length * size)));
  for (let line = 0; line < lines; line += step) {
    if (signal?.aborted) throw new Cancelled(`reading ${file} was stopped`);
    const count = Math.min(step, lines - line);
    const at = begin + line * length * size;
    const end = at + ((count - 1) * length + used) * size;
    const values = decode(await buffer.slice(at, end));
    for (let i = 0, major = line, minor = 0; i < values.length; i++) {
      const to = fortran ? minor * width + major : major * width + minor;
      data[to] = Number(values[i]);
      if (!Number.isFinite(data[to])) {
        const [row, column] = fortran ? [minor, major] : [major, minor];
        const error = notFinite(file, [firstRow + row, column], values[i]);
        if (!onBadRow) throw error;
        onBadRow(row, error.message);
      }
      if (++minor === length) major++, minor = 0;
    }
    onProgress?.(line + count, lines);
  }
  return { n, width, data };
}

/**
 * Reads labels: a one-dimensional array, or one column, of integers, booleans or strings.
 *
 * @throws {DataError} if it is something else
 */
export async function readNpyLabels(
  buffer: AsyncBuffer,
  file: string,
): Promise<(number | string | boolean)[]> {
  const { shape, begin, size, decode, type } = await openNpy(buffer, file, true);
  if (shape.length < 1 || shape.slice(1).some((axis) => axis !== 1)) {
    throw new DataError(
      `${file} has shape (${shape.join(", ")}): labels must be one number or word for each row`,
    );
  }
  const bytes = await buffer.slice(begin, begin + shape[0] * size);
  if (/U/.test(type)) return words(bytes, size, type[0] === ">", file);
  const values = Array.from(decode(bytes) as ArrayLike<number>, Number);
  const odd = values.findIndex((value) => !Number.isSafeInteger(value));
  if (odd >= 0) {
    throw new DataError(
      `${file}, row ${odd} (counting from 0): a label must be an integer or a word, got ` +
        `${values[odd]}`,
    );
  }
  return type === "|b1" ? values.map(Boolean) : values;
}

interface Opened extends NpyHeader {
  /** Bytes of an element. */
  readonly size: number;
  decode(bytes: ArrayBuffer): Elements;
}

async function openNpy(buffer: AsyncBuffer, file: string, text = false): Promise<Opened> {
  const start = await buffer.slice(0, Math.min(HEADER, buffer.byteLength));
  const header = readNpyHeader(new Uint8Array(start), file);
  const [, order, kind, digits] = /^([<>|=])(\w)(\d+)$/.exec(header.type) ?? [];
  const decoder = DECODERS[`${kind}${digits}`];
  if (!decoder && !(text && kind === "U")) {
    throw new DataError(
      `${file} holds elements of type ${header.type}: save it as numbers of 16, 32 or 64 bits` +
        (text ? ", or as words" : ""),
    );
  }
  const size = Number(digits) * (kind === "U" ? 4 : 1);
  checkNpyLength(buffer.byteLength - header.begin, header.shape, size, file);
  const decode = (bytes: ArrayBuffer) =>
    decoder(order === ">" && size > 1 ? swapped(bytes, size) : bytes);
  return { ...header, size, decode };
}

/** The bytes of each element in reverse. */
function swapped(bytes: ArrayBuffer, size: number): ArrayBuffer {
  const all = new Uint8Array(bytes);
  for (let at = 0; at < all.length; at += size) all.subarray(at, at + size).reverse();
  return bytes;
}

/** The number that 16 bits stand for. @see IEEE 754-2008, binary16 */
function half(bits: number): number {
  const sign = bits >> 15 ? -1 : 1, exponent = bits >> 10 & 31, fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** Strings of equal length in UTF-32, filled up with zeros. */
function words(bytes: ArrayBuffer, size: number, big: boolean, file: string): string[] {
  const view = new DataView(bytes);
  return Array.from({ length: bytes.byteLength / size }, (_, i) => {
    let word = "";
    for (let at = i * size; at < (i + 1) * size; at += 4) {
      const point = view.getUint32(at, !big);
      if (point > 0x10ffff) {
        throw new DataError(
          `${file}, row ${i} (counting from 0): the word has a character that does not exist: save ` +
            "it again",
        );
      }
      if (point) word += String.fromCodePoint(point);
    }
    return word;
  });
}

function notFinite(file: string, [row, column]: number[], value: number | bigint): DataError {
  return new DataError(
    `${file}, row ${row}, column ${column} (counting from 0): the value is ${value}, but every ` +
      "value must be a finite 32-bit float: fill or leave out the row or the column",
  );
}
