/** The metrics of the command line, in the order in which they are printed. */

import { accuracy } from "../../metrics/accuracy.ts";
import { ari } from "../../metrics/ari.ts";
import { calinskiHarabasz, daviesBouldin } from "../../metrics/dispersion.ts";
import { ami, nmi } from "../../metrics/nmi.ts";
import { silhouette } from "../../metrics/silhouette.ts";
import { silhouetteSample } from "../../metrics/silhouette_sample.ts";
import { vMeasure } from "../../metrics/v_measure.ts";
import type { Metric } from "./metric.ts";

type Results = Promise<Record<string, number>>;

/** By name; a metric is added by an entry here. */
export const METRICS: Readonly<Record<string, Metric>> = {
  silhouette: {
    about: "how much nearer the own cluster is than the next, -1 to 1",
    of: "points",
    async run(
      { device, points, labels, distance: { metric, sample, seed }, signal, progress },
    ): Results {
      const onProgress = (done: number, total: number) => progress(done / total);
      if (sample === undefined || metric === "cosine") {
        const exact = await silhouette(device, points, labels, { metric, signal, onProgress });
        return { silhouette: exact.mean };
      }
      const options = { size: sample, seed, signal, onProgress };
      const { mean, low, high } = await silhouetteSample(device, points, labels, options);
      return { silhouette: mean, "silhouette, 95% from": low, "silhouette, 95% to": high };
    },
  },
  "davies-bouldin": {
    about: "how much clusters overlap, 0 or more; less is better",
    of: "points",
    euclidean: true,
    async run({ device, points, labels, signal }) {
      return { "davies-bouldin": await daviesBouldin(device, points, labels, { signal }) };
    },
  },
  "calinski-harabasz": {
    about: "variance between clusters by variance within, 0 or more",
    of: "points",
    euclidean: true,
    async run({ device, points, labels, signal }) {
      return { "calinski-harabasz": await calinskiHarabasz(device, points, labels, { signal }) };
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
  ami: {
    about: "the same adjusted for chance, at most 1; 0 by chance",
    of: "classes",
    run: (classes, labels) => ({ ami: ami(classes, labels) }),
  },
  ari: {
    about: "adjusted Rand index, at most 1; 0 by chance",
    of: "classes",
    run: (classes, labels) => ({ ari: ari(classes, labels) }),
  },
  "v-measure": {
    about: "homogeneity, completeness and the mean of both, 0 to 1",
    of: "classes",
    run(classes, labels) {
      const { homogeneity, completeness, vMeasure: v } = vMeasure(classes, labels);
      return { homogeneity, completeness, "v-measure": v };
    },
  },
};
