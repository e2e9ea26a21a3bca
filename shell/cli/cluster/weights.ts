import type { Options } from "../options.ts";

/** The option of algorithms in which rows can count differently. */
export const WEIGHTS = {
  weights: {
    kind: "text",
    value: "COLUMN|FILE[:COLUMN]",
    help: "how often each row counts, 0 or more, from the input or another file",
    otherwise: "1",
  },
} as const satisfies Options;
