/** One label for each row, from a file of its own: classes that are known, or clusters. */

import { parquetScan } from "hyparquet";
import { DataError } from "../errors.ts";
import { readCsv } from "./csv.ts";
import { fractionError, hasFractions, orderedNames } from "./csv_matrix.ts";
import { fileBuffer } from "./files.ts";
import { readNpyLabels } from "./npy_matrix.ts";
import { readFooter } from "./parquet.ts";
import { checkedFile } from "./parquet_pages.ts";
import { chooseLabels } from "./schema.ts";

/** Labels of rows. */
export interface Labels {
  /** The file, and the column if it has some. */
  readonly name: string;
  /** Index into `names`, -1 for none: noise, or a class that is not known. */
  readonly labels: Int32Array;
  /** By number: numbers by size, words by their letters. */
  readonly names: string[];
}

type Value = number | string | boolean | null;

/**
 * Columns that are taken when none is named: an `assignments.parquet` has both, and who asks for
 * known classes does not mean its clusters.
 */
const USUAL = { clusters: ["cluster", "label"], classes: ["label"] } as const;

/**
 * Reads labels.
 *
 * @param reference a .npy file (integers or words, one axis), or a .parquet, .csv or .tsv file with
 *   `:COLUMN` behind it; the column may be left out if it is called label (or cluster, which goes
 *   before it, where clusters are read), or is the only one. A row without a value, or with the
 *   integer -1, has no label
 * @param rows the rows that want labels; by default those that the file has
 * @param what whether found clusters are read (default) or known classes
 * @throws {DataError} if the file or the column cannot be read, or has another number of rows
 */
export async function loadLabels(
  reference: string,
  rows?: LabelledRows,
  what: keyof typeof USUAL = "clusters",
): Promise<Labels> {
  const [, file = reference, column] = /^(.+\.(?:npy|parquet|csv|tsv)):(.+)$/i.exec(reference) ??
    [];
  const { values, name, classNames } = await read(file, column, USUAL[what]);
  return encode(name, rows ? valuesOf(values, name, rows) : values, classNames);
}

/** Rows that want labels. */
export interface LabelledRows {
  /** Their numbers in their file. */
  readonly ids: Int32Array;
  /** What they are rows of, for messages. */
  readonly of: string;
  /** Whether they are some of more rows, for which there may be labels, too. */
  readonly limited: boolean;
}

function valuesOf(values: Value[], name: string, { ids, of, limited }: LabelledRows): Value[] {
  const last = ids.reduce((max, id) => Math.max(max, id), -1);
  const more = limited && values.length > last;
  if (values.length !== ids.length && !more) {
    throw new DataError(
      `${name} has ${values.length} labels for the ${ids.length} rows of ${of}: give one label ` +
        "for each row",
    );
  }
  return more ? Array.from(ids, (id) => values[id]) : values;
}

interface Read {
  readonly values: Value[];
  readonly name: string;
  readonly classNames?: string[];
}

async function read(
  file: string,
  column: string | undefined,
  usual: readonly string[],
): Promise<Read> {
  if (/\.npy$/i.test(file)) {
    if (column !== undefined) {
      throw new DataError(`${file} has no names of columns: leave out :${column}`);
    }
    return { name: file, values: await readNpyLabels(await fileBuffer(file), file) };
  }
  if (/\.[ct]sv$/i.test(file)) return await readText(file, column, usual);
  if (/\.parquet$/i.test(file)) return await readParquet(file, column, usual);
  throw new DataError(
    `labels come from a .npy, .csv, .tsv or .parquet file, got ${file}: give one, with :COLUMN ` +
      "behind it if need be",
  );
}

async function readText(
  file: string,
  column: string | undefined,
  usual: readonly string[],
): Promise<Read> {
  let names: string[] | undefined, at = 0;
  const values: (string | null)[] = [];
  const lines: number[] = [];
  for await (const { records } of readCsv(await fileBuffer(file), file)) {
    for (const { fields, line } of records) {
      if (!names) {
        names = fields.map((name) => name.trim());
        at = placeOf(names, column, file, usual);
        continue;
      }
      if (fields.length !== names.length) {
        throw new DataError(
          `${file}, line ${line} has ${fields.length} fields, but there are ${names.length} ` +
            "columns: correct the line",
        );
      }
      values.push(fields[at].trim() || null);
      lines.push(line);
    }
  }
  if (hasFractions(values)) {
    const odd = values.findIndex((value) => value !== null && !Number.isInteger(Number(value)));
    throw fractionError(`${file}, line ${lines[odd]}`, names![at], values[odd]!);
  }
  // Numbers only: as in a .npy file, -1 is none.
  const clusters = values.every((value) => value === null || /^-?\d+(\.0*)?$/.test(value));
  return {
    name: `${file}:${names?.[at]}`,
    values: clusters ? values.map((value) => value === null ? null : Number(value)) : values,
  };
}

function placeOf(
  names: string[],
  column: string | undefined,
  file: string,
  usual: readonly string[],
): number {
  const name = column ?? usual.find((one) => names.includes(one)) ??
    (names.length === 1 ? names[0] : undefined);
  const at = name === undefined ? -1 : names.indexOf(name);
  if (at >= 0) return at;
  throw new DataError(
    name === undefined
      ? `${file} has no column called ${usual.join(" or ")}: name one of ${names.join(", ")} as ` +
        `${file}:COLUMN`
      : `${file} has no column "${name}": its columns are ${names.join(", ")}`,
  );
}

async function readParquet(
  file: string,
  name: string | undefined,
  usual: readonly string[],
): Promise<Read> {
  const buffer = await fileBuffer(file);
  const metadata = await readFooter(buffer, file);
  const { column, classNames } = chooseLabels(metadata, file, name, usual);
  const values: Value[] = [];
  try {
    const scan = await parquetScan({
      ...checkedFile(buffer, metadata),
      ...{ metadata, columns: [column], useOffsetIndex: false },
    });
    for (const range of scan.ranges) {
      for (const value of await scan.readColumn({ column, ...range })) {
        values.push(typeof value === "bigint" ? Number(value) : value ?? null);
      }
    }
  } catch (error) {
    throw new DataError(
      `${file} is damaged (${(error as Error).message}): fetch or make it again`,
      { cause: error },
    );
  }
  return { name: `${file}:${column}`, values, classNames };
}

/** Values as indices into their names. */
function encode(name: string, values: readonly Value[], classNames?: string[]): Labels {
  const none = (value: Value) => value === null || value === -1;
  if (classNames) {
    const labels = Int32Array.from(values, (value) => none(value) ? -1 : Number(value));
    const odd = labels.findIndex((label) => label >= classNames.length || label < -1);
    if (odd >= 0) {
      throw new DataError(
        `${name}, row ${odd} (counting from 0): the label is ${values[odd]}, but the file names ` +
          `${classNames.length} classes: correct the label or the names`,
      );
    }
    return { name, labels, names: classNames };
  }
  const names = orderedNames(new Set(values.filter((value) => !none(value)).map(String)));
  const places = new Map(names.map((name, i) => [name, i]));
  const labels = Int32Array.from(
    values,
    (value) => none(value) ? -1 : places.get(String(value))!,
  );
  return { name, labels, names };
}
