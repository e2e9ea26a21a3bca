/** Texts that are more than memory become numbers, part by part. */

import type { Dataset, TextShards } from "../../data/index.ts";
import { Cancelled } from "../../errors.ts";
import { progressBar } from "../progress.ts";
import { openRowStore, type RowStore } from "./row_store.ts";
import { join } from "node:path";

/** Numbers of texts, in memory or in shards. */
export interface EncodedRows extends Pick<Dataset, "data" | "shards"> {
  /** Numbers of a text. */
  readonly dim: number;
}

/** How that is done. */
interface PartsContext {
  readonly signal: AbortSignal;
  readonly memory: number;
  /** Folder in which numbers lie that do not fit into memory. */
  readonly cache?: string;
  readonly quiet?: boolean;
}

/** Parts, spread evenly, that words are learned from: a quarter of the memory. */
const SAMPLE = 32;

/** Texts that stand for all. @throws Cancelled if the signal is aborted */
export async function sampleOf(
  { starts, read }: TextShards,
  signal: AbortSignal,
): Promise<string[]> {
  const parts = starts.length - 1, count = Math.min(SAMPLE, parts);
  const sample: string[] = [];
  for (let i = 0; i < count; i++) {
    if (signal.aborted) throw new Cancelled("reading of texts: stopped on request");
    for (const text of await read(Math.floor(i * parts / count))) sample.push(text);
  }
  return sample;
}

/**
 * Encodes all parts once, and reads the next one meanwhile.
 *
 * @param encode gives rows of as many numbers for each text
 * @throws DataError if a part cannot be read, or the numbers cannot be kept
 * @throws Cancelled if the signal is aborted
 */
export async function encodeParts(
  { starts, read }: TextShards,
  { signal, memory, cache = ".cache", quiet }: PartsContext,
  encode: (texts: readonly string[]) => Promise<Float32Array>,
): Promise<EncodedRows> {
  const bar = progressBar("texts   ", quiet);
  const n = starts[starts.length - 1];
  let store: RowStore | undefined, dim = 0, next = read(0);
  for (let part = 0; part + 1 < starts.length; part++) {
    if (signal.aborted) throw new Cancelled("encoding of texts: stopped on request");
    const texts = await next;
    if (part + 2 < starts.length) {
      next = read(part + 1);
      // What fails is told when its turn comes.
      next.catch(() => {});
    }
    const values = await encode(texts);
    dim = values.length / texts.length;
    store ??= await openRowStore(n, dim, { memory, dir: join(cache, "rows") });
    store.add(values);
    bar.update(starts[part + 1] / n, `encoding ${starts[part + 1]} of ${n} texts`);
  }
  bar.done(`${n.toLocaleString("en")} texts, ${dim} numbers each`);
  return { ...store!.rows, dim };
}
