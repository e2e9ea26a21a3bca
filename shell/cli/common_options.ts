/** Options that several commands share. */

import { FORMATS, RESULT_FORMATS } from "../data/index.ts";
import type { Options } from "./options.ts";

const MAX = 2 ** 32 - 1;

/** An option that is a whole number. */
export const integer = <const T extends object>(min: number, max: number, rest: T) =>
  ({ kind: "integer", min, max, ...rest }) as const;

/** Of what is random. */
export const SEED = {
  seed: integer(0, MAX, { default: 1, help: "of everything that is random" }),
} as const satisfies Options;

/** How far two rows are apart, where there is a choice. */
export const METRIC = {
  metric: {
    kind: "choice",
    choices: ["euclidean", "cosine"],
    default: "euclidean",
    help: "how far two rows are: cosine is 1 - cos of their angle",
  },
} as const satisfies Options;

/** For what costs the number of rows squared. */
export const SAMPLE = {
  silhouette: {
    kind: "choice",
    choices: ["exact", "sample"],
    help: "of all rows, or of a sample with an interval",
    otherwise: "exact up to rows x rows x columns of 1e12",
  },
  sample: integer(2, MAX, { help: "rows of that sample", otherwise: "10,000" }),
} as const satisfies Options;

/** Where the work is done. */
export const DEVICE = {
  device: {
    kind: "choice",
    choices: ["auto", "webgpu", "wasm"],
    default: "auto",
    help: "auto takes a hardware GPU if there is one, else WebAssembly",
  },
  workers: integer(0, 256, {
    help: "threads of the WebAssembly device",
    otherwise: "one per core",
  }),
  adapter: { kind: "text", value: "NAME", help: "part of the name of a GPU adapter" },
} as const satisfies Options;

/** Where the results go. */
export const OUTPUT = {
  out: { kind: "text", value: "DIR", default: "runs", help: "folder of the runs" },
  name: {
    kind: "text",
    value: "NAME",
    help: "of this run",
    otherwise: "method, data, seed and time",
  },
} as const satisfies Options;

/** What of a data set is read. */
export const PARTS = {
  config: {
    kind: "text",
    value: "NAME",
    help: "configuration of a data set of the Hub",
    otherwise: "the only or default one",
  },
  split: { kind: "text", value: "A,B", help: "splits to read", otherwise: "all" },
  revision: {
    kind: "text",
    value: "NAME",
    help: "branch, tag or commit of a data set of the Hub",
    otherwise: "main",
  },
  format: {
    kind: "choice",
    choices: FORMATS,
    help: "what is in the file",
    otherwise: "found by its name, or its first bytes",
  },
} as const satisfies Options;

/** What is written of the rows. */
export const RESULTS = {
  map: {
    kind: "choice",
    choices: ["pca", "tsne", "umap", "none"],
    default: "pca",
    help: "of the codes, to columns x and y; tsne and umap take longer",
  },
  formats: {
    kind: "choices",
    value: "A,B",
    choices: RESULT_FORMATS,
    default: ["parquet", "npy"],
    help: "parquet and csv: the assignments; npy: the codes; tsv: for TensorBoard's projector",
  },
} as const satisfies Options;

/** Where data sets are kept. */
export const CACHE = {
  cache: {
    kind: "text",
    value: "DIR",
    default: ".cache",
    help: "where built-in data sets and those of the Hub are kept",
  },
} as const satisfies Options;

/** How much of the data is in memory at once. */
export const MEMORY = {
  memory: {
    kind: "text",
    value: "SIZE",
    help: "for rows, such as 500MB or 2GB; of larger data parts are read when needed",
    otherwise: "half of what is free",
  },
} as const satisfies Options;

/** What every command takes at last. */
export const LAST = {
  quiet: { kind: "flag", help: "no progress and no notes, but warnings" },
  help: { kind: "flag", help: "this text" },
} as const satisfies Options;

/** A matrix and what is done to it before it is used. */
export const INPUT = {
  input: {
    kind: "text",
    value: "FILE",
    help:
      "matrix to read: .npy, .npz, .csv, .tsv, .jsonl, .parquet, IDX, a folder of .parquet or images, or mnist",
  },
  columns: {
    kind: "text",
    value: "A,B",
    help: "columns to use",
    otherwise: "all numbers, or a list of floats",
  },
  label: {
    kind: "text",
    value: "COLUMN",
    help: "column of the input with the classes",
    otherwise: "label, or the only one of words",
  },
  classes: {
    kind: "text",
    value: "FILE[:COLUMN]",
    help: "classes from another file: .npy, .csv, .tsv or .parquet",
  },
  limit: integer(1, MAX, { help: "use at most N rows", otherwise: "all" }),
  standardise: { kind: "flag", help: "columns to mean 0 and standard deviation 1" },
  normalise: {
    kind: "choice",
    choices: ["cosine", "none"],
    default: "none",
    help: "cosine: standard scores, then rows of length 1",
  },
} as const satisfies Options;

/** Of the commands that read a matrix. */
export const MATRIX = {
  ...INPUT,
  ...DEVICE,
  ...CACHE,
  json: { kind: "flag", help: "print one JSON object instead of a table" },
  ...LAST,
} as const satisfies Options;
