import { encodeNpy } from "../../data/index.ts";
import { UsageError } from "../../errors.ts";
import { pca } from "../../project/pca.ts";
import { SEED } from "../common_options.ts";
import { projectMethod } from "./method.ts";

/** Principal components. */
export const pcaMethod = projectMethod({
  about: "directions of the largest variance: principal components",
  options: {
    whiten: { kind: "flag", help: "scores of variance 1" },
    solver: {
      kind: "choice",
      choices: ["covariance", "randomised"],
      help: "exact, or through random directions for wide rows",
      otherwise: "covariance up to 1,000 columns",
    },
    ...SEED,
  },
  async run({ device, points, dimensions, given, signal, bar }, { whiten, seed, ...values }) {
    const most = Math.min(...points.shape);
    if (dimensions > most) {
      throw new UsageError(
        `--dimensions must be at most the number of rows and of columns, ${most}, for pca, got ` +
          `${dimensions}`,
      );
    }
    if (values.solver === "covariance" && given("seed")) {
      throw new UsageError("--seed has no effect with --solver covariance: leave it out");
    }
    bar.update(0, "components");
    const solver = values.solver as "covariance" | "randomised" | undefined;
    const options = { components: dimensions, whiten, solver, seed, signal };
    const found = await pca(device, points, options);
    const coordinates = await found.transform(device, points, { signal });
    const shares = Array.from(found.explainedVarianceRatio);
    const explained = shares.reduce((sum, share) => sum + share, 0);
    return {
      coordinates,
      figures: { "explained variance": explained },
      details: { explainedVarianceRatio: shares },
      files: {
        "components.npy": encodeNpy(Float32Array.from(found.components), [
          dimensions,
          points.shape[1],
        ]),
      },
    };
  },
});
