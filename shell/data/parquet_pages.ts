/**
 * Pages of Parquet files, checked before hyparquet decodes them: it takes what their headers say on
 * trust, and a damaged one lets it loop without end or fill the memory.
 *
 * @see https://parquet.apache.org/docs/file-format/data-pages/
 */

import { type AsyncBuffer, type FileMetaData, parquetSchema, type SchemaTree } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { deltaBinaryUnpack } from "hyparquet/src/delta.js";
import { compressors as codecs, decompressZstd } from "hyparquet-compressors";
import { type Cursor, walkDeltas, walkRuns } from "./parquet_runs.ts";

/** Bytes of a page that need no other proof than the page's own header. */
const PLAUSIBLE = 1 << 26;
/** Values of a page at most: writers put some 20,000 to a million into one. */
const MAX_VALUES = 1 << 25;

type Compressors = typeof codecs;
type Codec = keyof Compressors;
type Header = ReturnType<typeof parquetHeader>;
type Meta = NonNullable<FileMetaData["row_groups"][number]["columns"][number]["meta_data"]>;

/** Bounded by the size in the header, which the checks bound. */
const CODECS: Compressors = {
  ...codecs,
  ZSTD: (input, size) => decompressZstd(input, new Uint8Array(size)),
};

/** A column of a row group: where it lies in the file, and what it must hold. */
interface Chunk {
  readonly begin: number;
  readonly end: number;
  readonly meta: Meta;
  /** Rows of the row group. */
  readonly rows: number;
  /** Largest definition and repetition level. */
  readonly levels: readonly [definition: number, repetition: number];
}

/** A file whose pages can be trusted, and the decompressors that go with it. */
export interface CheckedFile {
  readonly file: AsyncBuffer;
  readonly compressors: Compressors;
}

/**
 * A view of a file that checks each column of a row group as it is read; a page is decompressed
 * once, for the check and for the decoder. To be read with `useOffsetIndex: false`, because pages
 * that are read one by one are not seen.
 *
 * @throws {Error} when a slice is read, if a page in it says what cannot be
 */
export function checkedFile(buffer: AsyncBuffer, metadata: FileMetaData): CheckedFile {
  const chunks = chunksOf(metadata);
  const pages = new WeakMap<ArrayBufferLike, Map<number, Uint8Array>>();
  const keep = (input: Uint8Array, page: Uint8Array) => {
    const kept = pages.get(input.buffer) ?? new Map();
    pages.set(input.buffer, kept.set(input.byteOffset, page));
  };
  const take = (input: Uint8Array) => {
    const page = pages.get(input.buffer)?.get(input.byteOffset);
    pages.get(input.buffer)?.delete(input.byteOffset);
    return page;
  };
  const compressors = Object.fromEntries(
    (Object.keys(CODECS) as Codec[]).map((codec) => [
      codec,
      (input: Uint8Array, size: number) => take(input) ?? CODECS[codec]!(input, size),
    ]),
  );
  const read = async (begin: number, end?: number) => {
    const bytes = await buffer.slice(begin, end);
    for (const chunk of chunks) {
      if (chunk.begin < begin || chunk.end > begin + bytes.byteLength) continue;
      const part = new Uint8Array(bytes, chunk.begin - begin, chunk.end - chunk.begin);
      // Of a slice with several columns the decoder sees copies.
      checkChunk(part, chunk, part.length === bytes.byteLength ? keep : undefined);
    }
    return bytes;
  };
  const slice = (begin: number, end?: number) => {
    const bytes = read(begin, end);
    // hyparquet asks ahead: what fails before it is looked at must not end the program.
    bytes.catch(() => {});
    return bytes;
  };
  return { file: { byteLength: buffer.byteLength, slice }, compressors };
}

/** Where the columns lie. Ranges outside of the file are left to the reading, which fails. */
function chunksOf(metadata: FileMetaData): Chunk[] {
  const tree = parquetSchema(metadata);
  return metadata.row_groups.flatMap(({ columns, num_rows }) =>
    columns.flatMap(({ meta_data: meta }) => {
      if (!meta) return [];
      const begin = Number(meta.dictionary_page_offset || meta.data_page_offset);
      const end = begin + Number(meta.total_compressed_size);
      return { begin, end, meta, rows: Number(num_rows), levels: levelsOf(tree, meta) };
    })
  );
}

function levelsOf(tree: SchemaTree, { path_in_schema: path }: Meta): [number, number] {
  let node: SchemaTree | undefined = tree, definition = 0, repetition = 0;
  for (const name of path) {
    node = node?.children.find(({ element }) => element.name === name);
    if (node?.element.repetition_type !== "REQUIRED") definition++;
    if (node?.element.repetition_type === "REPEATED") repetition++;
  }
  return [definition, repetition];
}

type Keep = (input: Uint8Array, page: Uint8Array) => void;

