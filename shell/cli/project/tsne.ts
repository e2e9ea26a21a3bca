import { DataError, UsageError } from "../../errors.ts";
import { largestPerplexity, tsne, usualPerplexity } from "../../project/tsne.ts";
import { integer, SEED } from "../common_options.ts";
import { projectMethod } from "./method.ts";

/** t-SNE. */
export const tsneMethod = projectMethod({
  about: "a map on which neighbours stay near each other: t-SNE",
  options: {
    perplexity: {
      kind: "number",
      min: 1,
      help: "effective number of neighbours, at most a third of the rows",
      otherwise: "30, or a third of few rows",
    },
    iterations: integer(1, 1_000_000, { default: 1000, help: "steps of the map" }),
    exaggeration: {
      kind: "number",
      min: 1,
      max: 1e6,
      default: 12,
      help: "factor of the attraction in the first steps",
    },
    "early-iterations": integer(0, 1_000_000, { default: 250, help: "number of those steps" }),
    rate: {
      kind: "number",
      min: 1e-6,
      max: 1e9,
      help: "learning rate",
      otherwise: "rows / exaggeration / 4, at least 50",
    },
    init: {
      kind: "choice",
      choices: ["pca", "random"],
      default: "pca",
      help: "where the rows start",
    },
    repulsion: {
      kind: "choice",
      choices: ["exact", "tree"],
      help: "of all pairs of rows, or by a tree",
      otherwise: "exact for few rows",
    },
    theta: {
      kind: "number",
      min: 0,
      max: 10,
      default: 0.5,
      help: "opening angle of the tree, smaller is more exact",
    },
    ...SEED,
  },
  async run({ device, points, dimensions: dims, given, signal, bar, warn }, values) {
    const [n] = points.shape;
    const { iterations, exaggeration, init, theta, seed } = values;
    if (dims !== 2 && dims !== 3) {
      throw new UsageError(`--dimensions must be 2 or 3 for tsne, got ${dims}`);
    }
    if (values.repulsion === "exact" && given("theta")) {
      throw new UsageError("--theta has no effect with --repulsion exact: leave it out");
    }
    const perplexity = perplexityOf(values.perplexity, n, warn);
    bar.update(0, "nearest neighbours");
    let divergence = "";
    const { positions, kl, history } = await tsne(device, points, {
      ...{ dimensions: dims, perplexity, iterations, exaggeration, theta, seed, signal },
      exaggerationIterations: values["early-iterations"],
      learningRate: values.rate,
      init: init as "pca" | "random",
      repulsion: values.repulsion as "exact" | "tree" | undefined,
      progressEvery: 5,
      onProgress({ iteration, kl }) {
        if (kl !== undefined) divergence = `  KL ${kl.toFixed(4)}`;
        bar.update(iteration / iterations, `iteration ${iteration}/${iterations}${divergence}`);
      },
    });
    return {
      coordinates: positions,
      figures: { "KL divergence": kl, iterations, perplexity },
      details: { history },
    };
  },
});

/**
 * The perplexity that was asked for, or the usual one.
 * @throws UsageError if it is too large @throws DataError if there are too few rows for any
 */
function perplexityOf(asked: number | undefined, n: number, warn: (text: string) => void): number {
  if (n < 5) throw new DataError(`tsne needs at least 5 rows, got ${n}: take pca`);
  if (asked === undefined) {
    const usual = usualPerplexity(n);
    if (usual < 30) {
      warn(`--perplexity is ${usual}, a third of the other ${n - 1} rows, instead of 30`);
    }
    return usual;
  }
  const most = largestPerplexity(n - 1);
  if (asked <= most) return asked;
  throw new UsageError(`--perplexity must be from 1 to ${most} for ${n} rows, got ${asked}`);
}
