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
 * Decodes UTF-8; a byte order mark is left out. In `latin1` each byte is a letter, so that places in
 * the text are those in the file: what is ASCII is the same in both.
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
  encoding: "utf-8" | "latin1" = "utf-8",
): AsyncGenerator<TextPiece> {
  const size = buffer.byteLength;
  const decoder = new TextDecoder(encoding, { fatal: true });
  for (let at = 0; at < size; at += PIECE) {
    if (signal?.aborted) throw new Cancelled(`reading ${file} was stopped`);
    const done = Math.min(size, at + PIECE), last = done === size;
    const bytes = new Uint8Array(await buffer.slice(at, done));
    if (at === 0) refuseOthers(bytes, file);
    let text;
    try {
      text = decoder.decode(bytes, { stream: !last });
    } catch {
      const where = `${file}, line ${line() + lineOf(bytes, at > 0)}`;
      throw new DataError(`${where}: it is not text in UTF-8: save the file as UTF-8`);
    }
    yield { text, done, last };
  }
}

/** Bytes that say whether a file is text. */
const HEAD = 4096;

/** @throws {DataError} if a file begins as those do that are often taken for text */
function refuseOthers(bytes: Uint8Array, file: string) {
  const begins = (...head: number[]) => head.every((byte, i) => bytes[i] === byte);
  if (begins(0x50, 0x4b, 3, 4) || begins(0xd0, 0xcf, 0x11, 0xe0)) {
    throw new DataError(`${file} is an Excel or zip file: export it as CSV`);
  }
  if (begins(0xff, 0xfe) || begins(0xfe, 0xff)) {
    throw new DataError(`${file} is text in UTF-16: save it as UTF-8`);
  }
  if (bytes.subarray(0, HEAD).includes(0)) {
    throw new DataError(`${file} has bytes that are no text: give a CSV file or one of its kind`);
  }
}

/** The line, from 1, of the first bytes that are no UTF-8. A letter may have begun before them. */
function lineOf(bytes: Uint8Array, begun: boolean): number {
  const begin = begun ? bytes.findIndex((byte) => byte >> 6 !== 2) : 0;
  const [good] = new TextDecoder().decode(bytes.subarray(begin)).split("\ufffd", 1);
  return good.split("\n").length;
}
