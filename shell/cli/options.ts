/** Declared options: parsing, checking and help come from one table. */

import { parseArgs } from "node:util";
import { UsageError } from "../errors.ts";
import { letterDistance } from "../near.ts";

export { camelCase } from "../run/camel_case.ts";
import { meant } from "./words.ts";

/** One option of a command. */
export interface Option {
  readonly kind:
    | "text"
    | "integer"
    | "number"
    | "integers"
    | "names"
    | "choice"
    | "choices"
    | "flag";
  /** What the help says, without the default. */
  readonly help: string;
  /** Another spelling of the name, the one that the help shows first. */
  readonly alias?: string;
  /** Written after the name in the help: "N", "PATH". */
  readonly value?: string;
  readonly default?: string | number | boolean | readonly number[] | readonly string[];
  /** Told instead of the default in the help. */
  readonly otherwise?: string;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
}

/** The options of a command by name. */
export type Options = Readonly<Record<string, Option>>;

type ValueOf<O extends Option> = O["kind"] extends "flag" ? boolean
  : O["kind"] extends "integer" | "number" ? number
  : O["kind"] extends "integers" ? readonly number[]
  : O["kind"] extends "names" | "choices" ? readonly string[]
  : string;

/** Values by name: undefined only for options without a default. */
export type ValuesOf<T extends Options> = {
  -readonly [K in keyof T]: T[K] extends { default: unknown } ? ValueOf<T[K]>
    : T[K]["kind"] extends "flag" ? boolean
    : ValueOf<T[K]> | undefined;
};

/** Parsed command line. */
export interface Parsed<T extends Options> {
  readonly values: ValuesOf<T>;
  readonly words: readonly string[];
}

/**
 * Parses arguments against a table of options.
 * @throws UsageError for an unknown option or a value out of range, in one sentence
 */
export function parse<const T extends Options>(
  command: string,
  options: T,
  args: string[],
): Parsed<T> {
  const { tokens } = parseArgs({
    args,
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries(
      Object.entries(options).flatMap(([name, o]) =>
        spellings(name, o).map((spelling) => [
          spelling,
          { type: o.kind === "flag" ? "boolean" as const : "string" as const },
        ])
      ),
    ),
  });
  const values: Record<string, unknown> = {};
  const words: string[] = [];
  const seen = new Set<string>();
  for (const [name, o] of Object.entries(options)) {
    values[name] = o.default ?? (o.kind === "flag" ? false : undefined);
  }
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    const name = Object.keys(options).find((one) =>
      spellings(one, options[one]).includes(token.name)
    );
    const option = name === undefined ? undefined : options[name];
    if (name === undefined || !option || !token.rawName.startsWith("--")) {
      throw new UsageError(
        `unknown option ${token.rawName}: ${advice(command, options, token.name)}`,
      );
    }
    if (seen.has(name)) throw new UsageError(`--${name} is given twice: give it once`);
    if (option.kind !== "flag") seen.add(name);
    values[name] = convert(token.name, option, token.value);
  }
  return { values: values as ValuesOf<T>, words };
}

/** All that an option may be called, the one to show first. */
function spellings(name: string, { alias }: Option): string[] {
  return alias === undefined ? [name] : [alias, name];
}

/** Names of the options that stand in the arguments. */
export function given(options: Options, args: string[]): string[] {
  return Object.keys(options).filter((name) =>
    spellings(name, options[name]).some((spelling) =>
      args.some((arg) => arg === `--${spelling}` || arg.startsWith(`--${spelling}=`))
    )
  );
}

/** What a command does, of several things, as its first word or an option names it. */
export interface Named {
  readonly name: string;
  /** Arguments without that word. */
  readonly rest: string[];
  /** False if it is what the command does by default. */
  readonly named: boolean;
}

/**
 * Finds the name of a method in the arguments: `train dec` or `train --method dec`.
 * @param command whose arguments they are
 * @param option its name without dashes; messages call it so, too
 * @throws UsageError if the name is unknown, or two are given, or none where there is no default
 */
export function nameOf(
  command: string,
  args: string[],
  option: string,
  names: readonly string[],
  preset?: string,
): Named {
  const at = args.findIndex((arg) => arg === `--${option}` || arg.startsWith(`--${option}=`));
  const word = args[0] !== undefined && !args[0].startsWith("-") ? args[0] : undefined;
  const value = at < 0 ? undefined : args[at].split("=")[1] ?? args[at + 1];
  if (word && value && word !== value) {
    throw new UsageError(`two ${option}s are named, ${word} and ${value}: name one`);
  }
  const name = word ?? value ?? preset;
  const rest = word === undefined ? args : args.slice(1);
  if (name !== undefined && names.includes(name)) {
    return { name, rest, named: word !== undefined || at >= 0 };
  }
  const hint = name === undefined ? undefined : meant(command, name);
  if (hint) throw new UsageError(`unknown ${option} "${name}": ${hint}`);
  throw new UsageError(
    `${name === undefined ? `name a ${option}` : `unknown ${option} "${name}"`}: the ${option}s ` +
      `are ${names.join(", ")}`,
  );
}

