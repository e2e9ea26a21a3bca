/** Texts as weighted words. */

import { DataError } from "../errors.ts";
import type { Sparse } from "./sparse.ts";
import { tokenise } from "./tokenise.ts";
import { eachText, type TextHooks } from "./walk.ts";

/** Which words count. */
export interface VocabularyOptions {
  /** A word must stand in this many texts (default 2). */
  readonly minDocuments?: number;
  /**
   * A word must stand in at most this share of the texts, above 0 and up to 1. By default 0.05, or
   * the share of 30 texts if that is larger: words as frequent as that tell topics apart in no
   * language, and no list of stop words is needed. It is doubled until as many words count as there
   * are texts, each in each text once: texts of few words have no rare ones.
   */
  readonly maxShare?: number;
  /** At most this many words, those with the most occurrences (default 20,000). */
  readonly maxTerms?: number;
}

/** A fitted vocabulary and its weights: plain data. */
export interface Tfidf {
  /** The words in ascending order. */
  readonly terms: readonly string[];
  /** `ln((1 + n) / (1 + df)) + 1` of each word. */
  readonly idf: Float64Array;
}

const MAX_TERMS = 20_000;
/** Of the words that count by default: share of the texts, and texts that are never too many. */
const COMMON_SHARE = 0.05;
const NEVER_COMMON = 30;

/**
 * Learns the vocabulary of some texts.
 *
 * @throws RangeError if an option is out of range
 * @throws DataError if no word is left
 * @throws Cancelled if the signal is aborted
 * @see Sparck Jones (1972), A statistical interpretation of term specificity
 */
export async function fitTfidf(
  texts: readonly string[],
  options: VocabularyOptions & TextHooks = {},
): Promise<Tfidf> {
  const { minDocuments, maxShare, maxTerms } = check(options);
  const documents = new Map<string, number>(), occurrences = new Map<string, number>();
  await eachText(texts, options, "tfidf", (text) => {
    for (const [word, count] of counted(tokenise(text))) {
      documents.set(word, (documents.get(word) ?? 0) + 1);
      occurrences.set(word, (occurrences.get(word) ?? 0) + count);
    }
  });
  const kept = wordsThatCount(documents, texts.length, minDocuments, maxShare);
  if (kept.length === 0) {
    throw new DataError(nothingLeft(documents.size, texts.length, minDocuments));
  }
  const frequent = kept.length <= maxTerms
    ? kept
    : [...kept].sort((a, b) => occurrences.get(b)! - occurrences.get(a)!).slice(0, maxTerms).sort();
  const n = texts.length;
  return {
    terms: frequent,
    idf: Float64Array.from(frequent, (word) => Math.log((1 + n) / (1 + documents.get(word)!)) + 1),
  };
}

/** Words in `least` or more texts and not in too many; without a share, the default one as widened. */
function wordsThatCount(
  documents: ReadonlyMap<string, number>,
  n: number,
  least: number,
  share?: number,
): string[] {
  for (let most = share ?? commonShare(n);; most = Math.min(1, 2 * most)) {
    const kept = [...documents].filter(([, count]) => count >= least && count <= most * n);
    const found = kept.reduce((sum, [, count]) => sum + count, 0);
    if (found >= n || share !== undefined || most >= 1) return kept.map(([word]) => word).sort();
  }
}

function nothingLeft(words: number, n: number, least: number): string {
  const texts = `${n} text${n === 1 ? "" : "s"}`;
  if (words === 0) {
    return `tfidf: there is no word in the ${texts}: is this the column with the texts?`;
  }
  return `tfidf: of the ${words} words of the ${texts} none stands in ${least} or more of them without ` +
    "being too common to tell them apart: give more texts, fewer documents for a word " +
    "(--min-documents), or a larger share of them (--max-share)";
}

/**
 * Weights of texts: `(1 + ln tf) idf` for the words of the vocabulary, rows of length 1; a text
 * without any such word has an empty row.
 *
 * @returns [texts, terms]
 * @throws Cancelled if the signal is aborted
 * @see Manning, Raghavan, Schuetze (2008), Introduction to information retrieval, 6.4.1
 */
export async function tfidfRows(
  { terms, idf }: Tfidf,
  texts: readonly string[],
  hooks: TextHooks = {},
): Promise<Sparse> {
  const places = new Map(terms.map((word, column) => [word, column]));
  const start = new Uint32Array(texts.length + 1);
  let column = new Uint32Array(1024), value = new Float32Array(1024), end = 0;
  await eachText(texts, hooks, "tfidf", (text, row) => {
    const words = [...counted(tokenise(text))].flatMap(([word, count]) => {
      const place = places.get(word);
      return place === undefined ? [] : [{ place, weight: (1 + Math.log(count)) * idf[place] }];
    }).sort((a, b) => a.place - b.place);
    const length = Math.sqrt(words.reduce((sum, { weight }) => sum + weight * weight, 0));
    while (end + words.length > column.length) [column, value] = [doubled(column), doubled(value)];
    for (const { place, weight } of words) {
      column[end] = place;
      value[end++] = weight / length;
    }
    start[row + 1] = end;
  });
  return {
    rows: texts.length,
    columns: terms.length,
    start,
    column: column.slice(0, end),
    value: value.slice(0, end),
  };
}

/** How often each word occurs, in the order of first occurrence. */
export function counted(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** The share of n texts above which a word counts as common, unless told otherwise. */
export function commonShare(n: number): number {
  return Math.min(1, Math.max(COMMON_SHARE, NEVER_COMMON / n));
}

function doubled<T extends Uint32Array | Float32Array>(array: T): T {
  const out = new (array.constructor as new (n: number) => T)(2 * array.length);
  out.set(array);
  return out;
}

function check(options: VocabularyOptions) {
  const { minDocuments = 2, maxShare, maxTerms = MAX_TERMS } = options;
  for (const [name, value] of Object.entries({ minDocuments, maxTerms })) {
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new RangeError(`tfidf: ${name} must be an integer from 1 on, got ${value}`);
    }
  }
  if (maxShare !== undefined && !(maxShare > 0 && maxShare <= 1)) {
    throw new RangeError(`tfidf: maxShare must be above 0 and at most 1, got ${maxShare}`);
  }
  return { minDocuments, maxShare, maxTerms };
}
