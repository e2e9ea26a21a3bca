import { gaussianMixture } from "../../cluster/mixture.ts";
import { encodeNpy } from "../../data/index.ts";
import { integer, SEED } from "../common_options.ts";
import { algorithm } from "./algorithm.ts";
import { CLUSTERS, clustersOf } from "./count.ts";

/** Gaussian mixture. */
export const mixtureAlgorithm = algorithm({
  about: "soft groups of any width and direction: a mixture of Gaussians",
  options: {
    ...CLUSTERS,
    covariance: {
      kind: "choice",
      choices: ["full", "diagonal"],
      default: "full",
      help: "a matrix for each group, or variances alone",
    },
    starts: integer(1, 1000, { default: 1, help: "runs, the most likely counts" }),
    "max-iterations": integer(1, 1_000_000, { default: 100, help: "of one start" }),
    tolerance: {
      kind: "number",
      min: 0,
      max: 1e9,
      default: 1e-3,
      help: "stop when the mean log-likelihood changes less",
    },
    regularisation: {
      kind: "number",
      min: 0,
      max: 1e9,
      default: 1e-6,
      help: "added to each variance",
    },
    ...SEED,
  },
  async run(task, values) {
    const { device, points, signal, bar, warn } = task;
    const { starts, tolerance, seed, "max-iterations": maxIterations } = values;
    const components = clustersOf(values.clusters, task);
    const found = await gaussianMixture(device, points, {
      ...{ components, starts, tolerance, maxIterations, seed, signal },
      covariance: values.covariance as "full" | "diagonal",
      regCovar: values.regularisation,
      onIteration: ({ start, iteration, score }) =>
        bar.update(
          start / starts,
          `start ${start + 1}/${starts}  iteration ${iteration}  likelihood ${score.toFixed(4)}`,
        ),
    });
    const { labels, probabilities, history, iterations, converged, bic, aic } = found;
    if (!converged) {
      warn(
        `not converged after ${maxIterations} iterations: raise --max-iterations or --tolerance`,
      );
    }
    const some = new Set(labels).size;
    if (some < components) {
      warn(
        `only ${some} of ${components} components are the most probable of some row: ask for ` +
          "fewer clusters",
      );
    }
    const all = { "probabilities.npy": encodeNpy(probabilities, [labels.length, components]) };
    return {
      labels: Int32Array.from(labels),
      probability: Float32Array.from(labels, (c, i) => probabilities[i * components + c]),
      figures: { "log-likelihood": history[history.length - 1], bic, aic, iterations },
      details: { weights: [...found.weights] },
      files: { ...all, "means.npy": encodeNpy(found.means, [components, points.shape[1]]) },
    };
  },
});
