/** What the columns of a table are for: found by looking, or told by name. */

import { DataError, UsageError } from "../errors.ts";
import { noColumn, nounOf, quote } from "./column_words.ts";
import type { Dropped, Frame, FrameColumn, NumberColumn, Roles } from "./frame.ts";
import { likely } from "./likely.ts";
import { EMPTY, type Look, lookAt } from "./look.ts";

/** Roles that a person tells; columns that are in none are looked at. */
export interface Overrides {
  /**
   * The columns to cluster, and no others: one image column, one column of lists of numbers, all of
   * one length, texts, or any columns of a table. By default the image column if there is one, else
   * the first list of floats, else texts, else all numbers, dates and categories.
   */
  columns?: readonly string[];
  /**
   * The column with the classes, or `false` for none. By default the first ClassLabel column, else
   * one called `label`, `class`, `target` or `species`, else the only one of a few words.
   */
  label?: string | false;
  /** Free text: joined by a line break where there are several. */
  text?: readonly string[];
  /** Columns of numbers. */
  numeric?: readonly string[];
  /** Columns of names, which become one-hot. */
  categorical?: readonly string[];
  /** Columns of dates, which become numbers. */
  date?: readonly string[];
  /** The name of each row. */
  id?: string;
  /** Columns to leave out. */
  drop?: readonly string[];
}

/** Why a column is dropped that somebody names so. */
export const AS_TOLD = "as told";
/** How it begins what is said of a column that another one stands for. */
export const BESIDE = "beside the";
/** Names of columns of classes, the likeliest first. */
const CLASSES = ["label", "labels", "class", "target", "species"];
/** Rows that a column which counts them has at least: fewer are in order by chance. */
const COUNTED = 10;
/** Names of row numbers. */
const ID = /^(|_?id|idx|index|row_?(id|number)?|unnamed: ?0|__index_level_\d+__|uuid|guid)$|_id$/i;

/**
 * Finds the role of each column.
 *
 * @throws {DataError} if an override names a column that is not there or does not suit, one twice,
 *   or nothing is left to cluster
 */
export function findRoles(frame: Frame, overrides: Overrides = {}): Roles {
  const roles = new Finder(frame, overrides).find();
  const { text, numeric, categorical, dates } = roles;
  if (text.length + numeric.length + categorical.length + dates.length > 0) return roles;
  const reasons = roles.dropped.map(({ name, reason }) => `${quote(name)}: ${reason}`).join(", ");
  const label = roles.label === undefined ? "" : `${quote(roles.label)} has the classes`;
  const id = roles.id === undefined ? "" : `${quote(roles.id)} names the rows`;
  throw new DataError(
    `${frame.name} has no column to cluster (${
      [label, id, reasons].filter(Boolean).join(", ")
    }): ` +
      "name some with --numeric, --categorical or --text",
  );
}

/**
 * Makes sure that no column has two roles.
 *
 * @returns the names, each with its option
 * @throws {UsageError} if one is named twice
 */
export function checkOverrides(overrides: Overrides): Map<string, string> {
  const { label, id, text, numeric, categorical, date, drop } = overrides;
  const lists = {
    ...{ text, numeric, categorical, date, drop },
    ...{ label: label ? [label] : [], id: id === undefined ? [] : [id] },
  };
  const roles = new Map<string, string>();
  for (const [option, names = []] of Object.entries(lists)) {
    for (const name of names) {
      const other = roles.get(name);
      if (other !== undefined) {
        throw new UsageError(
          other === option
            ? `--${option} names ${quote(name)} twice: name it once`
            : `--${other} and --${option} both name ${quote(name)}: leave it out of one`,
        );
      }
      roles.set(name, option);
    }
  }
  return roles;
}

