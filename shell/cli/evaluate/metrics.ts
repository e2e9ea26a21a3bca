/** The metrics of the command line, in the order in which they are printed. */

import { accuracy } from "../../metrics/accuracy.ts";
import { ari } from "../../metrics/ari.ts";
import { nmi } from "../../metrics/nmi.ts";
import { silhouette } from "../../metrics/silhouette.ts";
import type { Metric } from "./metric.ts";

/** By name; a metric is added by an entry here. */
export const METRICS: Readonly<Record<string, Metric>> = {
  silhouette: {
    about: "how much nearer the own cluster is than the next, -1 to 1",
    of: "points",
    async run({ device, points, labels, signal }) {
      return { silhouette: (await silhouette(device, points, labels, { signal })).mean };
    },
  },
  accuracy: {
    about: "share of rows whose cluster is their class, under the best renaming",
    of: "classes",
    run: (classes, labels) => ({ accuracy: accuracy(classes, labels) }),
  },
  nmi: {
    about: "normalised mutual information, 0 to 1",
    of: "classes",
    run: (classes, labels) => ({ nmi: nmi(classes, labels) }),
  },
  ari: {
    about: "adjusted Rand index, at most 1; 0 by chance",
    of: "classes",
    run: (classes, labels) => ({ ari: ari(classes, labels) }),
  },
};
