/** Names that were probably meant. */

/**
 * The names nearest to one that is not there, the nearest first: those that differ in a few letters
 * or in case, and those that one of both begins with.
 *
 * @param most how many, at most
 */
export function nearNames(name: string, names: Iterable<string>, most = 3): string[] {
  const word = name.toLowerCase();
  return [...names]
    .map((other) => ({ other, away: away(word, other.toLowerCase()) }))
    .filter(({ away }) => away <= Math.max(1, Math.floor(word.length / 3)))
    .sort((a, b) => a.away - b.away)
    .slice(0, most)
    .map(({ other }) => other);
}

function away(a: string, b: string): number {
  const begins = a.length > 1 && b.length > 1 && (a.startsWith(b) || b.startsWith(a));
  return begins ? Math.min(1, letterDistance(a, b)) : letterDistance(a, b);
}

/** Letters to insert, remove or replace until one word is the other: Levenshtein's distance. */
export function letterDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
