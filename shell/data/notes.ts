/** What was found in a table, in lines that a person reads before the work begins. */

import type { Frame, Roles } from "./frame.ts";
import { type NumberStyle, plain, STYLE_NAMES } from "./number_styles.ts";
import { BESIDE } from "./roles.ts";
import type { TablePreprocessing, TableSettings } from "./table/preprocessing.ts";

/** How a table became numbers. */
interface Made {
  readonly preprocessing: TablePreprocessing;
  readonly missing: readonly { readonly column: string; readonly count: number }[];
  /** Rows that are left. */
  readonly left: number;
  readonly settings: TableSettings;
}

/** What each column of a table is, what was dropped, what is missing. */
export function describeTable(frame: Frame, roles: Roles, made: Made): string[] {
  const { preprocessing: { inputs }, missing, left, settings } = made;
  const wide = inputs.flatMap((input) => {
    if (input.as === "list") return [`${shown(input.column)} (${input.offset.length} numbers)`];
    if (input.as !== "category") return [];
    const { values, other } = input;
    return [`${shown(input.column)} (${values.length}${other ? " and other" : ""})`];
  });
  const numbers = inputs.filter(({ as }) => as === "number" || as === "boolean");
  const kinds = [
    ["numeric", listed(numbers.map(({ column }) => column))],
    ["lists", roles.numeric.length === 1 && inputs[0].as === "list" ? wide.join() : ""],
    ["categorical", roles.categorical.length > 0 ? wide.join(", ") : ""],
    ["dates", listed(roles.dates)],
  ].filter(([, names]) => names !== "").map(([kind, names]) => `${kind} ${names}`);
  const how = settings.missing ?? "mean";
  const gaps = missing.map(({ column, count }) => `${shown(column)} ${count}`).join(", ");
  const filled = how === "drop"
    ? `${count(frame.n - left, "row")} left out`
    : `filled with ${fillings(roles, missing, how.replace("-", " "))}`;
  return [
    `columns: ${kinds.join("; ")}`,
    ...others(frame, roles),
    ...gaps === "" ? [] : [`missing: ${gaps}; ${filled}`],
  ];
}

/** What stands for numbers, and for words, as far as some are missing. */
function fillings(roles: Roles, missing: Made["missing"], how: string): string {
  const words = missing.filter(({ column }) => roles.categorical.includes(column)).length;
  const frequent = "the most frequent word";
  return [
    ...words < missing.length ? [`the ${how}${how === "most frequent" ? " value" : ""}`] : [],
    ...words > 0 ? [frequent] : [],
  ].join(" or ");
}

/** What texts there are. */
export function describeText(frame: Frame, roles: Roles, texts: readonly string[]): string[] {
  const empty = texts.filter((text) => text === "").length;
  return [
    `columns: text ${listed(roles.text)}`,
    ...others(frame, roles),
    ...empty > 0 ? [`missing: ${count(empty, "row")} without a text`] : [],
  ];
}

function others(frame: Frame, { id, dropped, text, numeric }: Roles): string[] {
  const beside = dropped.some(({ reason }) => reason.startsWith(BESIDE));
  return [
    ...describeStyles(frame),
    ...dropped.length > 0
      ? [`dropped: ${dropped.map(({ name, reason }) => `${shown(name)} (${reason})`).join(", ")}`]
      : [],
    ...beside
      ? [
        `used alone: ${listed([...text, ...numeric])} (to cluster other columns instead, name ` +
        "them by --columns)",
      ]
      : [],
    ...id === undefined ? [] : [`id: ${shown(id)}`],
    ...describeBadRows(frame),
  ];
}

/** How many rows could not be read and were left out, and what is wrong with the first. */
export function describeBadRows({ badRows }: Frame): string[] {
  if (!badRows) return [];
  return [`skipped: ${count(badRows.count, "bad row")}; the first: ${badRows.first}`];
}

/** Which numbers are written otherwise than 1234.5, and how they are read. */
export function describeStyles({ styles = new Map() }: Pick<Frame, "styles">): string[] {
  return (Object.keys(STYLE_NAMES) as NumberStyle[]).flatMap((style) => {
    const names = [...styles.keys()].filter((name) => styles.get(name) === style);
    const what = `${STYLE_NAMES[style]}: ${listed(names)}`;
    return names.length > 0 ? [`${what} (${style} is read as ${plain(style, style)})`] : [];
  });
}

/** A name without what would move a terminal's cursor. */
// deno-lint-ignore no-control-regex
const shown = (name: string) => name === "" ? '""' : name.replaceAll(/[\x00-\x1f\x7f-\x9f]/g, "?");

function listed(names: readonly string[]): string {
  const all = names.map(shown);
  if (all.length <= 12) return all.join(", ");
  return `${all.slice(0, 3).join(", ")} ... ${all.at(-1)} (${all.length})`;
}

const count = (n: number, noun: string) => `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;
