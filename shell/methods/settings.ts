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