/**
 * Refuses options that another method has and this one has not.
 * @throws UsageError naming the option and whose it is
 */
export function refuseOthers(
  args: string[],
  name: string,
  own: Options,
  all: Readonly<Record<string, { readonly options: Options }>>,
): void {
  for (const other of Object.keys(all)) {
    const [option] = given(all[other].options, args).filter((one) => !Object.hasOwn(own, one));
    if (option === undefined) continue;
    const whose = Object.keys(all).filter((one) => Object.hasOwn(all[one].options, option));
    throw new UsageError(
      `--${option} has no effect on ${name}: it is an option of ${listOf(whose)}, leave it out`,
    );
  }
}

/** "a, b and c". */
function listOf(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** A bound as people write it: 1e15, not all of its digits. */
function bound(value: number): string {
  const short = value.toExponential().replace("+", "");
  return short.length < `${value}`.length ? short : `${value}`;
}

function convert(name: string, option: Option, text: string | undefined): unknown {
  if (option.kind === "flag") {
    if (text !== undefined) throw new UsageError(`--${name} takes no value, got "${text}"`);
    return true;
  }
  if (text === undefined || text === "" || text.startsWith("--")) {
    throw new UsageError(`--${name} needs a value: ${describe(option)}`);
  }
  switch (option.kind) {
    case "text":
      return text;
    case "choice":
      if (option.choices!.includes(text)) return text;
      throw new UsageError(`--${name} must be ${describe(option)}, got "${text}"`);
    case "names":
      return names(name, text);
    case "choices": {
      const parts = names(name, text);
      if (parts.every((part) => option.choices!.includes(part))) return parts;
      throw new UsageError(`--${name} must be ${describe(option)}, got "${text}"`);
    }
    case "integers":
      return text.split(",").map((part) => number(name, option, part.trim(), text));
    default:
      return number(name, option, text, text);
  }
}

/** Names with commas between. @throws UsageError if one is empty, or there twice */
function names(option: string, text: string): string[] {
  const all = text.split(",").map((name) => name.trim());
  const twice = all.find((name, i) => all.indexOf(name) < i);
  if (all.includes("")) {
    throw new UsageError(`--${option} must be names with commas between, got "${text}"`);
  }
  if (twice === undefined) return all;
  throw new UsageError(`--${option} names "${twice}" twice: name it once`);
}

function number(name: string, option: Option, part: string, whole: string): number {
  const value = part === "" ? NaN : Number(part);
  const good = option.kind === "number" ? Number.isFinite(value) : Number.isSafeInteger(value);
  if (good && value >= (option.min ?? -Infinity) && value <= (option.max ?? Infinity)) return value;
  throw new UsageError(`--${name} must be ${describe(option)}, got "${whole}"`);
}

/** What a value must be, in words. */
function describe(option: Option): string {
  if (option.kind === "choice") return `one of ${option.choices!.join(", ")}`;
  if (option.kind === "choices") {
    return `some of ${option.choices!.join(", ")}, with commas between`;
  }
  if (option.kind === "text" || option.kind === "names") return option.value ?? "text";
  const noun =
    { integer: "an integer", number: "a number", integers: "integers with commas between" }[
      option.kind as "integer" | "number" | "integers"
    ];
  const { min, max } = option;
  if (min !== undefined && max !== undefined) return `${noun} from ${bound(min)} to ${bound(max)}`;
  if (min !== undefined) return `${noun}, at least ${bound(min)}`;
  return noun;
}

/** "did you mean" for a small slip, else where to look. */
function advice(command: string, options: Options, name: string): string {
  const all = Object.entries(options).flatMap(([o, option]) => spellings(o, option));
  const near = all.find((o) => o.startsWith(name) || letterDistance(o, name) <= 2) ??
    all.find((o) => o.length > 2 && name.startsWith(o));
  return near ? `did you mean --${near}?` : `${command} --help lists the options`;
}

/** The options as lines of help; a heading stands above the option that it is given for. */
export function helpOf(options: Options, headings: Readonly<Record<string, string>> = {}): string {
  const heads = Object.entries(options).map(([name, o]) =>
    `${spellings(name, o).map((one) => `--${one}`).join(", ")}${
      o.kind === "flag" ? "" : ` ${o.value ?? o.choices?.join("|") ?? "N"}`
    }`
  );
  const width = Math.min(34, Math.max(...heads.map((head) => head.length)) + 2);
  return Object.entries(options).map(([name, o], i) => {
    const heading = headings[name] ? `\n${headings[name]}:\n` : "";
    const preset = o.otherwise ??
      (o.default === undefined || o.kind === "flag" ? "" : `${o.default}`);
    const head = heads[i].length < width
      ? heads[i].padEnd(width)
      : `${heads[i]}\n  ${" ".repeat(width)}`;
    return `${heading}  ${head}${o.help}${preset === "" ? "" : ` [${preset}]`}`;
  }).join("\n");
}
