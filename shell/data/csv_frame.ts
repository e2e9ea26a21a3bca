/** Text tables as columns of a frame. */

import type { AsyncBuffer } from "hyparquet";
import { DataError } from "../errors.ts";
import { SEPARATED_CELLS, TEXT_CELLS } from "./cells.ts";
import { withPoint } from "./number_styles.ts";
import { readCsv } from "./csv.ts";
import { hasNames } from "./csv_matrix.ts";
import { type BuilderOptions, type Part, TableBuilder } from "./table_builder.ts";

/** What the first line of a file tells of its rows. */
export interface Head {
  readonly names: readonly string[];
  readonly delimiter: string;
  /** Whether it has the names, and is no row. */
  readonly named: boolean;
}

/** How much of a file is read, and how that is followed and stopped. */
export interface PartOptions extends BuilderOptions {
  /** At most this many rows, the first ones. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Reads the first line. @throws {DataError} as {@link readCsvPart} does, and if there is none */
export async function readHead(
  buffer: AsyncBuffer,
  file: string,
  told?: string,
): Promise<Head> {
  for await (
    const { records: [first], delimiter = "," } of readCsv(buffer, file, undefined, told)
  ) {
    if (!first) continue;
    return { names: namesOf(first.fields, file), delimiter, named: isNamed(first.fields) };
  }
  throw noRows(file);
}

const isNamed = (fields: readonly string[]) => hasNames(fields.map(withPoint));

/**
 * Reads the columns of a CSV or TSV file. The first line has their names, unless it has only
 * numbers: then they are x0, x1 and so on.
 *
 * @param options `head` of rows that lie behind it
 * @throws {DataError} if a line has more or fewer fields than the first, a cell is no number among
 *   numbers, two columns have one name, or the text is no UTF-8
 */
export async function readCsvPart(
  buffer: AsyncBuffer,
  file: string,
  options: PartOptions & { readonly delimiter?: string; readonly head?: Head } = {},
): Promise<Part> {
  const { limit = Infinity, signal, onProgress, head, delimiter = head?.delimiter } = options;
  let builder: TableBuilder<string> | undefined;
  for await (const piece of readCsv(buffer, file, signal, delimiter)) {
    const { records, done } = piece;
    const cells = piece.delimiter === "," ? TEXT_CELLS : SEPARATED_CELLS;
    for (const { fields, line } of records) {
      const headed = !builder && !head && isNamed(fields);
      builder ??= new TableBuilder(file, head?.names ?? namesOf(fields, file), cells, options);
      if (headed) continue;
      if (builder.seen >= limit) break;
      builder.push(fields, builder.where(head ? undefined : line));
    }
    onProgress?.(done, buffer.byteLength);
    if (builder && builder.seen >= limit) break;
  }
  if (!builder) throw noRows(file);
  return builder.finish();
}

const noRows = (file: string) => new DataError(`${file} has no rows: give a table that has some`);

/** Names of the columns, from the first line. */
function namesOf(fields: readonly string[], file: string): string[] {
  if (!isNamed(fields)) return fields.map((_, j) => `x${j}`);
  const names = fields.map((name) => name.trim());
  const twice = names.find((name, j) => names.indexOf(name) < j);
  if (twice === undefined) return names;
  throw new DataError(
    twice === ""
      ? `${file} has two columns without a name: name them`
      : `${file} has two columns called ${JSON.stringify(twice)}: rename one`,
  );
}
