import type { NetworkValues } from "./method_settings.ts";

/** The methods that find clusters. */
export const CLUSTERING = ["autoencoder", "dec", "idec", "dcn", "siamese", "triplet"] as const;

/** A method that finds clusters. */
export type ClusteringName = typeof CLUSTERING[number];

/** What people can set of a run: the names of the command line, without the dashes before them. */
export interface RunValues extends NetworkValues {
  readonly rate: number;
  readonly schedule: string;
  readonly batch: number;
  readonly epochs: number;
  readonly clip: number;
  readonly patience: number;
  readonly seed: number;
  readonly starts: number;
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
