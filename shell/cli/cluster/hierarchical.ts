import { linkage, type LinkageMethod } from "../../cluster/hierarchical.ts";
import { cutByCount, cutByHeight, linkageMatrix } from "../../cluster/merge_tree.ts";
import { encodeNpy } from "../../data/index.ts";
import { UsageError } from "../../errors.ts";
import { dendrogram, svgFile } from "../../report/index.ts";
import { METRIC } from "../common_options.ts";
import { algorithm } from "./algorithm.ts";
import { CLUSTERS, clustersOf } from "./count.ts";

/** Hierarchical clustering. */
export const hierarchicalAlgorithm = algorithm({
  about: "the tree of all merges of the two closest groups, cut somewhere",
  options: {
    ...CLUSTERS,
    height: {
      kind: "number",
      min: 0,
      max: 1e30,
      help: "cut the tree at this distance instead",
    },
    linkage: {
      kind: "choice",
      choices: ["ward", "single", "complete", "average"],
      default: "ward",
      help: "how far two groups are apart",
    },
    ...METRIC,
  },
  async run(task, values) {
    const { device, points, ids, given, signal, bar } = task;
    const { height } = values;
    if (height !== undefined && given("clusters")) {
      throw new UsageError("--clusters and --height both cut the tree: leave one out");
    }
    if (values.linkage === "ward" && values.metric === "cosine") {
      throw new UsageError("--linkage ward is for --metric euclidean: take --linkage average");
    }
    const clusters = height === undefined ? clustersOf(values.clusters, task) : undefined;
    const tree = await linkage(device, points, {
      method: values.linkage as LinkageMethod,
      metric: values.metric as "cosine",
      signal,
      onProgress: (done, total) => bar.update(done / total, `${done}/${total} merges`),
    });
    const labels = clusters === undefined ? cutByHeight(tree, height!) : cutByCount(tree, clusters);
    const yLabel = `distance, ${values.linkage} linkage`;
    const title = `${values.linkage} linkage of ${tree.points.toLocaleString("en")} rows`;
    return {
      labels: Int32Array.from(labels),
      figures: { "highest merge": tree.heights[tree.heights.length - 1] },
      files: {
        "linkage.npy": encodeNpy(linkageMatrix(tree), [tree.heights.length, 4]),
        "dendrogram.svg": svgFile(dendrogram({ tree, labels, ids, title, yLabel })),
      },
    };
  },
});
