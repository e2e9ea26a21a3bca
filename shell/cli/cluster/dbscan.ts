import { dbscan, type DbscanMetric, dbscanWarning } from "../../cluster/dbscan.ts";
import { type EpsSuggestion, suggestEps } from "../../cluster/suggest_eps.ts";
import { encodeNpy } from "../../data/index.ts";
import { DataError, UsageError } from "../../errors.ts";
import { kDistance, svgFile } from "../../report/index.ts";
import { integer, METRIC } from "../common_options.ts";
import { algorithm, type Task } from "./algorithm.ts";

/** DBSCAN. */
export const dbscanAlgorithm = algorithm({
  about: "dense groups of any shape, the rest is noise: DBSCAN",
  options: {
    eps: {
      kind: "number",
      min: 1e-15,
      max: 1e15,
      help: "rows at this distance or nearer are neighbours",
      otherwise: "the knee of the distances to the nearest rows",
    },
    "min-points": integer(1, 2 ** 31, {
      default: 5,
      help: "neighbours of a core point, itself among them",
    }),
    ...METRIC,
  },
  async run(task, values) {
    const { device, points, signal, bar, warn } = task;
    const { "min-points": minPoints } = values;
    const metric = values.metric as DbscanMetric;
    const suggested = values.eps === undefined
      ? await suggestion(task, { minPoints, metric })
      : undefined;
    const eps = values.eps ?? suggested!.eps;
    const found = await dbscan(device, points, {
      ...{ eps, minPoints, metric, signal },
      onProgress: (stage, done, total) => bar.update(done / total, stage),
    });
    const { labels, core } = found;
    const warning = dbscanWarning(found);
    if (warning !== undefined) warn(warning.replaceAll("minPoints", "--min-points"));
    const cores = core.reduce((count, is) => count + is, 0);
    const files = suggested && {
      "k_distances.npy": encodeNpy(suggested.distances, [suggested.distances.length]),
      "k_distances.svg": svgFile(kDistance({ ...suggested, minPoints })),
    };
    return { labels, core, figures: { eps, "core points": cores }, files };
  },
});

/** Neighbours that can be looked for, and the row itself. */
const MOST = 257;

/** An eps from the k-distance curve, which is kept to look at. */
async function suggestion(
  { device, points, signal, bar, warn }: Task,
  options: { readonly minPoints: number; readonly metric: DbscanMetric },
): Promise<EpsSuggestion> {
  const [n] = points.shape, { minPoints } = options;
  if (minPoints < 2 || minPoints > Math.min(n, MOST)) {
    throw new UsageError(
      `--eps is missing: it can be suggested for --min-points from 2 to ${MOST} and at most the ` +
        `number of rows, ${n}, got ${minPoints}`,
    );
  }
  const found = await suggestEps(device, points, {
    ...options,
    signal,
    onProgress: (done, total) => bar.update(done / total, "distances to the nearest rows"),
  }).catch((error) => {
    if (!(error instanceof RangeError && /distances of 0 for all/.test(error.message))) throw error;
    throw new DataError(
      `--eps is missing, and none can be suggested: every row has ${minPoints - 1} others at the ` +
        "same place, so give --eps, a larger --min-points, or fewer repeated rows",
    );
  });
  warn(
    `--eps ${found.eps.toPrecision(6)} is the knee of the sorted distances to the nearest rows ` +
      "(k_distances.svg): a starting point, so look at the curve",
  );
  return found;
}
