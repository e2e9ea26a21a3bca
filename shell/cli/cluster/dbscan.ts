import { dbscan, dbscanWarning } from "../../cluster/dbscan.ts";
import { UsageError } from "../../errors.ts";
import { integer } from "../common_options.ts";
import { algorithm } from "./algorithm.ts";
import { METRIC } from "./distance.ts";

/** DBSCAN. */
export const dbscanAlgorithm = algorithm({
  about: "dense groups of any shape, the rest is noise: DBSCAN",
  options: {
    eps: {
      kind: "number",
      min: 1e-15,
      max: 1e15,
      help: "rows at this distance or nearer are neighbours",
      otherwise: "must be given",
    },
    "min-points": integer(1, 2 ** 31, {
      default: 5,
      help: "neighbours of a core point, itself among them",
    }),
    ...METRIC,
  },
  async run({ device, points, signal, bar, warn }, values) {
    const { eps, "min-points": minPoints } = values;
    if (eps === undefined) {
      throw new UsageError("--eps is missing: say at what distance rows are neighbours");
    }
    const found = await dbscan(device, points, {
      ...{ eps, minPoints, signal },
      metric: values.metric as "cosine",
      onProgress: (stage, done, total) => bar.update(done / total, stage),
    });
    const { labels, core } = found;
    const warning = dbscanWarning(found);
    if (warning !== undefined) warn(warning);
    const cores = core.reduce((count, is) => count + is, 0);
    return { labels, core, figures: { eps, "core points": cores } };
  },
});
