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

/** Bytes that a compressed file may have once it is inflated. */
const LARGEST = 2 ** 31;

/**
 * A file as it is, or its content in memory if it is compressed.
 *
 * @throws {DataError} if it is damaged, or its content is larger than 2 GiB
 */
export async function inflated(buffer: AsyncBuffer, name: string): Promise<AsyncBuffer> {
  const [a, b] = new Uint8Array(await buffer.slice(0, Math.min(2, buffer.byteLength)));
  if (a !== 0x1f || b !== 0x8b) return buffer;
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
export function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
}
