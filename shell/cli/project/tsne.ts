import { DataError, UsageError } from "../../errors.ts";
import { tsne } from "../../project/tsne.ts";
import { integer, SEED } from "../common_options.ts";
import { projectMethod } from "./method.ts";

/** t-SNE. */
export const tsneMethod = projectMethod({
  about: "a map on which neighbours stay near each other: t-SNE",
  options: {
    perplexity: {
      kind: "number",
      min: 1,
      max: 85,
      default: 30,
      help: "effective number of neighbours, below a third of the rows",
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
  async run({ device, points, dimensions: dims, given, signal, bar }, values) {
    const [n] = points.shape;
    const { perplexity, iterations, exaggeration, init, theta, seed } = values;
    if (dims !== 2 && dims !== 3) {
      throw new UsageError(`--dimensions must be 2 or 3 for tsne, got ${dims}`);
    }
    if (values.repulsion === "exact" && given("theta")) {
      throw new UsageError("--theta has no effect with --repulsion exact: leave it out");
    }
    requirePerplexity(perplexity, n);
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
      figures: { "KL divergence": kl, iterations },
      details: { history },
    };
  },
});

/** @throws UsageError if it asks for more rows @throws DataError if there are too few for any */
function requirePerplexity(perplexity: number, n: number): void {
  const most = (n - 1) / 3;
  if (perplexity < most) return;
  if (most <= 1) throw new DataError(`tsne needs at least 5 rows, got ${n}: take pca`);
  throw new UsageError(
    `--perplexity must be below a third of the other rows, ${+most.toFixed(
      2,
    )} for ${n} rows, got ` +
      `${perplexity}`,
  );
}
