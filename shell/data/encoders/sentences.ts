/** Sentence embeddings by a pre-trained model, through the optional peer. */

import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Cancelled, DataError } from "../../errors.ts";
import { EmbeddingCache } from "./embedding_cache.ts";
import { isFolder, openModel, type Peer, type Pipeline, requirePeer, shortly } from "./peer.ts";

/** The model that is taken unless another one is named. */
export const DEFAULT_SENTENCE_MODEL = "Xenova/all-MiniLM-L6-v2";

/** Everything that the numbers depend on: saved with a model, so that new texts get the same. */
export interface SentenceSettings {
  /** A repository of the Hub with ONNX weights, or a folder with its files. */
  readonly model: string;
  /** Branch, tag or commit (default main). */
  readonly revision: string;
  /** The mean of a text's tokens, or its first token. */
  readonly pooling: "mean" | "cls";
  /** Embeddings have length 1. */
  readonly normalise: boolean;
  /** Precision of the weights: fp32, fp16, q8, q4, ... */
  readonly dtype: string;
}

/** What {@link encodeSentences} may be told. */
export interface SentenceOptions extends Partial<SentenceSettings> {
  /** Texts that go through the model together (default 32). */
  readonly batch?: number;
  /** cpu, cuda, dml, webgpu, ...: the runtime's own choice by default. */
  readonly device?: string;
  /** Folder for models and embeddings (default .cache). */
  readonly cache?: string;
  /** The module `@huggingface/transformers`, where it is loaded already. */
  readonly peer?: Peer;
  /** Stops the work: `Cancelled` is thrown. */
  readonly signal?: AbortSignal;
  /** How many of how many texts are encoded, or bytes of the model loaded. */
  readonly onProgress?: (stage: "model" | "encode", done: number, total: number) => void;
}

/** Texts as vectors. */
export interface Sentences {
  /** [texts, dim] row-major */
  readonly embedding: Float32Array;
  /** Numbers that a text becomes. */
  readonly dim: number;
  /** What the embeddings depend on. */
  readonly settings: SentenceSettings;
  /** Texts whose embeddings lay in the cache, or were those of an earlier text. */
  readonly known: number;
}

/** Texts between two files of the cache. */
const KEEP = 1024;

/** A model that is loaded once, when it is first needed, for texts that come in parts. */
export interface SentenceParts {
  /** What the embeddings depend on. */
  readonly settings: SentenceSettings;
  /**
   * Encodes a part as {@link encodeSentences} does all; nothing of it stays in memory. What the cache
   * has of the same part is not encoded again.
   */
  encode(texts: readonly string[]): Promise<Sentences>;
}

/**
 * Encodes texts. What the cache has is not encoded again; if it has all, neither the peer nor the
 * model is needed. Texts of a batch are of similar length, whatever their order.
 *
 * @throws RangeError if an option is out of range
 * @throws DataError if the peer is missing, the model cannot be loaded or fails
 * @throws Cancelled if the signal is aborted; what was encoded so far stays in the cache
 * @see Reimers, Gurevych (2019), Sentence-BERT
 */
export async function encodeSentences(
  texts: readonly string[],
  options: SentenceOptions = {},
): Promise<Sentences> {
  const { encode, cache } = await open(options);
  await cache.readAll();
  return await encode(texts);
}

/** The same for texts that are not all in memory. @throws as {@link encodeSentences} does */
export async function encodeSentenceParts(options: SentenceOptions = {}): Promise<SentenceParts> {
  const { settings, cache, encode } = await open(options);
  return {
    settings,
    async encode(texts) {
      try {
        return await encode(texts);
      } finally {
        cache.forget();
      }
    },
  };
}

