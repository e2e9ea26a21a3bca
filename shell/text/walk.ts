import { Cancelled } from "../errors.ts";

/** What long work on texts may be told. */
export interface TextHooks {
  /** Stops the work with {@link Cancelled}. */
  readonly signal?: AbortSignal;
  /** How many of how many texts are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Texts between two looks at the signal. */
const CHUNK = 2048;

/**
 * Calls `act` for each text in order, and lets others run now and then.
 * @throws Cancelled if the signal is aborted
 */
export async function eachText(
  texts: readonly string[],
  { signal, onProgress }: TextHooks,
  what: string,
  act: (text: string, row: number) => void,
): Promise<void> {
  for (let begin = 0; begin < texts.length; begin += CHUNK) {
    if (begin > 0) await new Promise((resolve) => setTimeout(resolve));
    if (signal?.aborted) throw new Cancelled(`${what}: stopped on request`);
    const end = Math.min(begin + CHUNK, texts.length);
    for (let row = begin; row < end; row++) act(texts[row], row);
    onProgress?.(end, texts.length);
  }
}
