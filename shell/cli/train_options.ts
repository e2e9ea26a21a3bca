/** The options of every method's command. */

import { READABLE } from "../data/index.ts";
import { COLUMNS } from "./column_options.ts";
import { IMAGES } from "./image_options.ts";
import {
  CACHE,
  DEVICE,
  integer,
  LAST,
  MEMORY,
  OUTPUT,
  PARTS,
  RESULTS,
  SEED,
} from "./common_options.ts";
import type { Options } from "./options.ts";
import { TEXTS } from "./text/options.ts";

/** Options that every method has. */
const COMMON = {
  method: { kind: "text", value: "NAME", help: "another way to name the method" },
  data: {
    kind: "text",
    alias: "dataset",
    value: "NAME|PATH|URL",
    default: "mnist",
    help:
      `mnist, owner/name[:config] of the Hugging Face Hub, a ${READABLE} file or its address, a ` +
      "folder of such files or of images, - for standard input",
  },
  ...PARTS,
  ...COLUMNS,
  ...IMAGES,
  ...TEXTS,
  limit: { kind: "integer", min: 1, help: "use at most N rows", otherwise: "all" },
  ...MEMORY,
  schedule: {
    kind: "choice",
    choices: ["constant", "hold", "step", "cosine"],
    default: "hold",
    help: "of the learning rate",
  },
  clip: {
    kind: "number",
    min: 0,
    max: 1e9,
    default: 0,
    help: "largest norm of the gradient, 0 for any",
  },
  patience: integer(0, 100_000, {
    default: 0,
    help: "stop training, but not a refinement, after N epochs without a lower loss, 0 for never",
  }),
  ...SEED,
  ...DEVICE,
  ...RESULTS,
  ...OUTPUT,
  ...CACHE,
  checkpoint: integer(1, 1_000_000, {
    default: 60,
    value: "SECONDS",
    help: "between checkpoints; Ctrl-C keeps one too",
  }),
  resume: {
    kind: "text",
    value: "RUN",
    help: "folder of a stopped run to go on with; its settings count",
  },
  plan: { kind: "flag", help: "print the program of one training step and stop" },
  ...LAST,
} as const satisfies Options;

/** Options of a learning rate and batches. */
const STEPS = {
  rate: { kind: "number", min: 1e-9, max: 10, default: 1e-3, help: "learning rate of Adam" },
  batch: integer(1, 65_536, { default: 64, help: "samples per step" }),
} as const satisfies Options;

/** Options of the methods that make codes and cluster them. */
const CODES = {
  embedding: integer(1, 65_536, { default: 10, help: "numbers in the code" }),
  network: {
    kind: "choice",
    choices: ["dense", "conv"],
    default: "dense",
    help: "layers of the encoder; conv is for images",
  },
  hidden: {
    kind: "integers",
    value: "A,B,C",
    min: 1,
    max: 65_536,
    default: [500, 500, 2000],
    help: "sizes of the dense encoder's hidden layers",
  },
  channels: {
    kind: "integers",
    value: "A,B,C",
    min: 1,
    max: 4096,
    default: [32, 64, 128],
    help: "channels of the convolutional encoder's layers",
  },
  activation: {
    kind: "choice",
    choices: ["relu", "leaky_relu", "sigmoid", "tanh", "identity"],
    default: "relu",
    help: "of the hidden layers",
  },
  dropout: {
    kind: "number",
    min: 0,
    max: 0.99,
    default: 0,
    help: "share of the hidden numbers that training zeroes",
  },
  "batch-norm": { kind: "flag", help: "batch normalisation of the hidden layers" },
  augment: { kind: "flag", help: "train on images rotated by up to 10 degrees, shifted by 10%" },
  clusters: integer(1, 65_536, {
    help: "clusters to find",
    otherwise: "number of classes, or 10",
  }),
  normalise: {
    kind: "choice",
    choices: ["cosine", "none"],
    help: "codes before K-Means: standard scores of length 1, or as they are",
    otherwise: "cosine for images",
  },
  starts: integer(1, 1000, { default: 10, help: "K-Means runs, the best counts" }),
} as const satisfies Options;

