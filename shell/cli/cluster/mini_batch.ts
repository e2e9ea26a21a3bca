import { miniBatchKmeans } from "../../cluster/mini_batch.ts";
import { encodeNpy } from "../../data/index.ts";
import { UsageError } from "../../errors.ts";
import { upload } from "../../methods/rows.ts";
import { integer, METRIC, SEED } from "../common_options.ts";
import { algorithm, type Task } from "./algorithm.ts";
import { confidenceOf } from "./confidence.ts";
import { CLUSTERS, clustersOf } from "./count.ts";
import { WEIGHTS } from "./weights.ts";

/** Bytes of rows on the device, at most; what is more is sent to it in pieces, as it is needed. */
const RESIDENT = 1 << 24;

/** K-Means by mini-batches. */
export const miniBatchAlgorithm = algorithm({
  about: "K-Means by small batches of rows, for very many rows: faster, a little less exact",
  options: {
    ...CLUSTERS,
    batch: integer(1, 2 ** 24, { default: 1024, help: "rows of a step" }),
    epochs: integer(1, 1_000_000, { default: 100, help: "passes over as many rows, at most" }),
    patience: integer(0, 1_000_000, {
      default: 10,
      help: "stop after N steps without a better inertia, 0 for never",
    }),
    starts: integer(1, 1000, { default: 3, help: "samples to start from, the best counts" }),
    ...WEIGHTS,
    ...METRIC,
    ...SEED,
  },
  async run(task, values) {
    const { device, rows, width, weights, signal, bar, warn } = task;
    const { epochs, patience, starts, seed } = values;
    const clusters = clustersOf(values.clusters, task);
    const batch = batchOf(values.batch, clusters, task);
    // Three batches make the sample to start from.
    const limit = Math.max(RESIDENT, 4 * width * 3 * batch);
    const source = upload(device, rows, width, { limit });
    try {
      const found = await miniBatchKmeans(device, source, {
        ...{ clusters, batch, epochs, patience, starts, weights, seed, signal },
        metric: values.metric as "cosine",
        onStep: ({ step, steps, inertia }) =>
          bar.update(
            step / steps,
            `step ${step}/${steps}  inertia ${inertia.toPrecision(6)} a row`,
          ),
      });
      const { labels, distances, centres, inertia, steps, stopReason } = found;
      if (found.found < clusters) {
        warn(
          `only ${found.found} of ${clusters} centres are the nearest of some row: ask for fewer ` +
            "clusters, or take --algorithm kmeans",
        );
      }
      return {
        labels: Int32Array.from(labels),
        distance: distances,
        confidence: await confidenceOf(task, found),
        figures: { inertia, steps },
        details: { stopReason },
        files: { "centres.npy": encodeNpy(centres, [clusters, width]) },
      };
    } finally {
      source.free();
    }
  },
});

/** @throws UsageError if the default would not do, either */
function batchOf(asked: number, clusters: number, { rows, width, given }: Task): number {
  const n = rows.length / width;
  if (given("batch") && asked > n) {
    throw new UsageError(`--batch must be at most the number of rows, ${n}, got ${asked}`);
  }
  return Math.min(n, given("batch") ? asked : Math.max(asked, clusters));
}
