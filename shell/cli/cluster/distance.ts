import type { Options } from "../options.ts";

/** How far two rows are apart, for the algorithms that have a choice. */
export const METRIC = {
  metric: {
    kind: "choice",
    choices: ["euclidean", "cosine"],
    default: "euclidean",
    help: "how far two rows are: cosine is 1 - cos of their angle",
  },
} as const satisfies Options;
