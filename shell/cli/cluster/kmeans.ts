import { kmeans } from "../../cluster/kmeans.ts";
import { encodeNpy } from "../../data/index.ts";
import { integer, METRIC, SEED } from "../common_options.ts";
import { algorithm } from "./algorithm.ts";
import { confidenceOf } from "./confidence.ts";
import { CLUSTERS, clustersOf } from "./count.ts";
import { WEIGHTS } from "./weights.ts";

/** K-Means. */
export const kmeansAlgorithm = algorithm({
  about: "groups around centres, by Lloyd's algorithm from k-means++ starts",
  options: {
    ...CLUSTERS,
    starts: integer(1, 1000, { default: 10, help: "runs, the best counts" }),
    "max-iterations": integer(1, 1_000_000, { default: 300, help: "of one start" }),
    tolerance: {
      kind: "number",
      min: 0,
      max: 1e9,
      default: 1e-4,
      help: "stop when the centres move less, in units of the mean variance",
    },
    init: {
      kind: "choice",
      choices: ["k-means++", "random"],
      default: "k-means++",
      help: "where a run starts",
    },
    ...WEIGHTS,
    ...METRIC,
    ...SEED,
  },
  async run(task, values) {
    const { device, points, weights, signal, bar, warn } = task;
    const { starts, tolerance, seed, "max-iterations": maxIterations } = values;
    const clusters = clustersOf(values.clusters, task);
    const found = await kmeans(device, points, {
      ...{ clusters, starts, seed, maxIterations, tolerance, weights, signal },
      init: values.init as "random",
      metric: values.metric as "cosine",
      onIteration: ({ start, iteration, changed }) =>
        bar.update(
          start / starts,
          `start ${start + 1}/${starts}  iteration ${iteration}  ${changed} rows moved`,
        ),
    });
    const { labels, distances, centres, inertia, iterations, stopReason, warning } = found;
    if (warning !== undefined) warn(warning);
    return {
      labels: Int32Array.from(labels),
      distance: distances,
      confidence: await confidenceOf(task, found),
      figures: { inertia, iterations },
      details: { stopReason },
      files: { "centres.npy": encodeNpy(centres, [clusters, points.shape[1]]) },
    };
  },
});
