import { clusterTerms, type Term, type TermOptions } from "./cluster_terms.ts";
import { harmless } from "./harmless.ts";
import { countTexts, eachText, type Texts } from "./walk.ts";

/** A text that stands for a cluster. */
export interface Example {
  /** Its place among the texts. */
  readonly row: number;
  /** Cut where it is long, control characters made harmless. */
  readonly text: string;
}

/** What a cluster of texts is about. */
export interface ClusterOfTexts {
  /** Number of the cluster. */
  readonly cluster: number;
  /** Number of texts. */
  readonly size: number;
  /** Words that describe it, best first; see {@link clusterTerms}. */
  readonly terms: readonly Term[];
  /** The texts nearest to its centre, nearest first, none twice. */
  readonly examples: readonly Example[];
}

/** What {@link explainClusters} may be told. */
export interface ExplainOptions extends TermOptions {
  /** Texts of each cluster (default 3). */
  readonly examples?: number;
  /** Characters of a text (default 200). */
  readonly length?: number;
}

/** Nearest texts that are looked at for examples where texts are not in memory: some may be alike. */
const NEAREST = 100;

/**
 * Says what clusters of texts are about: the words that set each apart, and its most central texts.
 *
 * @param labels the cluster of each text, from 0 on; another number is noise and left out
 * @param distances of each text to the centre of its cluster
 * @param clusters how many clusters there are
 * @throws RangeError if there are not as many labels or distances as texts
 * @throws Cancelled if the signal is aborted
 */
export async function explainClusters(
  texts: Texts,
  labels: ArrayLike<number>,
  distances: ArrayLike<number>,
  clusters: number,
  options: ExplainOptions = {},
): Promise<ClusterOfTexts[]> {
  const n = countTexts(texts);
  if (distances.length !== n) {
    throw new RangeError(
      `explainClusters: each of the ${n} texts must have a distance, got ${distances.length}`,
    );
  }
  const terms = await clusterTerms(texts, labels, clusters, options);
  const members: number[][] = Array.from({ length: clusters }, () => []);
  for (let row = 0; row < n; row++) members[labels[row]]?.push(row);
  const near = members.map((rows) =>
    rows.sort((a, b) => distances[a] - distances[b] || a - b).slice(
      0,
      "starts" in texts ? NEAREST : rows.length,
    )
  );
  const shown = await shownTexts(texts, near, options);
  return members.map((rows, cluster) => ({
    cluster,
    size: rows.length,
    terms: terms[cluster].map(({ term, score }) => ({ term: harmless(term), score })),
    examples: central(near[cluster], shown, options),
  }));
}

/** How examples show a text, which is one of `rows`. */
async function shownTexts(
  texts: Texts,
  rows: readonly (readonly number[])[],
  { length = 200, signal }: ExplainOptions,
): Promise<(row: number) => string> {
  if (!("starts" in texts)) return (row) => harmless(texts[row], length);
  const shown = new Map(rows.flat().map((row) => [row, ""]));
  await eachText(texts, { signal }, "explainClusters", (text, row) => {
    if (shown.has(row)) shown.set(row, harmless(text, length));
  });
  return (row) => shown.get(row)!;
}

function central(
  rows: readonly number[],
  shown: (row: number) => string,
  { examples = 3 }: ExplainOptions,
): Example[] {
  const seen = new Set<string>(), found: Example[] = [];
  for (const row of rows) {
    if (found.length === examples) break;
    const text = shown(row);
    if (text === "" || seen.has(text)) continue;
    seen.add(text);
    found.push({ row, text });
  }
  return found;
}
