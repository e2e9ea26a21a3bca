/** Learning-rate schedules: a factor for step 1 to `steps`. */
export const schedules = {
  /** 1 throughout. */
  constant: () => 1,
  /** From 1 to 0 along half a cosine (Loshchilov & Hutter 2017, without restarts). */
  cosine: (step: number, steps: number) => (1 + Math.cos(Math.PI * (step - 1) / steps)) / 2,
} satisfies Record<string, (step: number, steps: number) => number>;

/** Name of a schedule. */
export type Schedule = keyof typeof schedules;
