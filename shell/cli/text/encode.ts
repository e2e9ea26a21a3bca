/** Texts become numbers: by TF-IDF on the device, or by a sentence encoder. */

import {
  type Dataset,
  DEFAULT_SENTENCE_MODEL,
  encodeSentenceParts,
  encodeSentences,
  findPeer,
  INSTALL_PEER,
  type SentenceOptions,
  type TextPreprocessing,
} from "../../data/index.ts";
import type { Device } from "../../device/device.ts";
import { DataError } from "../../errors.ts";
import { embedLsa, fitLsa, type Lsa, lsaFromJson, lsaToJson } from "../../text/lsa.ts";
import { progressBar } from "../progress.ts";
import { type EncodedRows, encodeParts, sampleOf } from "./encode_parts.ts";
import { refuseEncoderOptions, type TextValues, TFIDF } from "./options.ts";

/** What encoding needs beside the texts. */
export interface EncodeContext {
  readonly device: Device;
  readonly signal: AbortSignal;
  /** Folder of models and embeddings. */
  readonly cache?: string;
  /** Bytes that texts in parts, or their numbers, may take in memory. */
  readonly memory: number;
  readonly quiet?: boolean;
  say(text: string): void;
}

/** The encoder that is meant: `tfidf`, or a model's name. @throws UsageError for idle options */
export async function chooseEncoder(values: TextValues, context: EncodeContext): Promise<string> {
  const peer = values.encoder === undefined && await findPeer();
  const encoder = values.encoder ?? (peer ? DEFAULT_SENTENCE_MODEL : TFIDF);
  refuseEncoderOptions(values, encoder);
  if (values.encoder === undefined && !peer) {
    context.say(`texts: encoded by tfidf; sentence embeddings are there after: ${INSTALL_PEER}`);
  }
  return encoder;
}

/**
 * A data set of texts with numbers for them, and how to make the same of others.
 *
 * @param encoder of {@link chooseEncoder}
 * @throws DataError if the encoder cannot be loaded, or no word is left
 * @throws Cancelled if the signal is aborted
 */
export async function encodeTexts(
  dataset: Dataset,
  encoder: string,
  values: TextValues,
  context: EncodeContext,
): Promise<Dataset> {
  const { dim, encoder: made, ...rows } = encoder === TFIDF
    ? await byTfidf(dataset, values, context)
    : await orTfidf(bySentences(dataset, { model: encoder, ...sentenceOptions(values) }, context));
  const preprocessing: TextPreprocessing = {
    kind: "text",
    ...{ columns: dataset.columns, dim, factor: factorOf(dim), encoder: made },
    ...dataset.id !== undefined && { id: dataset.id },
  };
  return { ...dataset, shape: [dim], ...rows, preprocessing };
}

/**
 * New texts as the numbers that a model was trained on, [texts, dim].
 *
 * @throws DataError if the encoder cannot be loaded or is damaged
 * @throws Cancelled if the signal is aborted
 */
export async function encodeAsSaved(
  dataset: Dataset,
  { encoder, factor }: TextPreprocessing,
  context: EncodeContext,
): Promise<EncodedRows> {
  if (encoder.kind === "sentences") {
    const { kind: _, ...settings } = encoder;
    return await bySentences(dataset, settings, context, factor);
  }
  return await byLsa(dataset, lsaFromJson(encoder), context, factor);
}

/** What a person can do who has no encoder. */
async function orTfidf<T>(work: Promise<T>): Promise<T> {
  return await work.catch((error) => {
    if (!(error instanceof DataError)) throw error;
    throw new DataError(`${error.message}; or take --encoder tfidf`, { cause: error });
  });
}

function sentenceOptions(values: TextValues): SentenceOptions {
  return {
    revision: values["encoder-revision"],
    pooling: values.pooling as "mean" | "cls" | undefined,
    normalise: !values["keep-length"],
    dtype: values["encoder-dtype"],
    batch: values["encoder-batch"],
    device: values["encoder-device"],
  };
}

