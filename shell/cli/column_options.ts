/** Options on the columns of a data set. */

import {
  checkOverrides,
  type Dataset,
  MISSING,
  type ReadOptions,
  SCALES,
  type TableSettings,
} from "../data/index.ts";
import { UsageError } from "../errors.ts";
import { integer } from "./common_options.ts";
import type { Options, ValuesOf } from "./options.ts";

/** What the columns of a data set are for, and how a table becomes numbers. */
export const COLUMNS = {
  columns: {
    kind: "names",
    value: "A,B",
    help: "columns to cluster, and no others",
    otherwise: "an image, lists of floats, texts, or all of a table",
  },
  label: {
    kind: "text",
    value: "COLUMN",
    help: "column with the classes",
    otherwise: "found by its name or type",
  },
  text: {
    kind: "names",
    value: "A,B",
    help: "columns of free text, joined",
    otherwise: "those of many words",
  },
  numeric: { kind: "names", value: "A,B", help: "columns of numbers", otherwise: "found" },
  categorical: {
    kind: "names",
    value: "A,B",
    help: "columns of a few names, also if they look like numbers",
    otherwise: "found",
  },
  date: { kind: "names", value: "A,B", help: "columns of dates", otherwise: "found" },
  id: { kind: "text", value: "COLUMN", help: "column that names the rows", otherwise: "found" },
  drop: { kind: "names", value: "A,B", help: "columns to leave out" },
  missing: {
    kind: "choice",
    choices: MISSING,
    help: "what stands for missing numbers, or drop such rows",
    otherwise: "mean",
  },
  scale: {
    kind: "choice",
    choices: SCALES,
    help: "of a table's numbers: mean 0 and deviation 1, 0 to 1, median 0 and quartiles 1 apart",
    otherwise: "standard",
  },
  "one-hot": integer(1, 65_536, {
    help: "most frequent names of a column with a number of their own",
    otherwise: "20",
  }),
  "skip-bad-rows": { kind: "flag", help: "leave rows out that cannot be read, and count them" },
} as const satisfies Options;

/** Values of these options. */
export type ColumnValues = ValuesOf<typeof COLUMNS>;

/** What the command line says of columns. @throws UsageError if two options name one */
export function columnOptions(values: ColumnValues): ReadOptions {
  const { columns, label, text, numeric, categorical, date, id, drop, missing, scale } = values;
  const overrides = { columns, label, text, numeric, categorical, date, id, drop };
  checkOverrides(overrides);
  return {
    ...overrides,
    ...{ missing, scale } as TableSettings,
    oneHot: values["one-hot"],
    skipBadRows: values["skip-bad-rows"],
  };
}

/** @throws UsageError if an option for tables is given, and the data are none */
export function refuseTableOptions({ kind, name }: Dataset, values: ColumnValues): void {
  const idle = (["missing", "scale", "one-hot"] as const).find((one) => values[one] !== undefined);
  if (kind === "table" || !idle) return;
  throw new UsageError(
    `--${idle} is for tables, and ${name} has ${kind === "text" ? "texts" : kind}: leave it out`,
  );
}
