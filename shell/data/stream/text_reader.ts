/** Single texts, and runs of them, of texts that are read in parts. */

import type { TextShards } from "../dataset.ts";

/** Reads runs of rows; the part that was read last is kept, so that runs may end inside of parts. */
export function readerOf(
  { starts, read }: TextShards,
): (begin: number, end: number) => Promise<string[]> {
  let kept = -1, texts: readonly string[] = [], shard = 0;
  return async (begin, end) => {
    const out: string[] = [];
    if (begin < starts[shard]) shard = 0;
    while (out.length < end - begin) {
      const at = begin + out.length;
      while (starts[shard + 1] <= at) shard++;
      if (kept !== shard) [kept, texts] = [shard, await read(shard)];
      // Not by `push(...)`: there may be more than a call takes.
      for (const text of texts.slice(at - starts[shard], end - starts[shard])) out.push(text);
    }
    return out;
  };
}

/**
 * The beginnings of some texts, by their rows.
 *
 * @param rows which, in any order
 * @param length characters that are kept of each
 */
export async function pickTexts(
  { starts, read }: TextShards,
  rows: Iterable<number>,
  length: number,
): Promise<Record<number, string>> {
  const wanted = Int32Array.from(new Set(rows)).sort();
  const picked: Record<number, string> = {};
  for (let shard = 0, i = 0; i < wanted.length; shard++) {
    if (wanted[i] >= starts[shard + 1]) continue;
    const texts = await read(shard);
    for (; wanted[i] < starts[shard + 1]; i++) {
      // A slice of a text would keep all of it in memory.
      picked[wanted[i]] = copied(texts[wanted[i] - starts[shard]].slice(0, length));
    }
  }
  return picked;
}

const copied = (text: string) => JSON.parse(JSON.stringify(text)) as string;
