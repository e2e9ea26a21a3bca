/** Options on texts. */

import type { Dataset } from "../../data/index.ts";
import { UsageError } from "../../errors.ts";
import { integer } from "../common_options.ts";
import type { Options, ValuesOf } from "../options.ts";

/** The name of the encoder that needs nothing from outside. */
export const TFIDF = "tfidf";

/** Of TF-IDF alone. */
const TFIDF_OPTIONS = {
  "text-size": integer(1, 4096, { help: "numbers that TF-IDF makes of a text", otherwise: "32" }),
  vocabulary: integer(1, 10_000_000, {
    help: "most frequent words that TF-IDF uses, at most",
    otherwise: "20000",
  }),
  "min-documents": integer(1, 1_000_000_000, {
    help: "texts that a word must stand in",
    otherwise: "2",
  }),
  "max-share": {
    kind: "number",
    min: 1e-6,
    max: 1,
    help: "share of the texts above which a word is too common to tell them apart",
    otherwise: "0.05, more for few texts",
  },
} as const satisfies Options;

/** Of sentence encoders alone. */
const SENTENCE_OPTIONS = {
  "encoder-revision": {
    kind: "text",
    value: "NAME",
    help: "branch, tag or commit of the encoder's model",
    otherwise: "main",
  },
  pooling: {
    kind: "choice",
    choices: ["mean", "cls"],
    help: "of a text's tokens: their mean, or the first one",
    otherwise: "mean",
  },
  "keep-length": { kind: "flag", help: "leave the length of sentence embeddings, which is made 1" },
  "encoder-batch": integer(1, 65_536, {
    help: "texts that go through the encoder together",
    otherwise: "32",
  }),
  "encoder-dtype": {
    kind: "choice",
    choices: ["fp32", "fp16", "q8", "int8", "uint8", "q4", "q4f16", "bnb4"],
    help: "precision of the encoder's weights",
    otherwise: "fp32",
  },
  "encoder-device": {
    kind: "text",
    value: "NAME",
    help: "where the encoder runs: cpu, cuda, dml, webgpu, ...",
    otherwise: "its own choice",
  },
} as const satisfies Options;

/** How texts become numbers. */
export const TEXTS = {
  encoder: {
    kind: "text",
    value: "tfidf|MODEL",
    help:
      "of texts: TF-IDF with truncated SVD, or a sentence encoder by its name on the Hub or folder",
    otherwise: "a sentence encoder if @huggingface/transformers is installed, else tfidf",
  },
  ...TFIDF_OPTIONS,
  ...SENTENCE_OPTIONS,
} as const satisfies Options;

/** Values of these options. */
export type TextValues = ValuesOf<typeof TEXTS>;

const given = (values: TextValues, options: Options) =>
  (Object.keys(options) as (keyof TextValues)[]).find((name) => values[name] || values[name] === 0);

/** @throws UsageError if an option for texts is given, and the data are none */
export function refuseTextOptions({ kind, name }: Dataset, values: TextValues): void {
  const idle = given(values, TEXTS);
  if (kind === "text" || !idle) return;
  throw new UsageError(
    `--${idle} is for texts, and ${name} has ${
      kind === "images" ? "images" : "none"
    }: leave it out, or name columns of texts by --text`,
  );
}

/** @throws UsageError if an option of another encoder is given */
export function refuseEncoderOptions(values: TextValues, encoder: string): void {
  const tfidf = encoder === TFIDF;
  const idle = given(values, tfidf ? SENTENCE_OPTIONS : TFIDF_OPTIONS);
  if (!idle) return;
  throw new UsageError(
    tfidf
      ? `--${idle} is for sentence encoders, and texts are encoded by tfidf: leave it out`
      : `--${idle} is for --encoder tfidf, and texts are encoded by ${encoder}: leave it out`,
  );
}
