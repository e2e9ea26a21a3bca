import type { Options } from "./options.ts";

const MAX = 2 ** 32 - 1;

/** Options that every method has. */
const COMMON = {
  schedule: {
    kind: "choice",
    choices: ["constant", "hold", "cosine"],
    default: "hold",
    help: "of the learning rate",
  },
  data: {
    kind: "text",
    value: "NAME|PATH",
    default: "mnist",
    help: "mnist, a .parquet file, or a folder of them",
  },
  columns: {
    kind: "text",
    value: "A,B",
    help: "columns to use",
    otherwise: "image, or all numeric",
  },
  label: {
    kind: "text",
    value: "COLUMN",
    help: "column with the classes",
    otherwise: "found by its type",
  },
  limit: { kind: "integer", min: 1, help: "use at most N rows", otherwise: "all" },
  epochs: { kind: "integer", min: 1, max: 100_000, default: 5, help: "passes over the data" },
  seed: { kind: "integer", min: 0, max: MAX, default: 1, help: "of everything that is random" },
  device: {
    kind: "choice",
    choices: ["auto", "webgpu", "wasm"],
    default: "auto",
    help: "auto takes a hardware GPU if there is one, else WebAssembly",
  },
  workers: {
    kind: "integer",
    min: 0,
    max: 256,
    help: "threads of the WebAssembly device",
    otherwise: "one per core",
  },
  adapter: { kind: "text", value: "NAME", help: "part of the name of a GPU adapter" },
  out: { kind: "text", value: "DIR", default: "runs", help: "folder of the runs" },
  name: {
    kind: "text",
    value: "NAME",
    help: "of this run",
    otherwise: "method, data, seed and time",
  },
  cache: {
    kind: "text",
    value: "DIR",
    default: ".cache",
    help: "where built-in data sets are kept",
  },
  plan: { kind: "flag", help: "print the program of one training step and stop" },
  quiet: { kind: "flag", help: "no progress" },
  help: { kind: "flag", help: "this text" },
} as const satisfies Options;

/** Options of `train` (the autoencoder). */
export const AUTOENCODER = {
  embedding: { kind: "integer", min: 1, max: 65_536, default: 10, help: "numbers in the code" },
  clusters: {
    kind: "integer",
    min: 1,
    max: 65_536,
    help: "clusters to find",
    otherwise: "number of classes, or 10",
  },
  normalise: {
    kind: "choice",
    choices: ["cosine", "none"],
    help: "codes before K-Means: standard scores of length 1, or as they are",
    otherwise: "cosine for images",
  },
  starts: {
    kind: "integer",
    min: 1,
    max: 1000,
    default: 10,
    help: "K-Means runs, the best counts",
  },
  hidden: {
    kind: "integers",
    value: "A,B,C",
    min: 1,
    max: 65_536,
    default: [500, 500, 2000],
    help: "sizes of the encoder's hidden layers",
  },
  activation: {
    kind: "choice",
    choices: ["relu", "leaky_relu", "sigmoid", "tanh", "identity"],
    default: "relu",
    help: "of the hidden layers",
  },
  rate: { kind: "number", min: 1e-9, max: 10, default: 1e-3, help: "learning rate of Adam" },
  batch: { kind: "integer", min: 1, max: 65_536, default: 64, help: "samples per step" },
  ...COMMON,
  epochs: { kind: "integer", min: 1, max: 100_000, default: 6, help: "passes over the data" },
} as const satisfies Options;

/** Options of `train classifier`. */
export const CLASSIFIER = {
  hidden: {
    kind: "integers",
    value: "A,B,C",
    min: 1,
    max: 65_536,
    default: [128],
    help: "sizes of the hidden layers",
  },
  rate: { kind: "number", min: 1e-9, max: 10, default: 1e-3, help: "learning rate of Adam" },
  batch: { kind: "integer", min: 1, max: 65_536, default: 64, help: "samples per step" },
  ...COMMON,
} as const satisfies Options;

/** What `train --help` prints before the options. */
export const HEAD = `Trains a network and clusters what it learned.

Usage: asterism train [METHOD] [options]

Methods:
  autoencoder  learn to compress the rows, then K-Means on the codes (default)
  classifier   learn the classes of the training split, then score the test split
`;