async function open(options: SentenceOptions) {
  const settings = settingsOf(options);
  const { batch = 32, cache: dir = ".cache", signal, onProgress } = options;
  if (!(Number.isInteger(batch) && batch >= 1)) {
    throw new RangeError(`encodeSentences: batch must be an integer from 1 on, got ${batch}`);
  }
  const key = { ...settings, ...await identityOf(settings) };
  const cache = await EmbeddingCache.open(join(dir, "embeddings"), key);
  let model: Promise<Pipeline> | undefined;
  const load = async () => {
    const peer = options.peer ?? await requirePeer(`the encoder ${settings.model}`);
    return await openModel(peer, "feature-extraction", {
      ...{ ...settings, device: options.device, cache: dir, signal },
      onDownload: (loaded, total) => onProgress?.("model", loaded, total),
    });
  };
  const encode = async (texts: readonly string[]): Promise<Sentences> => {
    if (texts.length === 0) throw new RangeError("encodeSentences: there must be a text");
    const missing = [...new Set(texts)].filter((text) => !cache.get(text))
      .sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
    let fresh = 0;
    for (let begin = 0; begin < missing.length; begin += KEEP) {
      const part = missing.slice(begin, begin + KEEP);
      if (await cache.readPart(part)) continue;
      const done = (count: number) => onProgress?.("encode", begin + count, missing.length);
      const run = await (model ??= load());
      await cache.add(part, await encodePart(run, part, settings, { batch, signal, done }));
      fresh += part.length;
    }
    return { ...gathered(texts, cache, settings.model), settings, known: texts.length - fresh };
  };
  return { settings, cache, encode };
}

function settingsOf(options: SentenceOptions): SentenceSettings {
  const { model = DEFAULT_SENTENCE_MODEL, revision = "main", pooling = "mean" } = options;
  if (pooling !== "mean" && pooling !== "cls") {
    throw new RangeError(`encodeSentences: pooling must be mean or cls, got ${pooling}`);
  }
  const { normalise = true, dtype = "fp32" } = options;
  return { model, revision, pooling, normalise, dtype };
}

/** What tells one model in a folder from another: its files have no revision. */
async function identityOf({ model }: SentenceSettings): Promise<object> {
  if (!isFolder(model)) return {};
  const hash = createHash("sha256");
  for (const name of ["config.json", "tokenizer.json", "tokenizer_config.json"]) {
    hash.update(await readFile(join(model, name)).catch(() => "none"));
  }
  for (const name of ["model", "model_fp16", "model_quantized", "model_q4"]) {
    const info = await stat(join(model, "onnx", `${name}.onnx`)).catch(() => undefined);
    hash.update(info ? `${info.size} ${info.mtimeMs}` : "none");
  }
  return { model: "folder", files: hash.digest("hex") };
}

interface PartOptions {
  readonly batch: number;
  readonly signal?: AbortSignal;
  done(count: number): void;
}

/** @returns [texts, dim] */
async function encodePart(
  run: Pipeline,
  texts: readonly string[],
  { model, pooling, normalise }: SentenceSettings,
  { batch, signal, done }: PartOptions,
): Promise<Float32Array> {
  let out = new Float32Array();
  for (let at = 0; at < texts.length; at += batch) {
    if (signal?.aborted) throw new Cancelled("encoding of texts: stopped on request");
    const some = texts.slice(at, at + batch);
    const result = await run(some, { pooling, normalize: normalise }).catch((error) => {
      throw new DataError(`the model ${model} failed on a text: ${shortly(error)}`, {
        cause: error,
      });
    });
    const [count, dim] = result.dims;
    if (result.dims.length !== 2 || count !== some.length || result.data.length !== count * dim) {
      throw new DataError(
        `the model ${model} gives numbers of shape [${result.dims}] for ${some.length} texts: ` +
          "take one for sentence embeddings",
      );
    }
    if (at === 0) out = new Float32Array(texts.length * dim);
    out.set(result.data, at * dim);
    result.dispose?.();
    done(at + count);
  }
  if (out.every(Number.isFinite)) return out;
  throw new DataError(
    `the model ${model} gives numbers that are not finite: take another precision`,
  );
}

function gathered(texts: readonly string[], cache: EmbeddingCache, model: string) {
  const dim = cache.get(texts[0])!.length;
  const embedding = new Float32Array(texts.length * dim);
  texts.forEach((text, i) => {
    const row = cache.get(text)!;
    if (row.length !== dim) {
      throw new DataError(
        `the model ${model} has changed while its embeddings were kept: remove ${cache.dir}`,
      );
    }
    embedding.set(row, i * dim);
  });
  return { embedding, dim };
}
