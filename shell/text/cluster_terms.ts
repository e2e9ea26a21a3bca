import { commonShare, counted } from "./tfidf.ts";
import { tokenise } from "./tokenise.ts";
import { countTexts, eachText, type TextHooks, type Texts } from "./walk.ts";

/** A word and how well it describes a cluster; comparable within the cluster. */
export interface Term {
  /** The word. */
  readonly term: string;
  /** Its weight in the cluster; comparable within one cluster. */
  readonly score: number;
}

/** What {@link clusterTerms} may be told. */
export interface TermOptions extends TextHooks {
  /** Words of each cluster (default 10). */
  readonly terms?: number;
  /** A word must stand in this many texts (default 2). */
  readonly minDocuments?: number;
  /**
   * A word's share of the cluster's words must be this many times its share of all words (default
   * 1.5), and a word that is common in all texts must have most of its occurrences in the cluster:
   * what is as frequent everywhere, such as articles, describes none. 0 lets every word count.
   */
  readonly minLift?: number;
  /**
   * Words that are counted at a time (default 1,000,000): of more those that stood in the fewest texts
   * so far are forgotten, until they come again.
   */
  readonly maxWords?: number;
}

/**
 * Words that describe clusters of texts, best first: class-based TF-IDF
 * `tf_tc ln(1 + a / f_t)`, where `tf_tc` is the word's share of the words in cluster c, `f_t` its
 * number in all clusters and `a` the mean number of words of a cluster.
 *
 * @param labels the cluster of each text, from 0 on; another number is noise and left out
 * @param clusters how many clusters there are
 * @returns a list for each cluster; empty for one without texts or words
 * @throws RangeError if there are not as many labels as texts
 * @throws Cancelled if the signal is aborted
 * @see Grootendorst (2022), BERTopic: neural topic modeling with a class-based TF-IDF procedure
 */
export async function clusterTerms(
  texts: Texts,
  labels: ArrayLike<number>,
  clusters: number,
  options: TermOptions = {},
): Promise<Term[][]> {
  const { terms: most = 10, minDocuments = 2, minLift = 1.5, maxWords = 1_000_000 } = options;
  const n = countTexts(texts);
  if (labels.length !== n) {
    throw new RangeError(
      `clusterTerms: each of the ${n} texts must have a label, got ${labels.length}`,
    );
  }
  const within = Array.from({ length: clusters }, () => new Map<string, number>());
  const sizes = new Float64Array(clusters);
  const overall = new Map<string, number>(), documents = new Map<string, number>();
  const add = (map: Map<string, number>, word: string, count: number) =>
    map.set(word, (map.get(word) ?? 0) + count);
  const forget = () => {
    for (let rare = 1; documents.size > maxWords / 2; rare++) {
      for (const [word, count] of documents) {
        if (count > rare) continue;
        for (const map of [documents, overall, ...within]) map.delete(word);
      }
    }
  };
  await eachText(texts, options, "clusterTerms", (text, row) => {
    const cluster = labels[row];
    if (!(cluster >= 0 && cluster < clusters)) return;
    for (const [word, count] of counted(tokenise(text))) {
      add(within[cluster], word, count);
      add(overall, word, count);
      add(documents, word, 1);
      sizes[cluster] += count;
    }
    if (documents.size > maxWords) forget();
  });
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return within.map((counts, c) =>
    [...counts].flatMap(([term, count]) => {
      const share = count / sizes[c], all = overall.get(term)!;
      const common = documents.get(term)! > commonShare(n) * n;
      const telling = share >= minLift * all / total && (!common || count > all / 2);
      if (documents.get(term)! < minDocuments || (minLift > 0 && !telling)) return [];
      return [{ term, score: share * Math.log(1 + total / clusters / all) }];
    }).sort((a, b) => b.score - a.score || (a.term < b.term ? -1 : 1)).slice(0, most)
  );
}
