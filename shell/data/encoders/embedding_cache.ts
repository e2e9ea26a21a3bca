/** Embeddings of texts on disk, by model and text: what was encoded once is not encoded again. */

import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { DataError } from "../../errors.ts";
import { fileError, writeAtomic } from "../files.ts";
import { decodeSafetensors, encodeSafetensors } from "../safetensors.ts";

/** Words of a text's hash that are kept: 128 bits. */
const WORDS = 4;

/**
 * A folder of small files that are only ever added, each whole, so that several processes may
 * share it and a killed one loses little. A file has the hashes of some texts, u32 [m, 4], and
 * their embeddings, f32 [m, dim]; one that is damaged is as good as missing.
 */
export class EmbeddingCache {
  readonly #known = new Map<string, Float32Array>();

  private constructor(readonly dir: string) {}

  /**
   * @param settings everything but the text that the numbers depend on
   * @throws DataError if the folder cannot be made
   */
  static async open(dir: string, settings: object): Promise<EmbeddingCache> {
    const key = createHash("sha256").update(JSON.stringify(settings)).digest("hex").slice(0, 32);
    const cache = new EmbeddingCache(join(dir, key));
    try {
      await mkdir(cache.dir, { recursive: true });
    } catch (error) {
      throw fileError(error, "read", cache.dir);
    }
    return cache;
  }

  /** Reads what is there. @throws DataError if the folder cannot be read */
  async readAll(): Promise<void> {
    try {
      for (const name of (await readdir(this.dir)).sort()) {
        if (name.endsWith(".safetensors") && !name.startsWith(".")) await this.#read(name);
      }
    } catch (error) {
      throw fileError(error, "read", this.dir);
    }
  }

  /** Reads what was added for just these texts; false if that is not there, or not whole. */
  async readPart(texts: readonly string[]): Promise<boolean> {
    const name = nameOf(hashesOf(texts));
    if (!await stat(join(this.dir, name)).then(() => true, () => false)) return false;
    await this.#read(name);
    return texts.every((text) => this.get(text));
  }

  /** Lets go what is in memory. */
  forget(): void {
    this.#known.clear();
  }

  async #read(name: string): Promise<void> {
    const path = join(this.dir, name);
    try {
      const { tensors: { hash, embedding } } = decodeSafetensors(await readFile(path), path);
      const [count, words] = hash?.shape ?? [], [rows, dim] = embedding?.shape ?? [];
      if (words !== WORDS || rows !== count || !(embedding.data instanceof Float32Array)) return;
      for (let i = 0; i < count; i++) {
        const values = embedding.data.subarray(i * dim, (i + 1) * dim);
        if (!values.every(Number.isFinite)) continue;
        this.#known.set(hash.data.subarray(i * WORDS, (i + 1) * WORDS).join(), values);
      }
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
    }
  }

  /** The embedding of a text, if it is known. */
  get(text: string): Float32Array | undefined {
    return this.#known.get(hashOf(text).join());
  }

  /**
   * Keeps embeddings, [texts, dim].
   * @throws DataError if they cannot be written
   */
  async add(texts: readonly string[], embedding: Float32Array): Promise<void> {
    const dim = embedding.length / texts.length;
    const hash = hashesOf(texts);
    texts.forEach((_, i) => {
      const words = hash.subarray(i * WORDS, (i + 1) * WORDS);
      this.#known.set(words.join(), embedding.subarray(i * dim, (i + 1) * dim));
    });
    await writeAtomic(
      join(this.dir, nameOf(hash)),
      encodeSafetensors({
        hash: { shape: [texts.length, WORDS], data: hash },
        embedding: { shape: [texts.length, dim], data: embedding },
      }),
    );
  }
}

/** [texts, WORDS] */
function hashesOf(texts: readonly string[]): Uint32Array {
  const hash = new Uint32Array(texts.length * WORDS);
  texts.forEach((text, i) => hash.set(hashOf(text), i * WORDS));
  return hash;
}

/** The file of some texts. */
const nameOf = (hash: Uint32Array) =>
  `${createHash("sha256").update(hash).digest("hex").slice(0, 32)}.safetensors`;

function hashOf(text: string): Uint32Array {
  // Unlike UTF-8, this keeps halves of surrogate pairs apart.
  const bytes = createHash("sha256").update(text, "utf16le").digest();
  return Uint32Array.from({ length: WORDS }, (_, i) => bytes.readUInt32LE(4 * i));
}
