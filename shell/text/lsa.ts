/** Latent semantic analysis: texts as short vectors, without any model from outside. */

import type { Device } from "../device/device.ts";
import { DataError } from "../errors.ts";
import { fitTfidf, type Tfidf, tfidfRows, type VocabularyOptions } from "./tfidf.ts";
import { SparseProducts } from "./sparse_products.ts";
import { truncatedSvd } from "./svd.ts";
import type { TextHooks } from "./walk.ts";

/** What {@link fitLsa} may be told. */
export interface LsaOptions extends VocabularyOptions, TextHooks {
  /** Numbers of a text (default 32); never more than there are texts or words. */
  readonly components?: number;
  /** Of the random directions of the decomposition (default 0). */
  readonly seed?: number;
}

/** A fitted encoder: plain data, see {@link lsaToJson}. */
export interface Lsa extends Tfidf {
  /** Right singular vectors, [dim, terms] row-major, by descending singular value. */
  readonly components: Float32Array;
  /** Numbers that a text becomes. */
  readonly dim: number;
}

/** Texts as vectors. */
export interface LsaFit {
  /** What was fitted. */
  readonly lsa: Lsa;
  /** Rows of length 1, [texts, dim]; zeros for a text without a word of the vocabulary. */
  readonly embedding: Float32Array;
  /** Number of such texts. */
  readonly empty: number;
}

/** Of glosses of WordNet, 24 to 50 numbers keep most of what tells their subjects apart. */
const COMPONENTS = 32;

/**
 * Learns to encode texts, and encodes them: TF-IDF ({@link fitTfidf}), then the scores on the
 * largest singular vectors ({@link truncatedSvd}), then rows of length 1.
 *
 * @throws RangeError if an option is out of range
 * @throws DataError if no word is left
 * @throws Cancelled if the signal is aborted
 * @see Deerwester et al. (1990), Indexing by latent semantic analysis
 */
export async function fitLsa(
  device: Device,
  texts: readonly string[],
  options: LsaOptions = {},
): Promise<LsaFit> {
  const { components = COMPONENTS, seed, signal } = options;
  if (!(Number.isInteger(components) && components >= 1)) {
    throw new RangeError(`lsa: components must be an integer from 1 on, got ${components}`);
  }
  const tfidf = await fitTfidf(texts, options);
  const s = await tfidfRows(tfidf, texts, { signal });
  const dim = Math.min(components, s.rows, s.columns);
  const svd = await truncatedSvd(device, s, { components: dim, seed, signal });
  const lsa = { ...tfidf, components: Float32Array.from(svd.components), dim };
  return { lsa, ...await scored(device, lsa, s, signal) };
}

/**
 * Encodes texts as a fit did its own: the same text has the same bits.
 *
 * @returns rows of length 1, [texts, dim]; zeros for a text without a word of the vocabulary
 * @throws Cancelled if the signal is aborted
 */
export async function embedLsa(
  device: Device,
  lsa: Lsa,
  texts: readonly string[],
  hooks: TextHooks = {},
): Promise<Float32Array> {
  const s = await tfidfRows(lsa, texts, hooks);
  return (await scored(device, lsa, s, hooks.signal)).embedding;
}

async function scored(
  device: Device,
  { components, dim }: Lsa,
  s: Awaited<ReturnType<typeof tfidfRows>>,
  signal?: AbortSignal,
) {
  const embedding = await new SparseProducts(device, s, signal).scores(components, dim);
  let empty = 0;
  for (let i = 0; i < s.rows; i++) {
    const row = embedding.subarray(i * dim, (i + 1) * dim);
    const length = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0));
    if (length > 0) { for (let t = 0; t < dim; t++) row[t] /= length; }
    if (s.start[i] === s.start[i + 1]) empty++;
  }
  return { embedding, empty };
}

/** A fitted encoder as JSON holds it: numbers are the base64 of their little-endian bytes. */
export interface LsaJson {
  /** The words, in order. */
  readonly terms: readonly string[];
  /** float64, [terms] */
  readonly idf: string;
  /** float32, [dim, terms] */
  readonly components: string;
  /** Numbers that a text becomes. */
  readonly dim: number;
}

/** The encoder as plain JSON, every bit kept. */
export function lsaToJson({ terms, idf, components, dim }: Lsa): LsaJson {
  return { terms: [...terms], idf: toBase64(idf), components: toBase64(components), dim };
}

/** The encoder again. @throws DataError if the value is not what {@link lsaToJson} gives */
export function lsaFromJson(value: unknown): Lsa {
  const { terms, idf, components, dim } = (value ?? {}) as Partial<LsaJson>;
  if (
    Array.isArray(terms) && terms.length > 0 && terms.every((term) => typeof term === "string") &&
    Number.isInteger(dim) && dim! > 0
  ) {
    const n = terms.length;
    const weights = fromBase64(idf, 8 * n), vectors = fromBase64(components, 4 * n * dim!);
    const lsa = weights && vectors && {
      terms,
      idf: new Float64Array(weights),
      components: new Float32Array(vectors),
      dim: dim!,
    };
    if (lsa && lsa.idf.every(Number.isFinite) && lsa.components.every(Number.isFinite)) return lsa;
  }
  throw new DataError(
    "the encoder of the texts that is saved with the model is damaged: train again",
  );
}

function toBase64({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  let text = "";
  // As many arguments at once as every engine takes.
  for (let at = 0; at < byteLength; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(text);
}

/** The bytes, or undefined if there are not that many. */
function fromBase64(text: unknown, length: number): ArrayBuffer | undefined {
  if (typeof text !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4) return;
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return bytes.length === length ? bytes.buffer : undefined;
}
