/**
 * Named tensors of f32 or u32 numbers in one file: 8 bytes with the header's length, a header in JSON, the elements.
 *
 * @see https://github.com/huggingface/safetensors#format
 */

import { DataError } from "../errors.ts";

/** A tensor; elements in row-major order. */
export interface NamedTensor<T extends Float32Array | Uint32Array = Float32Array | Uint32Array> {
  /** Sizes of the axes. */
  shape: number[];
  /** The elements in C order. */
  data: T;
}

/** Arrays by the format's names of their types. */
const TYPES = { F32: Float32Array, U32: Uint32Array } as const;

/** What a file holds. */
export interface Tensors {
  /** By name. */
  tensors: Record<string, NamedTensor>;
  /** Texts that stand in the head of the file. */
  metadata: Record<string, string>;
}

/** The format's own bound for the header, in bytes. */
const MAX_HEADER = 100_000_000;

/**
 * Encodes tensors, in the order of the record. The elements begin at a multiple of 8 bytes.
 *
 * @param metadata free text under free names, kept in the header
 * @throws {RangeError} if a tensor's shape does not fit its data, or a name is `__metadata__`
 */
export function encodeSafetensors(
  tensors: Record<string, NamedTensor>,
  metadata?: Record<string, string>,
): Uint8Array {
  const entries: [string, unknown][] = metadata ? [["__metadata__", metadata]] : [];
  let end = 0;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    if (name === "__metadata__") throw new RangeError(`safetensors: ${name} names no tensor`);
    if (data.length !== product(shape)) {
      throw new RangeError(
        `safetensors: ${name} must have ${product(shape)} elements, got ${data.length}`,
      );
    }
    const begin = end;
    end += data.byteLength;
    const dtype = data instanceof Float32Array ? "F32" : "U32";
    entries.push([name, { dtype, shape, data_offsets: [begin, end] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const start = Math.ceil((8 + json.length) / 8) * 8;
  const out = new Uint8Array(start + end).fill(0x20, 8, start);
  new DataView(out.buffer).setBigUint64(0, BigInt(start - 8), true);
  out.set(json, 8);
  let at = start;
  for (const { data } of Object.values(tensors)) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return out;
}

/**
 * Decodes a file of tensors, and trusts nothing in it: the tensors must cover the elements from
 * the first byte to the last without a gap or an overlap.
 *
 * @param file what messages call it
 * @throws {DataError} if the file is malformed, cut short, or holds another type than F32
 * and U32
 */
export function decodeSafetensors(bytes: Uint8Array, file = "the safetensors file"): Tensors {
  const { header, start } = readHeader(bytes, file);
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isRecord(metadata) || Object.values(metadata).some((v) => typeof v !== "string")) {
    throw malformed(file, "its metadata is not a map of strings");
  }
  const tensors = Object.entries(entries).map(([name, entry]) => readEntry(name, entry, file));
  let end = 0;
  for (const { name, begin, end: next } of [...tensors].sort((a, b) => a.begin - b.begin)) {
    if (begin < end) throw malformed(file, `tensor ${name} overlaps another one`);
    if (begin > end) throw malformed(file, `there is a gap before tensor ${name}`);
    end = next;
  }
  const length = bytes.length - start;
  if (end !== length) {
    throw malformed(file, `its tensors need ${end} bytes but it holds ${length}`);
  }
  return {
    tensors: Object.fromEntries(tensors.map(({ name, type, shape, begin, end }) => {
      // A copy, because the elements of a view would have to be aligned. (slice of Node's Buffer
      // makes none.)
      const data = new TYPES[type](
        new Uint8Array(bytes.subarray(start + begin, start + end)).buffer,
      );
      return [name, { shape, data }];
    })),
    metadata: metadata as Record<string, string>,
  };
}

function readHeader(bytes: Uint8Array, file: string) {
  if (bytes.length < 8) throw malformed(file, "it is shorter than 8 bytes");
  const size = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (size > BigInt(MAX_HEADER)) throw malformed(file, `its header would have ${size} bytes`);
  const start = 8 + Number(size);
  if (start > bytes.length) throw malformed(file, "it ends inside its header");
  let header: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, start));
    header = JSON.parse(text);
  } catch {
    throw malformed(file, "its header is not valid JSON");
  }
  if (!isRecord(header)) throw malformed(file, "its header is not a JSON object");
  return { header, start };
}

/** One tensor's entry in the header; its range is checked against the others' by the caller. */
function readEntry(name: string, entry: unknown, file: string) {
  const { dtype, shape, data_offsets: range } = isRecord(entry) ? entry : {};
  if (dtype !== "F32" && dtype !== "U32") {
    throw new DataError(
      `${file}: tensor ${name} has the type ${dtype}, and only F32 and U32 are read: convert it`,
    );
  }
  if (!isCounts(shape)) throw malformed(file, `tensor ${name} has no valid shape`);
  if (!isCounts(range) || range.length !== 2 || range[0] > range[1]) {
    throw malformed(file, `tensor ${name} has no valid range`);
  }
  const [begin, end] = range;
  const length = product(shape) * 4;
  if (end - begin !== length) {
    throw malformed(
      file,
      `tensor ${name} of shape [${shape}] needs ${length} bytes but has ${end - begin}`,
    );
  }
  return { name, type: dtype as keyof typeof TYPES, shape, begin, end };
}

function malformed(file: string, why: string): DataError {
  return new DataError(`${file} is not a valid safetensors file (${why}): save or copy it again`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((v) => Number.isSafeInteger(v) && v >= 0);
}

function product(shape: number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
