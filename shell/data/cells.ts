/** What is in the cells of a table: numbers, truth values, dates, words, lists, or nothing. */

/** Kinds of cells, as the columns of a frame have them. */
export type Kind = "number" | "boolean" | "date" | "string" | "list";

/** What is in a cell: null for nothing. */
export type Value = number | string | Float32Array | null;

/** How cells of a format are understood. */
export interface Cells<T> {
  /** What a cell looks like; undefined for an empty one, null for what no column can hold. */
  kindOf(cell: T): Kind | undefined | null;
  /** The value of a cell in a column of a kind; undefined if it does not fit. */
  valueOf(cell: T, kind: Kind): Value | undefined;
  /** The cell as messages quote it. */
  quote(cell: T): string;
  /** How the cells of one column are understood instead, if all of its first ones are so. */
  otherwise?(cells: readonly (T | undefined)[]): Cells<T> | undefined;
  /** Those of {@link otherwise}. */
  readonly commas?: Cells<T>;
}

/** What stands for a value that is not there. */
const EMPTY = /^(|na|n\/a|nan|null|\?)$/i;
/** The same among numbers, where no word can be meant. */
const NO_NUMBER = /^(none|nil|-|\.)$/i;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const COMMA = /^[+-]?\d*,\d+(e[+-]?\d+)?$/i;
/** Three places after a comma, which may be those of thousands. */
const THOUSANDS = /^[+-]?[1-9]\d{0,2},\d{3}$/;
const INFINITE = /^[+-]?inf(inity)?$/i;
/** Digits that are a name: a number would lose its zeros. */
const CODE = /^0\d/;
const BOOLEAN = /^(true|false)$/i;
const DATE =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d\d:?\d\d)?)?$/i;

/** Cells of text, as in CSV. */
export const TEXT_CELLS: Cells<string> = {
  kindOf(cell) {
    const text = cell.trim();
    if (EMPTY.test(text)) return undefined;
    if (INFINITE.test(text) || NUMBER.test(text) && !CODE.test(text)) return "number";
    if (BOOLEAN.test(text)) return "boolean";
    return Number.isNaN(parseDate(text)) ? "string" : "date";
  },
  valueOf(cell, kind) {
    const text = cell.trim();
    if (EMPTY.test(text)) return kind === "string" ? null : NaN;
    if (kind === "string") return text;
    if (kind === "number") return NUMBER.test(text) ? finite(Number(text)) : absent(text);
    if (kind === "date") return finite(parseDate(text)) ?? absent(text);
    return BOOLEAN.test(text) ? Number(/^t/i.test(text)) : absent(text);
  },
  quote: (cell) => JSON.stringify(shortened(cell.trim())),
};

/** Cells of text whose numbers have a comma for a point. */
const COMMA_CELLS: Cells<string> = {
  kindOf: (cell) => TEXT_CELLS.kindOf(withPoint(cell)),
  valueOf(cell, kind) {
    return kind === "number" && cell.includes(".")
      ? undefined
      : TEXT_CELLS.valueOf(withPoint(cell), kind);
  },
  quote: TEXT_CELLS.quote,
};

/** Cells of text with no comma between them: numbers of a column may be written as 25,5. */
export const SEPARATED_CELLS: Cells<string> = {
  ...TEXT_CELLS,
  commas: COMMA_CELLS,
  otherwise(cells) {
    const full = cells.map((cell = "") => cell.trim()).filter((cell) => !EMPTY.test(cell));
    const commas = full.filter((cell) => COMMA.test(cell));
    const others = full.filter((cell) => !COMMA.test(cell));
    const whole = others.every((cell) => /^[+-]?\d+$/.test(cell) || NO_NUMBER.test(cell));
    const clear = commas.some((cell) => !THOUSANDS.test(cell));
    return whole && clear ? COMMA_CELLS : undefined;
  },
};

/** A cell with a point for its decimal comma, if it has one. */
export function withPoint(cell: string): string {
  return COMMA.test(cell.trim()) ? cell.replace(",", ".") : cell;
}

/** Values as JSON has them. */
export const JSON_CELLS: Cells<unknown> = {
  kindOf(cell) {
    if (cell === undefined || cell === null || cell === "") return undefined;
    if (typeof cell === "number" || typeof cell === "boolean") return typeof cell as Kind;
    if (typeof cell === "string") return Number.isNaN(parseDate(cell)) ? "string" : "date";
    return isList(cell) ? "list" : null;
  },
  valueOf(cell, kind) {
    if (cell === undefined || cell === null || cell === "") {
      return kind === "string" || kind === "list" ? null : NaN;
    }
    if (kind === "list") return isList(cell) ? Float32Array.from(cell) : undefined;
    if (typeof cell === "object") return undefined;
    if (kind === "string") return String(cell).trim();
    if (kind === "date") return typeof cell === "string" ? finite(parseDate(cell)) : undefined;
    const fits = kind === "number" ? typeof cell === "number" : typeof cell === "boolean";
    return fits ? finite(Number(cell)) : undefined;
  },
  quote: (cell) => shortened(JSON.stringify(cell) ?? "missing"),
};

/**
 * The time that an ISO 8601 date means, in milliseconds since 1970; NaN for anything else. Without
 * a zone it is UTC, wherever the machine stands.
 */
export function parseDate(text: string): number {
  const [, year, month, day, hour = 0, minute = 0, second = 0, fraction = "", zone = ""] =
    DATE.exec(text) ?? [];
  if (year === undefined) return NaN;
  const parts = [Number(year), Number(month) - 1, Number(day)];
  const date = new Date(0);
  date.setUTCFullYear(parts[0], parts[1], parts[2]);
  const real = date.getUTCMonth() === parts[1] && date.getUTCDate() === parts[2];
  if (!real || Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60) return NaN;
  const [, sign = "+", h = 0, m = 0] = /([+-])(\d\d):?(\d\d)/.exec(zone) ?? [];
  const offset = (Number(h) * 60 + Number(m)) * (sign === "-" ? -1 : 1);
  const minutes = Number(hour) * 60 + Number(minute) - offset;
  return date.getTime() + minutes * 60_000 + Number(second) * 1000 +
    Math.floor(Number(`0.${fraction || 0}`) * 1000);
}

const finite = (value: number) => Number.isFinite(value) ? value : undefined;
const absent = (text: string) => NO_NUMBER.test(text) ? NaN : undefined;

function isList(cell: unknown): cell is number[] {
  return Array.isArray(cell) && cell.length > 0 && cell.every(Number.isFinite);
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}
