/** Files of text, read piece by piece, because one string cannot hold a large file. */

import type { AsyncBuffer } from "hyparquet";
import { Cancelled, DataError } from "../errors.ts";

/** Bytes that are read at a time. */
const PIECE = 1 << 22;

/** A piece of text, and how many bytes are done with it. */
export interface TextPiece {
  readonly text: string;
  readonly done: number;
  readonly last: boolean;
}

/**
 * Decodes UTF-8; a byte order mark is left out.
 *
 * @param line the line that was reached, for messages
 * @throws {DataError} if the bytes are no UTF-8
 * @throws {Cancelled} if the signal is set
 */
export async function* readText(
  buffer: AsyncBuffer,
  file: string,
  line: () => number,
  signal?: AbortSignal,
): AsyncGenerator<TextPiece> {
  const size = buffer.byteLength;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for (let at = 0; at < size; at += PIECE) {
    if (signal?.aborted) throw new Cancelled(`reading ${file} was stopped`);
    const done = Math.min(size, at + PIECE), last = done === size;
    const bytes = await buffer.slice(at, done);
    let text;
    try {
      text = decoder.decode(bytes, { stream: !last });
    } catch {
      throw new DataError(`${file} is not text in UTF-8 after line ${line()}: save it as UTF-8`);
    }
    yield { text, done, last };
  }
}
