/** Tables as Parquet, row group by row group. */

import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { ResultColumn } from "./columns.ts";
import { loaded, type Parts } from "./parts.ts";

/** Numbers of a row group, at most: what is in memory beside the table. */
const GROUP = 1 << 18;
/** Rows of a row group, at most. */
const ROWS = 100_000;

/**
 * The parts of a Parquet file, in order: what is in memory is a row group. Lists are of the three
 * levels that the format asks for, and none of their numbers is missing.
 *
 * @see https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#lists
 */
export function* parquetParts(columns: readonly ResultColumn[], n: number): Parts {
  const width = columns.reduce((sum, one) => sum + (one.width ?? 1), 0);
  const rows = Math.max(1, Math.min(ROWS, Math.floor(GROUP / width)));
  const writer = new ByteWriter();
  const schema = [
    { name: "root", num_children: columns.length } as SchemaElement,
    ...columns.flatMap(schemaOf),
  ];
  const parquet = new ParquetWriter({ writer, schema, createdBy: "asterism" });
  for (let begin = 0; begin < n; begin += rows) {
    const end = Math.min(n, begin + rows);
    yield* loaded(columns, begin, end);
    const columnData = columns.map((one) => columnOf(one, begin, end));
    parquet.write({ columnData, rowGroupSize: rows });
    yield take(writer);
  }
  parquet.finish();
  yield take(writer);
}

/** What was written since the last time. */
function take(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice();
  writer.index = 0;
  return bytes;
}

function columnOf({ name, type, slice }: ResultColumn, begin: number, end: number) {
  const data = slice(begin, end) as never;
  // Fractions seldom repeat and hardly shrink: looking for that takes most of the time.
  if (type === "FLOAT") return { name, data, encoding: "PLAIN", codec: "UNCOMPRESSED" } as const;
  const list = { encoding: "PLAIN", codec: "UNCOMPRESSED", statistics: false } as const;
  return type === "LIST" ? { name, data, ...list } : { name, data };
}

function schemaOf({ name, type, nullable }: ResultColumn): SchemaElement[] {
  const repetition_type = nullable ? "OPTIONAL" : "REQUIRED";
  if (type === "STRING") {
    return [{ name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type }];
  }
  if (type !== "LIST") return [{ name, type, repetition_type }];
  return [
    { name, converted_type: "LIST", repetition_type, num_children: 1 },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    { name: "element", type: "FLOAT", repetition_type: "REQUIRED" },
  ];
}
