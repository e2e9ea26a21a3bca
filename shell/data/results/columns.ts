/** What is known of each row after a clustering, as the columns of a table. */

import type { TextShards } from "../dataset.ts";
import { readerOf } from "../stream/text_reader.ts";

/** One cluster for each row of a data set; all arrays are as long as `ids`. */
export interface Assignments {
  /** Row numbers in the source, [n]. */
  ids: Int32Array;
  /** What the rows are called where they come from: values of an id column, or paths of images. */
  names?: readonly (string | null)[];
  /** Indices into `labelNames`, -1 for none. */
  labels?: Int32Array;
  /** Names of the classes, by number. */
  labelNames?: readonly string[];
  /** -1 for noise. */
  cluster: Int32Array;
  /** Names of the clusters 0, 1, ..., where they are known classes. */
  clusterNames?: readonly string[];
  /** How sure each row's cluster is, from 0 to 1. */
  confidence?: Float32Array;
  /** Distance of each row to its cluster's centre, in the space that was clustered; at least 0. */
  distance?: Float32Array;
  /** Of each row's cluster, for that row, from 0 to 1. */
  probability?: Float32Array;
  /** Whether each row is a core point, which has enough neighbours: 1 or 0. */
  core?: Uint8Array;
  /** Places on a map, [n, 2]. */
  map?: Float32Array;
  /** The text of each row. */
  texts?: readonly string[] | TextShards;
  /** Codes of the rows, [n, width]. */
  embedding?: { readonly data: Float32Array; readonly width: number };
}

/** What a column holds, as Parquet calls it; a `LIST` is of `FLOAT`s. */
export type ColumnType = "INT32" | "FLOAT" | "BOOLEAN" | "STRING" | "LIST";

/** One column of a table, in pieces. */
export interface ResultColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether cells may be empty. */
  readonly nullable?: boolean;
  /** Numbers in a list. */
  readonly width?: number;
  /** The cells of the rows `begin` (included) to `end` (excluded). */
  slice(begin: number, end: number): ArrayLike<unknown>;
  /** To be waited for before those cells are asked for, where they are not in memory. */
  load?(begin: number, end: number): Promise<void>;
}

/**
 * The columns `id`, `name`, `label`, `cluster`, `predicted` (the name of the cluster), `confidence`,
 * `distance`, `probability`, `core`, `x`, `y`, `text`, `embedding`: `id`, `label` and `cluster`
 * always, the others as far as there are such.
 *
 * `id` is the number of the row in the whole source, from 0; `name` is what the source itself calls
 * it, to join results to it: the value of its id column as text, or the path of an image in its
 * folder; null where the cell is empty.
 *
 * `label` is always there: it holds the class name, and null where a row has none or the data set
 * has no labels at all.
 *
 * @throws {RangeError} if the arrays are not equally long or a label has no name
 */
export function columnsOf(assignments: Assignments): ResultColumn[] {
  const { ids, names: rows, labels, labelNames, cluster, clusterNames, core, map, texts } =
    assignments;
  check(assignments);
  return [
    typed("id", "INT32", ids),
    ...rows ? [plain("name", rows)] : [],
    labels ? names("label", labels, labelNames) : empty("label"),
    typed("cluster", "INT32", cluster),
    ...clusterNames ? [names("predicted", cluster, clusterNames)] : [],
    ...(["confidence", "distance", "probability"] as const).flatMap((name) => {
      const values = assignments[name];
      return values ? [typed(name, "FLOAT", values)] : [];
    }),
    ...core ? [flags("core", core)] : [],
    ...map ? [strided("x", map, 0), strided("y", map, 1)] : [],
    ...texts ? ["starts" in texts ? streamed("text", texts) : plain("text", texts)] : [],
    ...assignments.embedding ? [lists("embedding", assignments.embedding)] : [],
  ];
}

function check({ ids, labelNames = [], clusterNames, embedding, ...assignments }: Assignments) {
  const { names, labels, cluster, confidence, distance, probability, core, map, texts } =
    assignments;
  const n = ids.length;
  const count = texts && ("starts" in texts ? texts.starts[texts.starts.length - 1] : texts.length);
  const arrays = { names, labels, cluster, confidence, distance, probability, core };
  const counts = Object.entries(arrays).map(([name, array]) => [name, array?.length] as const);
  for (const [name, rows] of [...counts, ["texts", count] as const]) {
    if (rows !== undefined && rows !== n) {
      throw new RangeError(`assignments: ${name} must have ${n} rows, got ${rows}`);
    }
  }
  if (map && map.length !== 2 * n) {
    throw new RangeError(`assignments: a map of ${n} rows needs ${2 * n} numbers`);
  }
  if (embedding && embedding.data.length !== n * embedding.width) {
    throw new RangeError(
      `assignments: codes of ${n} rows of ${embedding.width} need ${n * embedding.width} numbers`,
    );
  }
  const nameless = labels?.find((label) => label !== -1 && labelNames[label] === undefined) ??
    (clusterNames && cluster.find((label) => label !== -1 && clusterNames[label] === undefined));
  if (nameless !== undefined) {
    throw new RangeError(`assignments: label ${nameless} has no name`);
  }
}

/** A column of numbers as they lie. */
export function typed(
  name: string,
  type: "INT32" | "FLOAT",
  values: Int32Array | Float32Array,
): ResultColumn {
  return { name, type, slice: (begin, end) => values.subarray(begin, end) };
}

/** One of the two numbers of each place on a map. */
function strided(name: string, map: Float32Array, offset: number): ResultColumn {
  const slice = (begin: number, end: number) =>
    Float32Array.from({ length: end - begin }, (_, i) => map[2 * (begin + i) + offset]);
  return { name, type: "FLOAT", slice };
}

function flags(name: string, values: Uint8Array): ResultColumn {
  return {
    name,
    type: "BOOLEAN",
    slice: (begin, end) => Array.from(values.subarray(begin, end), Boolean),
  };
}

function plain(name: string, values: readonly (string | null)[]): ResultColumn {
  const nullable = values.includes(null);
  return { name, type: "STRING", nullable, slice: (begin, end) => values.slice(begin, end) };
}

/** Texts that are read when a file comes to their rows. */
function streamed(name: string, texts: TextShards): ResultColumn {
  const reader = readerOf(texts);
  let first = 0, some: readonly string[] = [];
  return {
    ...{ name, type: "STRING", nullable: false },
    async load(begin, end) {
      [first, some] = [begin, await reader(begin, end)];
    },
    slice: (begin, end) => some.slice(begin - first, end - first),
  };
}

function empty(name: string): ResultColumn {
  const slice = (begin: number, end: number) => new Array(end - begin).fill(null);
  return { name, type: "STRING", nullable: true, slice };
}

/** Names by their numbers, null for -1. */
function names(name: string, labels: Int32Array, all: readonly string[] = []): ResultColumn {
  const slice = (begin: number, end: number) =>
    Array.from(labels.subarray(begin, end), (label) => label < 0 ? null : all[label]);
  return { name, type: "STRING", nullable: true, slice };
}

function lists(
  name: string,
  { data, width }: { readonly data: Float32Array; readonly width: number },
): ResultColumn {
  // Plain arrays: the writer takes nothing else for a list.
  const row = (i: number) => Array.from(data.subarray(i * width, (i + 1) * width));
  const slice = (begin: number, end: number) =>
    Array.from({ length: end - begin }, (_, i) => row(begin + i));
  return { name, type: "LIST", width, slice };
}
