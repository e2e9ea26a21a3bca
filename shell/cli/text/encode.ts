/** Texts become numbers: by TF-IDF on the device, or by a sentence encoder. */

import {
  type Dataset,
  DEFAULT_SENTENCE_MODEL,
  encodeSentences,
  findPeer,
  INSTALL_PEER,
  type SentenceOptions,
  type TextPreprocessing,
} from "../../data/index.ts";
import type { Device } from "../../device/device.ts";
import { DataError } from "../../errors.ts";
import { embedLsa, fitLsa, lsaFromJson, lsaToJson } from "../../text/lsa.ts";
import { progressBar } from "../progress.ts";
import { refuseEncoderOptions, type TextValues, TFIDF } from "./options.ts";

/** What encoding needs beside the texts. */
export interface EncodeContext {
  readonly device: Device;
  readonly signal: AbortSignal;
  /** Folder of models and embeddings. */
  readonly cache?: string;
  readonly quiet?: boolean;
  say(text: string): void;
}

/** What an encoder made of texts. */
interface Encoded {
  /** [texts, dim] */
  readonly embedding: Float32Array;
  readonly dim: number;
  readonly encoder: TextPreprocessing["encoder"];
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
  const texts = dataset.texts!;
  const { embedding, dim, encoder: made } = encoder === TFIDF
    ? await byTfidf(texts, values, context)
    : await orTfidf(bySentences(texts, { model: encoder, ...sentenceOptions(values) }, context));
  const factor = Math.sqrt(dim);
  const preprocessing: TextPreprocessing = {
    kind: "text",
    ...{ columns: dataset.columns, dim, factor, encoder: made },
    ...dataset.id !== undefined && { id: dataset.id },
  };
  return { ...dataset, shape: [dim], data: scaled(embedding, factor), preprocessing };
}

/**
 * New texts as the numbers that a model was trained on, [texts, dim].
 *
 * @throws DataError if the encoder cannot be loaded or is damaged
 * @throws Cancelled if the signal is aborted
 */
export async function encodeAsSaved(
  texts: readonly string[],
  { encoder, factor }: TextPreprocessing,
  context: EncodeContext,
): Promise<Float32Array> {
  if (encoder.kind === "sentences") {
    const { kind: _, ...settings } = encoder;
    return scaled((await bySentences(texts, settings, context)).embedding, factor);
  }
  const { device, signal } = context;
  return scaled(await embedLsa(device, lsaFromJson(encoder), texts, { signal }), factor);
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
function scaled(embedding: Float32Array, factor: number): Float32Array {
  return embedding.map((v) => v * factor);
}

async function byTfidf(
  texts: readonly string[],
  values: TextValues,
  { device, signal, quiet, say }: EncodeContext,
): Promise<Encoded> {
  const bar = progressBar("texts   ", quiet);
  const { lsa, embedding, empty } = await fitLsa(device, texts, {
    components: values["text-size"],
    maxTerms: values.vocabulary,
    minDocuments: values["min-documents"],
    maxShare: values["max-share"],
    signal,
    onProgress: (done, total) => bar.update(done / total, `words of ${done} of ${total} texts`),
  });
  bar.done(`TF-IDF of ${lsa.terms.length.toLocaleString("en")} words, SVD to ${lsa.dim} numbers`);
  if (empty > 0) {
    say(`texts: ${empty.toLocaleString("en")} without a word that counts, which become zeros`);
  }
  return { embedding, dim: lsa.dim, encoder: { kind: "tfidf", ...lsaToJson(lsa) } };
}

async function bySentences(
  texts: readonly string[],
  options: SentenceOptions,
  { signal, cache, quiet }: EncodeContext,
): Promise<Encoded> {
  const bar = progressBar("texts   ", quiet);
  const { embedding, dim, settings, known } = await encodeSentences(texts, {
    ...options,
    cache,
    signal,
    onProgress: (stage, done, total) =>
      bar.update(
        total > 0 ? done / total : 0,
        stage === "model"
          ? `loading ${options.model}, ${(done / 1e6).toFixed(1)} MB`
          : `encoding ${done} of ${total} texts`,
      ),
  });
  const news = (texts.length - known).toLocaleString("en");
  bar.done(`${settings.model}, ${dim} numbers; ${news} texts encoded, the others were known`);
  return { embedding, dim, encoder: { kind: "sentences", ...settings } };
}
