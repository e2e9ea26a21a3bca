/** Learning-rate schedules: a factor for step 1 to `steps`. */
export const schedules = {
  /** 1 throughout. */
  constant: () => 1,
  /**
   * 1, then in a straight line to 0 over the last 30% of the steps: as much progress as a constant
   * rate and the quiet end that it lacks (Zhai et al. 2022; Hagele et al. 2024).
   */
  hold: (step: number, steps: number) => Math.min(1, (steps - step + 1) / (0.3 * steps)),
  /** From 1 to 0 along half a cosine (Loshchilov & Hutter 2017, without restarts). */
  cosine: (step: number, steps: number) => (1 + Math.cos(Math.PI * (step - 1) / steps)) / 2,
} satisfies Record<string, (step: number, steps: number) => number>;

/** Name of a schedule. */
export type Schedule = keyof typeof schedules;
