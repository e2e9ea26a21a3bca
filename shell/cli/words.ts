/** Words on the command line that are no option, where options are wanted. */

import { existsSync } from "node:fs";
import { UsageError } from "../errors.ts";

/** Commands by the option that names their data. */
const DATA_OPTIONS: Readonly<Record<string, string>> = { train: "data", evaluate: "labels" };

/**
 * What a person probably meant who wrote a file, an address or a data set as a word.
 *
 * @param command its first word says what its data are called
 * @returns undefined if the word looks like none of those
 */
export function meant(command: string, word: string): string | undefined {
  if (!/[/\\.]/.test(word) && !existsSync(word)) return undefined;
  return `did you mean --${DATA_OPTIONS[command.split(" ")[0]] ?? "input"} ${word}?`;
}

/** @throws UsageError if there is a word */
export function refuseWords(command: string, [word]: readonly string[]): void {
  if (word === undefined) return;
  throw new UsageError(
    `unexpected "${word}": ` +
      (meant(command, word) ?? `options begin with --, see ${command} --help`),
  );
}
