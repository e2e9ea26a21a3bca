/** How texts became numbers: plain JSON, kept with a model. */

import { DataError } from "../../errors.ts";
import type { SentenceSettings } from "./sentences.ts";

/** A sentence encoder: see {@link encodeSentences}. */
export interface SentenceEncoder extends SentenceSettings {
  /** Tells the encoders apart. */
  readonly kind: "sentences";
}

/** TF-IDF with truncated SVD, as the library's `lsaToJson` writes it. */
export interface TfidfEncoder {
  /** Tells the encoders apart. */
  readonly kind: "tfidf";
  /** The words, in the order of `idf`. */
  readonly terms: readonly string[];
  /** Weight of each word, float32 in base64. */
  readonly idf: string;
  /** Singular vectors, [dim, terms] float32 in base64. */
  readonly components: string;
  /** Numbers that a text becomes. */
  readonly dim: number;
}

/** All that new texts need to become the same numbers. */
export interface TextPreprocessing {
  /** Tells the kinds of preprocessing apart. */
  readonly kind: "text";
  /** Columns whose texts are joined, in order. */
  readonly columns: readonly string[];
  /** The column that names the rows. */
  readonly id?: string;
  /** Numbers of a text. */
  readonly dim: number;
  /** What the encoder's numbers are multiplied by. */
  readonly factor: number;
  /** What makes numbers of the texts. */
  readonly encoder: SentenceEncoder | TfidfEncoder;
}

/**
 * What a model file says of texts, checked but for the weights of TF-IDF.
 * @throws DataError if it is damaged
 */
export function checkTextPreprocessing(value: unknown): TextPreprocessing {
  const { kind, columns, id, dim, factor, encoder } = (value ?? {}) as Partial<TextPreprocessing>;
  const good = kind === "text" && Array.isArray(columns) && columns.length > 0 &&
    columns.every((name) => typeof name === "string") && Number.isSafeInteger(dim) && dim! > 0 &&
    (id === undefined || typeof id === "string") && Number.isFinite(factor) && isEncoder(encoder);
  if (good) return value as TextPreprocessing;
  throw new DataError("what the model says of its texts is damaged: train again");
}

function isEncoder(encoder: unknown): boolean {
  if (typeof encoder !== "object" || encoder === null) return false;
  const { kind, ...rest } = encoder as Record<string, unknown>;
  if (kind === "tfidf") return Array.isArray(rest.terms) && Number.isSafeInteger(rest.dim);
  return kind === "sentences" && typeof rest.normalise === "boolean" &&
    ["mean", "cls"].includes(rest.pooling as string) &&
    ["model", "revision", "dtype"].every((name) => typeof rest[name] === "string");
}
