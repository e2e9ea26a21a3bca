/** Parts of a file that wait for some of the rows. */

import type { ResultColumn } from "./columns.ts";

/** Bytes of a file, and what has to be waited for before those that come next. */
export type Parts = Generator<Uint8Array | Promise<void>>;

/** Gets the cells of rows that are not in memory, before they are asked for. */
export function* loaded(
  columns: readonly ResultColumn[],
  begin: number,
  end: number,
): Generator<Promise<void>> {
  for (const { load } of columns) if (load) yield load(begin, end);
}

/** The bytes, one part after another. */
export async function* awaited(parts: Parts): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Uint8Array) yield part;
    else await part;
  }
}

/** The bytes at once. @throws {RangeError} if some rows are not in memory */
export function whole(parts: Parts): Uint8Array {
  const all = [...parts].map((part) => {
    if (part instanceof Uint8Array) return part;
    throw new RangeError("assignments: texts that are not in memory can only be written in parts");
  });
  const out = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of all) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
