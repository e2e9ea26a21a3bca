import type { AutoencoderOptions, AutoencoderSettings } from "./autoencoder.ts";
import { defaults } from "./settings.ts";

/** What the second phase adds to the settings of an autoencoder. */
export interface RefinementSettings {
  /** Passes over the rows at most; default 20. */
  readonly refineEpochs: number;
  /** Learning rate of Adam in the second phase; default 1e-3. */
  readonly refineRate: number;
  /** Samples per step in the second phase; default 256. */
  readonly refineBatch: number;
  /** Steps between two looks at all rows; default 140. */
  readonly interval: number;
  /** Stops when at most this share of the labels changed between two looks; default .001. */
  readonly tolerance: number;
  /** Degrees of freedom of the soft assignment; default 1. */
  readonly alpha: number;
  /** Weight of the clustering loss beside the reconstruction. */
  readonly gamma: number;
  /** Gives back the first clustering if the refined one is worse by the guard; default true. */
  readonly guard: boolean;
}

/** Settings of a method with two phases. */
export type DeepSettings = AutoencoderSettings & RefinementSettings;
/** Settings of a method that refines clusters and network together. */
export type DeepOptions = AutoencoderOptions & Partial<RefinementSettings>;

const DEFAULTS: RefinementSettings = {
  refineEpochs: 20,
  refineRate: 1e-3,
  refineBatch: 256,
  interval: 140,
  tolerance: 1e-3,
  alpha: 1,
  gamma: 0.1,
  guard: true,
};

/** The settings of the second phase with their defaults. */
export function refinementOf(options: DeepOptions): RefinementSettings {
  const keys = Object.keys(DEFAULTS) as (keyof RefinementSettings)[];
  return defaults(DEFAULTS, Object.fromEntries(keys.map((key) => [key, options[key]])));
}
