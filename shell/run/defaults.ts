import type { NetworkValues } from "./method_settings.ts";

/** The methods that find clusters. */
export const CLUSTERING = ["autoencoder", "dec", "idec", "dcn", "siamese", "triplet"] as const;

/** A method that finds clusters. */
export type ClusteringName = typeof CLUSTERING[number];

/** What people can set of a run: the names of the command line, without the dashes before them. */
export interface RunValues extends NetworkValues {
  /** Learning rate of Adam, above 0. */
  readonly rate: number;
  /** Of the learning rate: constant, hold, step or cosine. */
  readonly schedule: string;
  /** Rows in a step. */
  readonly batch: number;
  /** Passes over the rows; of `dec`, `idec` and `dcn` those before the refinement. */
  readonly epochs: number;
  /** Largest norm of the gradient, 0 for any. */
  readonly clip: number;
  /** Epochs without a lower loss after which training stops, 0 for never. */
  readonly patience: number;
  /** Of everything that is drawn, 32 bits. */
  readonly seed: number;
  /** K-Means runs, of which the best counts. */
  readonly starts: number;
  /** Settings that only some methods have. */
  readonly [more: string]: unknown;
}

const CODES = {
  embedding: 10,
  network: "dense",
  hidden: [500, 500, 2000],
  channels: [32, 64, 128],
  activation: "relu",
  dropout: 0,
  "batch-norm": false,
  augment: false,
  starts: 10,
  rate: 1e-3,
  batch: 64,
  schedule: "hold",
  clip: 0,
  patience: 0,
  seed: 1,
};
const AUTOENCODER = { ...CODES, epochs: 6, corruption: 0, reconstruct: "seen", layerwise: 0 };
const DEC = {
  ...AUTOENCODER,
  ...{ starts: 20, "refine-epochs": 20, "refine-rate": 1e-3, "refine-batch": 256 },
  ...{ interval: 140, tolerance: 1e-3, alpha: 1, "no-guard": false },
};
const JOINT = { ...DEC, gamma: 0.1 };
const METRIC = {
  ...CODES,
  ...{ hidden: [500, 500], batch: 256, epochs: 5, pairs: "neighbours", margin: 1, neighbours: 10 },
};

/** The settings of each method where nothing else is said: those of the command line. */
export const DEFAULTS: Readonly<Record<ClusteringName, RunValues>> = {
  autoencoder: AUTOENCODER,
  dec: DEC,
  idec: JOINT,
  dcn: JOINT,
  siamese: METRIC,
  triplet: { ...METRIC, mining: "semi_hard" },
};
