/** Which format a file has. */

import { DataError } from "../errors.ts";
import type { DataFile } from "./dataset.ts";

/** Formats that can be read as tables. */
export type Format = "parquet" | "csv" | "json";

/** Endings of names, by format. */
const ENDINGS: Record<Format, RegExp> = {
  parquet: /\.parquet$/i,
  csv: /\.[ct]sv$/i,
  json: /\.(jsonl|ndjson|json)$/i,
};

/** What can be given, for messages. */
export const READABLE = ".parquet, .csv, .tsv, .jsonl or .json";

/** The format that a name tells, or undefined. */
export function formatByName(name: string): Format | undefined {
  return (Object.keys(ENDINGS) as Format[]).find((format) => ENDINGS[format].test(name));
}

/** @throws {DataError} if a file is of no kind that can be read */
export function formatOf({ name, format }: DataFile): Format {
  const found = format ?? formatByName(name);
  if (found) return found as Format;
  throw new DataError(`${name} is of no kind that can be read: give a ${READABLE} file`);
}
