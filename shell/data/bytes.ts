/** Bytes in memory, from streams, and from files that are compressed by gzip. */

import type { AsyncBuffer } from "hyparquet";
import { DataError } from "../errors.ts";

/** Bytes as hyparquet and the readers take them. */
export function memoryBuffer(bytes: Uint8Array): AsyncBuffer {
  return {
    byteLength: bytes.length,
    slice: (begin, end) => Promise.resolve(bytes.slice(begin, end).buffer as ArrayBuffer),
  };
}

/** A run of bytes of a buffer, `begin` (included) to `end` (excluded), behind others in memory. */
export function runOf(
  buffer: AsyncBuffer,
  begin: number,
  end: number,
  before: Uint8Array = new Uint8Array(0),
): AsyncBuffer {
  const byteLength = before.length + end - begin;
  const slice = async (from: number, to = byteLength) => {
    const [first, last] = [from, Math.min(to, byteLength)].map((at) =>
      Math.max(begin, begin + at - before.length)
    );
    const rest = first < last ? await buffer.slice(first, last) : new ArrayBuffer(0);
    if (from >= before.length) return rest;
    return joined([before.subarray(from, to), new Uint8Array(rest)]).buffer as ArrayBuffer;
  };
  return { byteLength, slice };
}

/** Whether a file is compressed by gzip. */
export async function isGzip(buffer: AsyncBuffer): Promise<boolean> {
  const [a, b] = new Uint8Array(await buffer.slice(0, Math.min(2, buffer.byteLength)));
  return a === 0x1f && b === 0x8b;
}

/** Bytes that a compressed file may have once it is inflated. */
const LARGEST = 2 ** 31;

/**
 * A file as it is, or its content in memory if it is compressed.
 *
 * @throws {DataError} if it is damaged, or its content is larger than 2 GiB
 */
export async function inflated(buffer: AsyncBuffer, name: string): Promise<AsyncBuffer> {
  if (!await isGzip(buffer)) return buffer;
  const bytes = new Uint8Array(await buffer.slice(0, buffer.byteLength));
  return memoryBuffer(await inflateAll(bytes, "gzip", name));
}

/**
 * Inflates a whole stream.
 *
 * @param format "gzip", or "deflate-raw" as in ZIP files
 */
export async function inflateAll(
  bytes: Uint8Array,
  format: CompressionFormat,
  name: string,
  largest = LARGEST,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(
      new DecompressionStream(format),
    );
    for await (const part of partsOf(stream)) {
      if ((length += part.length) > largest) break;
      parts.push(part);
    }
  } catch {
    throw new DataError(`${name} is damaged (its compressed data): fetch or make it again`);
  }
  if (length > largest) {
    throw new DataError(`${name} is larger than ${largest} bytes once it is inflated: split it`);
  }
  return joined(parts, length);
}

/** The parts of a stream; not every browser can iterate over one. */
export async function* partsOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Parts as one array of `length` bytes. */
export function joined(
  parts: readonly Uint8Array[],
  length = parts.reduce((sum, part) => sum + part.length, 0),
): Uint8Array {
  const all = new Uint8Array(length);
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
}