class Finder {
  readonly #columns: Map<string, FrameColumn>;
  readonly #looks = new Map<string, Look>();
  readonly #told: Map<string, string>;
  readonly #dropped: Dropped[];
  readonly #roles: Record<"text" | "numeric" | "categorical" | "dates", string[]> = {
    text: [],
    numeric: [],
    categorical: [],
    dates: [],
  };

  constructor(readonly frame: Frame, readonly overrides: Overrides) {
    this.#columns = new Map(frame.columns.map((column) => [column.name, column]));
    this.#dropped = [...frame.skipped ?? []];
    this.#told = checkOverrides(overrides);
    const drop = overrides.drop ?? [];
    for (const name of [...this.#told.keys(), ...overrides.columns ?? []]) {
      const left = drop.includes(name) && this.#dropped.some((one) => one.name === name);
      if (!left) this.#require(name);
    }
    frame.columns.forEach((column) => this.#looks.set(column.name, lookAt(column)));
  }

  find(): Roles {
    const { drop = [], id } = this.overrides;
    for (const name of drop) {
      if (this.#columns.has(name)) this.#dropped.push({ name, reason: AS_TOLD });
    }
    const label = this.#findLabel();
    const free = [...this.#columns.values()].filter(({ name }) =>
      name !== label && name !== id && !drop.includes(name)
    );
    for (const column of free) {
      const option = this.#told.get(column.name);
      if (option !== undefined) this.#take(column, option);
    }
    const ids = this.#findIds(free);
    const found = id ?? ids[0];
    for (const name of ids) {
      if (name !== found) this.#dropped.push({ name, reason: "it names the rows" });
    }
    this.#takeFound(
      free.filter(({ name }) => name !== found && !ids.includes(name) && !this.#told.has(name)),
    );
    return { ...this.#roles, label, id: found, dropped: this.#dropped };
  }

  /** A told role. @throws {DataError} if the column does not suit it */
  #take(column: FrameColumn, option: string) {
    const { name, type } = column;
    if (option === "numeric" && type === "string") {
      const words = column.values.filter((value) => value !== null);
      const [has, what] = likely(words)?.split(": ") ?? ["words", "correct the values"];
      throw this.#unsuited(name, "numeric", has, `${what}, or use --categorical`);
    }
    if (option === "date" && type !== "date") {
      throw this.#unsuited(name, "date", nounOf(type), "write dates as 2024-12-31");
    }
    if ((option === "text" || option === "categorical") && type === "list") {
      throw this.#unsuited(name, option, "lists of numbers", "name another column");
    }
    this.#roles[option === "date" ? "dates" : option as "text"].push(name);
  }

  #unsuited(name: string, option: string, has: string, what: string): DataError {
    return new DataError(
      `${this.frame.name}: column ${quote(name)} has ${has}, which --${option} cannot use: ${what}`,
    );
  }

  /** Roles of the columns that nobody told of. */
  #takeFound(columns: FrameColumn[]) {
    const { columns: chosen } = this.overrides;
    const wanted = columns.filter(({ name }) => !chosen || chosen.includes(name));
    for (const { name } of chosen ? columns : []) {
      if (!chosen!.includes(name)) this.#dropped.push({ name, reason: "not named by --columns" });
    }
    const roles = this.#roles;
    const named = [roles.numeric, roles.categorical, roles.dates].some(({ length }) => length > 0);
    const list = wanted.find(({ type }) => type === "list");
    const texts = wanted.filter(({ name }) => this.#looks.get(name)!.role === "text");
    // An embedding stands for its row, and so does a text.
    const alone = roles.text.length > 0
      ? []
      : list && !named
      ? [list]
      : texts.length > 0 && !named
      ? texts
      : undefined;
    for (const column of wanted) {
      if (alone && !alone.includes(column)) {
        const reason = list && alone[0] === list
          ? `${BESIDE} lists ${quote(list.name)}`
          : `${BESIDE} text`;
        this.#dropped.push({ name: column.name, reason });
      } else this.#takeLook(column, chosen !== undefined);
    }
  }

  /** The role that a look finds; a column that was chosen is never dropped for telling little. */
  #takeLook(column: FrameColumn, chosen: boolean) {
    const { name } = column;
    const { role, reason = "" } = this.#looks.get(name)!;
    const whole = chosen && column.type === "string" && role === "dropped" && reason !== EMPTY
      ? "categorical"
      : chosen && role === "dropped" && column.type !== "string"
      ? column.type === "date" ? "dates" : "numeric"
      : role;
    if (whole === "dropped") this.#dropped.push({ name, reason });
    else this.#roles[whole].push(name);
  }

  #findLabel(): string | undefined {
    const { label } = this.overrides;
    if (label === false) return undefined;
    if (label !== undefined) {
      const column = this.#columns.get(label)!;
      const { type } = column;
      if (type === "list" || type === "date") {
        throw this.#unsuited(label, "label", nounOf(type), "name another column");
      }
      if (type === "string" || areWhole(column)) return label;
      throw this.#unsuited(label, "label", "numbers with fractions", "name another column");
    }
    const free = [...this.#columns.values()].filter(({ name }) => !this.#told.has(name));
    const stated = free.find((column) => "classNames" in column && column.classNames);
    if (stated) return stated.name;
    const usual = CLASSES.flatMap((name) =>
      free.find((one) => one.name.toLowerCase() === name) ?? []
    )
      .find((column) => isClasses(column, this.#looks.get(column.name)!));
    if (usual) return usual.name;
    const words = [...this.#columns.values()].filter(({ type }) => type === "string");
    const [only] = words;
    const numbers = free.some(({ type }) => type === "number");
    return words.length === 1 && numbers && free.includes(only) &&
        this.#looks.get(only.name)!.role === "categorical" &&
        !this.overrides.columns?.includes(only.name)
      ? only.name
      : undefined;
  }

  /** The columns that name rows, and tell nothing else. */
  #findIds(free: FrameColumn[]): string[] {
    const open = free.filter(({ name, type }) =>
      !this.#told.has(name) && type !== "list" && type !== "date" &&
      !this.overrides.columns?.includes(name)
    );
    const named = open.filter(({ name }) =>
      ID.test(name) && (name === "id" || this.#looks.get(name)!.distinct)
    );
    const counters = open.filter((column) => !named.includes(column) && this.#counts(column));
    return [...named, ...counters].map(({ name }) => name);
  }

  /** Whether a column has the number of each row, from 0 or 1. */
  #counts({ type, values }: FrameColumn): boolean {
    const { ids, n } = this.frame;
    if (type !== "number" || n < COUNTED) return false;
    const first = values[0] - ids[0];
    return (first === 0 || first === 1) && values.every((value, i) => value - ids[i] === first);
  }

  #require(name: string) {
    if (this.#columns.has(name)) return;
    const { frame } = this;
    const skipped = frame.skipped?.find((one) => one.name === name);
    if (skipped) {
      throw new DataError(
        `${frame.name}: column ${quote(name)} cannot be used, ${skipped.reason}: choose others`,
      );
    }
    throw noColumn(frame.name, name, [...this.#columns.keys()]);
  }
}

/** Whether a column can have classes: few integers, truth values or words. */
function isClasses(column: FrameColumn, look: Look): boolean {
  if (column.type === "list" || column.type === "date") return false;
  if (column.type === "string") return look.role !== "text" && look.reason !== EMPTY;
  return areWhole(column);
}

const areWhole = (column: FrameColumn) =>
  (column as NumberColumn).values.every((value) => Number.isNaN(value) || Number.isInteger(value));