/** Options of `train` (the autoencoder). */
export const AUTOENCODER = {
  ...CODES,
  ...STEPS,
  epochs: integer(1, 100_000, { default: 6, help: "passes over the data" }),
  corruption: {
    kind: "number",
    min: 0,
    max: 0.99,
    default: 0,
    help: "share of the input that training zeroes (denoising)",
  },
  reconstruct: {
    kind: "choice",
    choices: ["seen", "clean"],
    default: "seen",
    help: "of an augmented image: as it was seen, or clean",
  },
  layerwise: integer(0, 100_000, {
    default: 0,
    help: "epochs of denoising layer by layer first",
  }),
  ...COMMON,
} as const satisfies Options;

/** Options of `train dec`. */
export const DEEP = {
  ...AUTOENCODER,
  starts: integer(1, 1000, { default: 20, help: "K-Means runs, the best counts" }),
  epochs: integer(1, 100_000, { default: 6, help: "passes over the data before the refinement" }),
  pretrained: {
    kind: "text",
    value: "FILE",
    help: "model with the same layers (dec: also siamese, triplet) instead of the first phase",
  },
  "refine-epochs": integer(1, 100_000, { default: 20, help: "passes of the refinement, at most" }),
  "refine-rate": {
    kind: "number",
    min: 1e-9,
    max: 10,
    default: 1e-3,
    help: "learning rate of the refinement",
  },
  "refine-batch": integer(1, 65_536, { default: 256, help: "samples per step of the refinement" }),
  interval: integer(1, 1_000_000, {
    default: 140,
    help: "steps between two target distributions",
  }),
  tolerance: {
    kind: "number",
    min: 0,
    max: 1,
    default: 1e-3,
    help: "stop when this share of the labels changed",
  },
  alpha: {
    kind: "number",
    min: 1e-6,
    max: 1e6,
    default: 1,
    help: "degrees of freedom of Student's t",
  },
  "no-guard": { kind: "flag", help: "give the refined clusters back even if they look worse" },
} as const satisfies Options;

/** Options of `train idec` and `dcn`, which go on reconstructing. */
export const JOINT = {
  ...DEEP,
  gamma: {
    kind: "number",
    min: 0,
    max: 1e6,
    default: 0.1,
    help: "weight of the clustering loss beside the reconstruction",
  },
} as const satisfies Options;

/** Options of `train siamese`. */
export const METRIC = {
  ...CODES,
  ...STEPS,
  hidden: { ...CODES.hidden, default: [500, 500] },
  batch: integer(3, 65_536, { default: 256, help: "rows per step" }),
  epochs: integer(1, 100_000, { default: 5, help: "passes over the data" }),
  pairs: {
    kind: "text",
    value: "neighbours|labels|FILE",
    default: "neighbours",
    help:
      "what belongs together: nearest rows, rows of one class, or row numbers from 0 in a table",
  },
  margin: {
    kind: "number",
    min: 1e-6,
    max: 1e6,
    default: 1,
    help: "how far apart other rows shall be",
  },
  neighbours: integer(1, 255, { default: 10, help: "nearest rows that belong with each" }),
  ...COMMON,
} as const satisfies Options;

/** Options of `train triplet`. */
export const TRIPLET = {
  ...METRIC,
  mining: {
    kind: "choice",
    choices: ["semi_hard", "hard", "random"],
    default: "semi_hard",
    help: "triplets of a batch that are taken, of --pairs labels",
  },
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
  ...STEPS,
  rate: { ...STEPS.rate, default: 2e-3 },
  epochs: integer(1, 100_000, { default: 5, help: "passes over the data" }),
  ...COMMON,
} as const satisfies Options;

/** The options of each method. */
export const OPTIONS = {
  autoencoder: AUTOENCODER,
  dec: DEEP,
  idec: JOINT,
  dcn: JOINT,
  siamese: METRIC,
  triplet: TRIPLET,
  classifier: CLASSIFIER,
} as const;

/** What `train --help` prints before the options. */
export const HEAD = `Trains a network and clusters what it learned.

Usage: asterism train [METHOD] [options]

Methods:
  autoencoder  learn to compress the rows, then K-Means on the codes (default)
  dec          the same, then draw codes to centres: deep embedded clustering
  idec         dec that goes on reconstructing: improved deep embedded clustering
  dcn          reconstruction and the K-Means loss together: deep clustering network
  siamese      learn from pairs that belong together, or do not, then K-Means
  triplet      learn from rows that are nearer to one than to another, then K-Means
  classifier   learn the classes of the training split, then score the test split

asterism train METHOD --help lists the options of a method.
`;
