/** Names of splits, and the order they are read in. */

const ORDER = ["train", "validation", "test"];

/** Puts train before validation before test; others come after them. */
export function bySplit(a: string, b: string): number {
  const rank = (name: string) => ORDER.indexOf(name) < 0 ? ORDER.length : ORDER.indexOf(name);
  return rank(a) - rank(b);
}

/**
 * The split that a file's name tells, or else the name of a folder above it, as on the Hub
 * (`train-00000-of-00001.parquet`, `test/0000.parquet`); files that tell none are training data.
 */
export function splitOf(path: string): string {
  for (const part of path.split(/[/\\]/).reverse()) {
    const [, word] = /(?:^|[^a-z])(train|validation|valid|val|dev|test)(?:[^a-z]|$)/i.exec(part) ??
      [];
    if (word) return /^(v|d)/i.test(word) ? "validation" : word.toLowerCase();
  }
  return "train";
}
