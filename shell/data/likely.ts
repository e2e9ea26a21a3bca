/** Words that were meant as dates or numbers: what to say of them. */

const DATES = [
  /^\d{1,2}([/.-])\d{1,2}\1(\d{4}|\d{2})([ T,].*)?$/,
  /^\d{4}([/.])\d{1,2}\1\d{1,2}([ T].*)?$/,
  /^\d{1,2}[ -]\p{L}{3,9}\.?[-, ]+\d{4}$/u,
  /^\p{L}{3,9}\.? \d{1,2},? \d{4}$/u,
];
/** What people write around numbers and between their digits. */
const SIGNS = /[$€£¥₹%,'’\s]/g;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)$/;

/**
 * What the words of a column probably mean, and how to write it: undefined if they are no dates and
 * no numbers, each and every one.
 */
export function likely(words: readonly string[]): string | undefined {
  if (words.length === 0) return undefined;
  if (words.every((word) => DATES.some((date) => date.test(word)))) {
    return "dates: write 2024-12-31";
  }
  if (!words.every((word) => /\d/.test(word) && NUMBER.test(meant(word)))) return undefined;
  const signs = new Set(words.flatMap((word) => word.match(SIGNS) ?? []));
  const names = [...signs].map((sign) => /\s/.test(sign) ? "spaces" : sign).sort();
  if (names.length === 0) return undefined;
  const listed = [...new Set(names)].join(" and ");
  return `numbers with ${listed}: write ${meant(words.find((word) => bare(word) !== word)!)}`;
}

/** A word without signs; accounts have (12) for -12. */
function bare(word: string): string {
  return word.replace(SIGNS, "").replace(/^\((.*)\)$/, "-$1");
}

/** The number that a word means; a comma may stand for a point, and points between thousands. */
function meant(word: string): string {
  const mixed = /^[^,]*\.[^,]*,\d+\D*$/.test(word);
  const decimal = mixed || !word.includes(".") && /^[^,]*,(\d{1,2}|\d{4,})\D*$/.test(word);
  return bare(decimal ? word.replaceAll(".", "").replace(",", ".") : word);
}