/** Numbers whose mean square is 1 where rows have length 1: what networks start best from. */
function scaled(
  embedding: Float32Array,
  dim: number,
  factor: number = factorOf(dim),
): Float32Array {
  return embedding.map((v) => v * factor);
}

const factorOf = (dim: number) => Math.sqrt(dim);

async function byTfidf(dataset: Dataset, values: TextValues, context: EncodeContext) {
  const { device, signal, quiet, say } = context, { texts, textShards } = dataset;
  const some = textShards ? await sampleOf(textShards, signal) : texts!;
  const bar = progressBar("texts   ", quiet);
  const { lsa, embedding, empty } = await fitLsa(device, some, {
    components: values["text-size"],
    maxTerms: values.vocabulary,
    minDocuments: values["min-documents"],
    maxShare: values["max-share"],
    signal,
    onProgress: (done, total) => bar.update(done / total, `words of ${done} of ${total} texts`),
  });
  bar.done(`TF-IDF of ${lsa.terms.length.toLocaleString("en")} words, SVD to ${lsa.dim} numbers`);
  const encoder = { kind: "tfidf", ...lsaToJson(lsa) } as const;
  if (textShards) {
    say(`texts: the words that count are those of ${some.length.toLocaleString("en")}, not of all`);
    return { ...await byLsa(dataset, lsa, context), encoder };
  }
  sayEmpty(empty, say);
  return { data: scaled(embedding, lsa.dim), dim: lsa.dim, encoder };
}

/** By words and directions that are known. */
async function byLsa(
  { texts, textShards }: Dataset,
  lsa: Lsa,
  context: EncodeContext,
  factor?: number,
): Promise<EncodedRows> {
  const { device, signal } = context, { dim } = lsa;
  if (!textShards) {
    return { data: scaled(await embedLsa(device, lsa, texts!, { signal }), dim, factor), dim };
  }
  let empty = 0;
  const rows = await encodeParts(textShards, context, async (some) => {
    const embedding = await embedLsa(device, lsa, some, { signal });
    for (let at = 0; at < embedding.length; at += dim) {
      if (embedding.subarray(at, at + dim).every((v) => v === 0)) empty++;
    }
    return scaled(embedding, dim, factor);
  });
  sayEmpty(empty, context.say);
  return rows;
}

function sayEmpty(empty: number, say: (text: string) => void): void {
  if (empty === 0) return;
  say(`texts: ${empty.toLocaleString("en")} without a word that counts, which become zeros`);
}

async function bySentences(
  { texts, textShards, n }: Dataset,
  options: SentenceOptions,
  context: EncodeContext,
  factor?: number,
) {
  const { signal, cache, quiet } = context;
  const bar = progressBar("texts   ", quiet);
  const how = {
    ...{ ...options, cache, signal },
    onProgress: (stage: "model" | "encode", done: number, total: number) =>
      bar.update(
        total > 0 ? done / total : 0,
        stage === "model"
          ? `loading ${options.model}, ${(done / 1e6).toFixed(1)} MB`
          : `encoding ${done} of ${total} texts`,
      ),
  };
  const done = (model: string, dim: number, known: number) =>
    bar.done(
      `${model}, ${dim} numbers; ${(n - known).toLocaleString("en")} texts encoded, the others ` +
        "were known",
    );
  if (!textShards) {
    const { embedding, dim, settings, known } = await encodeSentences(texts!, how);
    done(settings.model, dim, known);
    return {
      data: scaled(embedding, dim, factor),
      dim,
      encoder: { kind: "sentences", ...settings },
    } as const;
  }
  const { settings, encode } = await encodeSentenceParts({
    ...how,
    // Texts are counted over all parts.
    onProgress: (stage, now, total) => stage === "model" && how.onProgress(stage, now, total),
  });
  let known = 0;
  const rows = await encodeParts(textShards, context, async (some) => {
    const part = await encode(some);
    known += part.known;
    return scaled(part.embedding, part.dim, factor);
  });
  done(settings.model, rows.dim, known);
  return { ...rows, encoder: { kind: "sentences", ...settings } } as const;
}
