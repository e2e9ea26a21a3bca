/** What is in the cells of a table: numbers, truth values, dates, words, lists, or nothing. */

import { type NumberStyle, plain, stylesOf } from "./number_styles.ts";

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
  /**
   * How the columns write their numbers, if not as 1234.5.
   * @param proven whether decimal commas are known to be in use
   */
  stylesOf?(
    columns: readonly (readonly (T | undefined)[])[],
    proven?: boolean,
  ): (NumberStyle | undefined)[];
  /** Cells whose numbers are written so. */
  styled?(style: NumberStyle): Cells<T>;
}

/** What stands for a value that is not there. */
const EMPTY = /^(|na|n\/a|nan|null|\?)$/i;
/** The same among numbers, where no word can be meant. */
const NO_NUMBER = /^(none|nil|-|\.)$/i;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
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

/** Cells of text with no comma between them: numbers of a column may be written as 25,5. */
export const SEPARATED_CELLS: Cells<string> = {
  ...TEXT_CELLS,
  stylesOf: (columns, proven) =>
    stylesOf(
      columns.map((cells) =>
        cells.map((cell = "") => cell.trim())
          .filter((cell) => !EMPTY.test(cell) && !NO_NUMBER.test(cell))
      ),
      proven,
    ),
  styled: (style) => ({
    ...TEXT_CELLS,
    kindOf: (cell) => TEXT_CELLS.kindOf(plain(cell, style) ?? cell),
    valueOf(cell, kind) {
      if (kind !== "number" || absent(cell.trim()) !== undefined) {
        return TEXT_CELLS.valueOf(cell, kind);
      }
      const text = plain(cell, style);
      return text === undefined ? undefined : TEXT_CELLS.valueOf(text, kind);
    },
  }),
};

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
