import { Cancelled } from "../errors.ts";

/** What long work on texts may be told. */
export interface TextHooks {
  /** Stops the work with {@link Cancelled}. */
  readonly signal?: AbortSignal;
  /** How many of how many texts are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Texts that are read in parts, again each time. */
export interface TextSource {
  /** First text of each part, from 0, and the number of texts at the end. */
  readonly starts: readonly number[];
  /** Reads the texts of a part. */
  read(part: number): Promise<readonly string[]>;
}

/** Texts in memory, or in parts. */
export type Texts = readonly string[] | TextSource;

/** How many texts there are. */
export function countTexts(texts: Texts): number {
  return "starts" in texts ? texts.starts[texts.starts.length - 1] : texts.length;
}

/** Texts between two looks at the signal. */
const CHUNK = 2048;

/**
 * Calls `act` for each text in order, and lets others run now and then.
 * @throws Cancelled if the signal is aborted
 */
export async function eachText(
  texts: Texts,
  { signal, onProgress }: TextHooks,
  what: string,
  act: (text: string, row: number) => void,
): Promise<void> {
  const n = countTexts(texts), starts = "starts" in texts ? texts.starts : [0, n];
  for (let part = 0; part + 1 < starts.length; part++) {
    const first = starts[part], last = starts[part + 1];
    const some = "starts" in texts ? await texts.read(part) : texts;
    for (let begin = first; begin < last; begin += CHUNK) {
      if (begin > 0) await new Promise((resolve) => setTimeout(resolve));
      if (signal?.aborted) throw new Cancelled(`${what}: stopped on request`);
      const end = Math.min(begin + CHUNK, last);
      for (let row = begin; row < end; row++) act(some[row - first], row);
      onProgress?.(end, n);
    }
  }
}
