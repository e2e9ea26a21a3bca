/** What clusters of texts are about: for people, and as a file. */

import type { Dataset } from "../../data/index.ts";
import { type ClusterOfTexts, explainClusters } from "../../text/explain.ts";
import { harmless } from "../../text/harmless.ts";
import { print } from "../report.ts";

/** The file in the folder of a run. */
export const CLUSTERS_FILE = "clusters.json";

/** Clusters that are shown, words and characters of each. */
const SHOWN = 20;
const WORDS = 6;
const LENGTH = 72;

/**
 * Explains the clusters of a data set of texts, and prints the largest.
 *
 * @param labels the cluster of each row @param distances of each row to its centre
 * @returns the content of the file, or undefined if the data set has no texts
 * @throws Cancelled if the signal is aborted
 */
export async function describeClusters(
  { texts: all, textShards, ids, columns }: Dataset,
  { labels, distances, clusters }: {
    readonly labels: ArrayLike<number>;
    readonly distances: ArrayLike<number>;
    readonly clusters: number;
  },
  signal?: AbortSignal,
): Promise<string | undefined> {
  const texts = textShards ?? all;
  if (!texts) return undefined;
  const found = await explainClusters(texts, labels, distances, clusters, { signal });
  const largest = [...found].sort((a, b) => b.size - a.size || a.cluster - b.cluster);
  print(`${largest.slice(0, SHOWN).map(shown).join("\n")}${rest(largest.length)}\n`);
  const written = found.map((one) => ({
    ...one,
    examples: one.examples.map(({ row, text }) => ({ id: ids[row], text })),
  }));
  return `${JSON.stringify({ columns, clusters: written }, null, 2)}\n`;
}

function shown({ cluster, size, terms, examples }: ClusterOfTexts): string {
  const words = terms.slice(0, WORDS).map(({ term }) => harmless(term, 30)).join(", ");
  const [example] = examples;
  return `cluster ${cluster}: ${size.toLocaleString("en")} texts; ${
    words || "no words of its own"
  }` +
    (example ? `\n    ${harmless(example.text, LENGTH)}` : "");
}

const rest = (count: number) =>
  count > SHOWN ? `\n... and ${count - SHOWN} smaller clusters, all in ${CLUSTERS_FILE}` : "";
