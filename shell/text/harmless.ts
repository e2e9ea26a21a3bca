/** Control characters, line ends, and marks that turn the direction of what follows. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu;

/**
 * A text as one line that no terminal obeys: control characters become spaces, runs of spaces one
 * space, and what is longer than `length` characters ends in "...".
 */
export function harmless(text: string, length = Infinity): string {
  const line = text.replace(CONTROL, " ").replace(/\s+/g, " ").trim();
  // A text may be a book.
  const letters = Array.from(line.length > 2 * length ? line.slice(0, 2 * length + 2) : line);
  return letters.length <= length ? line : `${letters.slice(0, length).join("").trimEnd()}...`;
}