/** Walks the pages of a column as hyparquet does. */
function checkChunk(bytes: Uint8Array, chunk: Chunk, keep?: Keep) {
  const { meta, rows, levels } = chunk;
  const expected = Number(meta.num_values);
  if (levels[1] === 0 && expected !== rows) {
    throw new Error(`a column has ${expected} values for ${rows} rows`);
  }
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 0 };
  let values = 0;
  while (values < expected && reader.offset < bytes.length - 1) {
    const header = parquetHeader(reader);
    const size = header.compressed_page_size;
    requireCount(size, bytes.length - reader.offset, "bytes");
    requireCount(
      header.uncompressed_page_size,
      Math.max(Number(meta.total_uncompressed_size), PLAUSIBLE),
      "bytes",
    );
    const packed = bytes.subarray(reader.offset, reader.offset + size);
    reader.offset += size;
    const { num_values: n } = header.data_page_header ?? header.data_page_header_v2 ??
      header.dictionary_page_header ?? { num_values: 0 };
    requireCount(n, Math.min(expected, MAX_VALUES), "values");
    values += checkPage(packed, header, chunk, keep);
  }
  if (values !== expected) throw new Error(`a column has ${values} values of ${expected}`);
}

/** @throws {Error} unless `value` is an integer from 0 to `most` */
function requireCount(value: unknown, most: number, what: string) {
  if (Number.isSafeInteger(value) && value as number >= 0 && value as number <= most) return;
  throw new Error(`a page would have ${value} ${what}`);
}

/** Checks what lies in a page; the result is how many of the column's values it has. */
function checkPage(packed: Uint8Array, header: Header, chunk: Chunk, keep?: Keep): number {
  const { meta, levels: [definition, repetition] } = chunk;
  const unpack = (input: Uint8Array, size: number) => {
    if (meta.codec === "UNCOMPRESSED" || !CODECS[meta.codec]) return input;
    const page = CODECS[meta.codec]!(input, size);
    if (page.length !== size) throw new Error(`a page has ${page.length} bytes of ${size}`);
    keep?.(input, page);
    return page;
  };
  const { data_page_header: v1, data_page_header_v2: v2, uncompressed_page_size: size } = header;
  if (header.type === "DATA_PAGE" && v1) {
    const cursor = { bytes: unpack(packed, size), at: 0 };
    const n = v1.num_values;
    if (repetition) walkLevels(cursor, repetition, n);
    const some = definition ? walkLevels(cursor, definition, n) : n;
    checkValues(cursor, v1.encoding, meta.type, some);
    return n;
  }
  if (header.type === "DATA_PAGE_V2" && v2) {
    const { num_values: n, num_nulls, num_rows } = v2;
    const [r, d] = [v2.repetition_levels_byte_length, v2.definition_levels_byte_length];
    requireCount(r, Math.min(size, packed.length), "bytes");
    requireCount(d, Math.min(size, packed.length) - r, "bytes");
    requireCount(num_nulls, n, "empty values");
    requireCount(num_rows, n, "rows");
    if (repetition) walkRuns({ bytes: packed.subarray(0, r), at: 0 }, bitsOf(repetition), n);
    if (definition) walkRuns({ bytes: packed.subarray(r, r + d), at: 0 }, bitsOf(definition), n);
    const rest = packed.subarray(r + d);
    const bytes = v2.is_compressed === false ? rest : unpack(rest, size - r - d);
    checkValues({ bytes, at: 0 }, v2.encoding, meta.type, n - num_nulls);
    return n;
  }
  if (header.type === "DICTIONARY_PAGE") unpack(packed, size);
  return 0;
}

const bitsOf = (level: number) => 32 - Math.clz32(level);

/** Walks levels that begin with their length in bytes; the result is how many are the largest. */
function walkLevels(cursor: Cursor, level: number, n: number): number {
  const { bytes } = cursor;
  const begin = cursor.at + 4;
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(
    begin - 4,
    true,
  );
  requireCount(length, bytes.length - begin, "bytes of levels");
  const levels = { bytes: bytes.subarray(begin, begin + length), at: 0 };
  cursor.at = begin + length;
  return walkRuns(levels, bitsOf(level), n, level);
}

function checkValues(cursor: Cursor, encoding: string, type: string, n: number) {
  if (n === 0) return;
  if (encoding === "RLE" && type === "BOOLEAN") {
    cursor.at += 4;
    walkRuns(cursor, 1, n);
  } else if (encoding === "RLE" || /_DICTIONARY$/.test(encoding)) {
    const width = cursor.bytes[cursor.at++];
    requireCount(width, 32, "bits for an index");
    if (width) walkRuns(cursor, width, n);
  } else if (/^DELTA_/.test(encoding)) {
    checkDeltas(cursor, encoding, n);
  }
}

function checkDeltas(cursor: Cursor, encoding: string, n: number) {
  const begin = cursor.at;
  walkDeltas(cursor, n);
  if (encoding === "DELTA_BINARY_PACKED") return;
  const shared = unpackDeltas(cursor, begin, n);
  if (encoding === "DELTA_LENGTH_BYTE_ARRAY") return;
  const second = cursor.at;
  walkDeltas(cursor, n);
  const own = unpackDeltas(cursor, second, n);
  // Each value repeats the beginning of the one before it.
  for (let i = 0, length = 0; i < n; length = shared[i] + own[i], i++) {
    requireCount(shared[i], length, "bytes of the value before");
    requireCount(own[i], cursor.bytes.length, "bytes of a value");
  }
}

/** Lengths that are stored as differences; leaves the cursor where hyparquet goes on. */
function unpackDeltas(cursor: Cursor, begin: number, n: number): Int32Array {
  const { bytes } = cursor;
  const reader = {
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
    offset: begin,
  };
  const lengths = new Int32Array(n);
  deltaBinaryUnpack(reader, n, lengths);
  cursor.at = reader.offset;
  return lengths;
}
