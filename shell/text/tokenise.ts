/** Words of a text, in any language. */

/** Letters, digits, the marks that belong to them, and _. */
const WORD = /[\p{L}\p{N}\p{M}_]+/gu;

/** Scripts that put no spaces between words. */
const UNSPACED = "\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Thai}\\p{scx=Lao}" +
  "\\p{scx=Khmer}\\p{scx=Myanmar}";
const HAS_UNSPACED = new RegExp(`[${UNSPACED}]`, "u");
const RUNS = new RegExp(`[${UNSPACED}]+|[^${UNSPACED}]+`, "gu");

/**
 * The words of a text in order: NFKC, lower case, runs of letters, digits and marks that are at
 * least two characters long. Scripts without spaces (Chinese, Japanese, Thai, ...) give every pair
 * of neighbouring characters, which needs no dictionary and is the same in every runtime.
 */
export function tokenise(text: string): string[] {
  const words: string[] = [];
  for (const [run] of text.normalize("NFKC").toLowerCase().matchAll(WORD)) {
    if (!HAS_UNSPACED.test(run)) {
      if (isLong(run)) words.push(run);
      continue;
    }
    for (const [part] of run.matchAll(RUNS)) {
      if (HAS_UNSPACED.test(part)) words.push(...pairs(Array.from(part)));
      else if (isLong(part)) words.push(part);
    }
  }
  return words;
}

/** Two characters or more: a character beyond the basic plane has two units of its own. */
const isLong = (word: string) =>
  word.length > 2 || (word.length === 2 && word.codePointAt(0)! < 65_536);

function pairs(characters: readonly string[]): string[] {
  if (characters.length === 1) return [...characters];
  return characters.slice(1).map((character, i) => characters[i] + character);
}
