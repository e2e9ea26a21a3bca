/** Commands that do one of several things: `asterism cluster dbscan`, `asterism project tsne`. */

import { refuseIdleDevice } from "./no_effect.ts";
import { given, helpOf, nameOf, type Options, parse, refuseOthers } from "./options.ts";
import { print } from "./report.ts";
import { refuseWords } from "./words.ts";

/** One of the things, with the options that only it has. */
export interface Alternative {
  /** What it does, in a line of the help. */
  readonly about: string;
  readonly options: Options;
}

/** A command. */
export interface ChoiceCommand {
  readonly command: string;
  /** First line of the help. */
  readonly about: string;
  /** What one thing is called, which is the option that may name it, too. */
  readonly option: string;
  /** By name; the first is the default. */
  readonly all: Readonly<Record<string, Alternative>>;
  /** Options that all have. */
  readonly common: Options;
}

/** What was chosen, and the values of its options. */
export interface Chosen {
  readonly name: string;
  readonly values: Record<string, unknown>;
  /** Whether the arguments name an option. */
  given(option: string): boolean;
}

/**
 * Parses the arguments; prints the help if they ask for it, and then returns nothing.
 * @throws UsageError if they cannot be understood
 */
export function parseChoice(one: ChoiceCommand, args: string[]): Chosen | undefined {
  const { command, option, all, common } = one;
  const names = Object.keys(all);
  const { name, rest } = nameOf(command, args, option, names, names[0]);
  const options = { ...all[name].options, ...common };
  refuseOthers(rest, name, options, all);
  const { values, words } = parse(`${command} ${name}`, options, rest);
  if (values.help) {
    print(`${headOf(one)}\nOptions of ${name}:\n${helpOf(options)}`);
    return undefined;
  }
  refuseWords(command, words);
  const named = given(options, rest);
  const isGiven = (one: string) => named.includes(one);
  refuseIdleDevice(values, isGiven);
  return { name, values, given: isGiven };
}

function headOf({ command, about, option, all }: ChoiceCommand): string {
  const title = option.toUpperCase();
  const names = Object.entries(all).map(([name, one], i) =>
    `  ${name.padEnd(13)}${one.about}${i === 0 ? " (default)" : ""}`
  );
  return `${about}

Usage: asterism ${command} [${title}] --input FILE [options]

${title[0]}${option.slice(1)}s:
${names.join("\n")}

asterism ${command} ${title} --help lists the options of one.
`;
}
