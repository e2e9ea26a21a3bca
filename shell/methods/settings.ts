import { MINING } from "../kernels/mine_triplets.ts";

/** Learning-rate schedules: a factor for step 1 to `steps`. */
export const schedules = {
  /** 1 throughout. */
  constant: () => 1,
  /**
   * 1, then in a straight line to 0 over the last 30% of the steps: as much progress as a constant
   * rate and the quiet end that it lacks (Zhai et al. 2022; Hagele et al. 2024).
   */
  hold: (step: number, steps: number) => Math.min(1, (steps - step + 1) / (0.3 * steps)),
  /** A tenth of the rate after each third of the steps. */
  step: (step: number, steps: number) => 0.1 ** Math.floor(3 * (step - 1) / steps),
  /** From 1 to 0 along half a cosine (Loshchilov & Hutter 2017, without restarts). */
  cosine: (step: number, steps: number) => (1 + Math.cos(Math.PI * (step - 1) / steps)) / 2,
} satisfies Record<string, (step: number, steps: number) => number>;

/** Name of a schedule. */
export type Schedule = keyof typeof schedules;

/** Settings of a training run that every method has. */
export interface TrainOptions {
  /** Learning rate of Adam. */
  readonly rate: number;
  /** How the rate goes over the run. */
  readonly schedule: Schedule;
  /** Samples per step. */
  readonly batch: number;
  /** Passes over the samples. */
  readonly epochs: number;
  /** Largest norm of all gradients together; 0 for any. */
  readonly clip: number;
  /** Stops when the loss of so many epochs was not below the best; 0 for never. */
  readonly patience: number;
  /** Of everything that is random, 0 to 2^32 - 1. */
  readonly seed: number;
}

/** Default settings with what was given instead; `undefined` counts as not given. */
export function defaults<S extends object>(preset: S, given: Partial<S>): S {
  const known = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...preset, ...Object.fromEntries(known) };
}

/** What a setting must be. */
interface Rule {
  readonly says: string;
  holds(value: number): boolean;
}

const atLeast = (least: number): Rule => ({
  says: `an integer of at least ${least}`,
  holds: (value) => Number.isSafeInteger(value) && value >= least,
});
const positive: Rule = {
  says: "above 0",
  holds: (value) => value > 0 && value < Infinity,
};
const notNegative: Rule = {
  says: "at least 0",
  holds: (value) => value >= 0 && value < Infinity,
};

/** The settings that are numbers. */
const RULES: Readonly<Record<string, Rule>> = {
  rate: positive,
  batch: atLeast(1),
  epochs: atLeast(1),
  clip: notNegative,
  patience: atLeast(0),
  seed: {
    says: "an integer from 0 to 4294967295",
    holds: (value) => value === value >>> 0,
  },
  clusters: atLeast(1),
  starts: atLeast(1),
  corruption: { says: "at least 0 and below 1", holds: (value) => value >= 0 && value < 1 },
  layerwise: atLeast(0),
  refineEpochs: atLeast(1),
  refineRate: positive,
  refineBatch: atLeast(1),
  interval: atLeast(1),
  tolerance: notNegative,
  alpha: positive,
  gamma: notNegative,
  margin: positive,
  neighbours: atLeast(1),
  classes: atLeast(2),
};

/** The settings that are one of a few words. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  schedule: Object.keys(schedules),
  normalise: ["none", "cosine"],
  reconstruct: ["seen", "clean"],
  mining: Object.keys(MINING),
};

/**
 * Checks every setting whose range is known.
 * @throws RangeError that names the first one that is wrong
 */
export function checkSettings(settings: object): void {
  for (const [name, value] of Object.entries(settings)) {
    const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
    const words = Object.hasOwn(WORDS, name) ? WORDS[name] : undefined;
    if (rule && !(typeof value === "number" && rule.holds(value))) {
      throw new RangeError(`${name} must be ${rule.says}, got ${value}`);
    }
    if (words && !words.includes(value)) {
      throw new RangeError(`${name} must be one of ${words.join(", ")}, got ${value}`);
    }
  }
}
