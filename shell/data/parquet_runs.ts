/**
 * The inner lengths of Parquet's encodings: runs of levels and dictionary indices, blocks of
 * differences. They are walked, not decoded, so that a decoder that trusts them can be trusted.
 *
 * @see https://parquet.apache.org/docs/file-format/data-pages/encodings/
 */

/** A place in bytes, which a walk moves on. */
export interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

/** Values by which a run of packed bits may go past the last one: a run's longest literal. */
const PADDING = 504;

/** @throws {Error} if the number goes past the end, or past 32 bits */
export function readVarint(cursor: Cursor): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = cursor.bytes[cursor.at++];
    if (byte === undefined) throw new Error("a number goes past the end of its page");
    value += (byte & 127) * 2 ** shift;
    if (byte < 128 && value < 2 ** 32) return value;
  }
  throw new Error("a number has more than 32 bits");
}

/**
 * Walks `count` values in runs, either repeated or packed by `width` bits each.
 *
 * @returns how many of them are `wanted`
 * @throws {Error} if a run has more values than there are, or goes past the end
 */
export function walkRuns(cursor: Cursor, width: number, count: number, wanted = -1): number {
  const { bytes } = cursor;
  let found = 0;
  for (let seen = 0; seen < count;) {
    const header = readVarint(cursor);
    const left = count - seen;
    const n = header & 1 ? (header >>> 1) * 8 : header >>> 1;
    if (n > left + (header & 1 ? PADDING : 0)) {
      throw new Error("a run has more values than its page");
    }
    if (header & 1) {
      if (wanted >= 0) found += packedEqual(bytes, cursor.at, width, Math.min(n, left), wanted);
      cursor.at += n * width / 8;
    } else {
      let value = 0;
      for (let i = 0; i < width; i += 8) value += (bytes[cursor.at++] ?? 0) * 2 ** i;
      if (value === wanted) found += n;
    }
    seen += n;
    // Some writers leave out the last bytes of packed bits that stand for nothing.
    const missing = cursor.at - bytes.length;
    if (missing > 0 && (seen < count || missing > PADDING * width / 8)) {
      throw new Error("a run goes past the end of its page");
    }
  }
  return found;
}

/** How many of `n` values of `width` bits each, from byte `at` on, are `wanted`. */
function packedEqual(bytes: Uint8Array, at: number, width: number, n: number, wanted: number) {
  let found = 0, held = 0, bits = 0;
  for (let i = 0; i < n; i++) {
    for (; bits < width; bits += 8) held |= (bytes[at++] ?? 0) << bits;
    if ((held & (1 << width) - 1) === wanted) found++;
    held >>>= width;
    bits -= width;
  }
  return found;
}

/**
 * Walks `count` integers that are stored as packed differences.
 *
 * @throws {Error} if the block sizes are none that the format allows, or a block goes past the end
 */
export function walkDeltas(cursor: Cursor, count: number): void {
  const block = readVarint(cursor), parts = readVarint(cursor);
  readVarint(cursor);
  skipVarint(cursor);
  const part = block / parts;
  if (!block || !parts || block > 65_536 || part % 32) {
    throw new Error(`blocks of ${block} differences cannot have ${parts} parts`);
  }
  for (let seen = 1; seen < count;) {
    skipVarint(cursor);
    const widths = cursor.bytes.subarray(cursor.at, cursor.at + parts);
    cursor.at += parts;
    for (let i = 0; i < parts && seen < count; i++, seen += part) {
      if (widths[i] > 64) throw new Error(`a difference cannot have ${widths[i]} bits`);
      // The last part may end with its last value.
      cursor.at += Math.min(part, count - seen) < part
        ? Math.ceil((count - seen) * widths[i] / 8)
        : part * widths[i] / 8;
    }
    if (cursor.at > cursor.bytes.length) throw new Error("a block goes past the end of its page");
  }
}

/** Leaves out a number of up to 64 bits. */
function skipVarint(cursor: Cursor) {
  for (let i = 0; i < 10; i++) if (cursor.bytes[cursor.at++] < 128) return;
  throw new Error("a number goes past the end of its page");
}
