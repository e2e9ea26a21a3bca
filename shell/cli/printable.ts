/**
 * A text from a file or a command line as it may be printed: control characters, and those that
 * change the direction of writing, become escapes, so that a message stays one line and no name can
 * move the cursor.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (char) => {
    const known = ({ "\n": "\\n", "\r": "\\r", "\t": "\\t" } as Record<string, string>)[char];
    return known ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
