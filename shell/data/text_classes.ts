/** Which column of words holds classes, where none is called so. */

import { type AsyncBuffer, type FileMetaData, parquetReadObjects, parquetSchema } from "hyparquet";
import { checkedFile } from "./parquet_pages.ts";

/** Rows that tell. */
const SAMPLE = 100;
/** Names of columns that number the rows. */
const ROW_NAMES = /^(|id|__index_level_\d+__)$/;

/** A column of words, and its first values; null where there is none. */
export interface TextColumn {
  readonly name: string;
  readonly sample: readonly (string | null)[];
}

/**
 * The rule for every kind of file: the only column of words, if its first 100 rows have each word
 * twice on average. More such columns leave a choice, and words that differ are names of the rows.
 */
export function textClasses(columns: readonly TextColumn[]): string | undefined {
  const [column, ...others] = columns.filter(({ name }) => !ROW_NAMES.test(name));
  if (!column || others.length > 0) return undefined;
  const words = column.sample.slice(0, SAMPLE).filter((word) => word !== null);
  return words.length > 0 && 2 * new Set(words).size <= words.length ? column.name : undefined;
}

/** {@link textClasses} of a Parquet file; undefined too where a column is called `label`. */
export async function textClassesOf(
  file: AsyncBuffer,
  metadata: FileMetaData,
): Promise<string | undefined> {
  const elements = parquetSchema(metadata).children.map(({ element }) => element);
  if (elements.some(({ name }) => name === "label")) return undefined;
  const names = elements
    .filter(({ converted_type, logical_type, repetition_type }) =>
      repetition_type !== "REPEATED" &&
      (converted_type === "UTF8" || logical_type?.type === "STRING")
    )
    .map(({ name }) => name)
    .filter((name) => !ROW_NAMES.test(name));
  if (names.length !== 1) return undefined;
  const [name] = names;
  const options = {
    ...checkedFile(file, metadata),
    ...{ metadata, columns: names, rowEnd: SAMPLE, useOffsetIndex: false },
  };
  const rows = await parquetReadObjects(options).catch(() => []);
  return textClasses([{ name, sample: rows.map((row) => row[name] ?? null) }]);
}
