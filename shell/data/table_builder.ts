/** Rows of cells as columns: what a column holds is found by looking at its first cells. */

import { DataError } from "../errors.ts";
import type { Cells, Kind, Value } from "./cells.ts";
import { type BadRows, type Dropped, type Frame, type FrameColumn, isEmpty } from "./frame.ts";
import type { NumberStyle } from "./number_styles.ts";
import { AS_TOLD } from "./roles.ts";
import { Column, mostCommon } from "./table_column.ts";

/** Rows that tell what is in a column. */
const SAMPLE = 1000;
/** Why a column of objects, or of lists of other things than numbers, is dropped. */
const NESTED = "it is nested: write its values as columns of their own";

/** How rows are taken up. */
export interface BuilderOptions {
  /** Columns whose cells are words, whatever they look like. */
  readonly words?: readonly string[];
  /** Columns that are not wanted. */
  readonly without?: readonly string[];
  /** The only columns that are wanted; by default all. */
  readonly only?: readonly string[];
  /** What columns hold, by their names, if it is known; by default their first cells tell. */
  readonly kinds?: ReadonlyMap<string, KnownKind>;
  /** Number of the first row in its file. */
  readonly firstRow?: number;
  /** Whether a row that does not fit is left out and counted, and no error. */
  readonly skipBadRows?: boolean;
  /** Whether decimal commas are known to be in use where a number may be read in two ways. */
  readonly decimalCommas?: boolean;
}

/** What a column holds. */
export interface KnownKind {
  readonly kind: Kind;
  /** How its numbers are written, if not as 1234.5. */
  readonly style?: NumberStyle;
}

/** What the columns of a frame hold, but those that have no value and so no kind. */
export function kindsOf({ columns, styles }: Pick<Frame, "columns" | "styles">) {
  return new Map<string, KnownKind>(
    columns.filter((column) => !isEmpty(column))
      .map(({ name, type }) => [name, { kind: type, style: styles?.get(name) }]),
  );
}

/** The columns of one file. */
export interface Part {
  readonly n: number;
  readonly columns: readonly FrameColumn[];
  /** Numbers of the rows in the file, from 0; by default all. */
  readonly rows?: Int32Array;
  /** Rows in the file. */
  readonly total: number;
  readonly skipped?: readonly Dropped[];
  readonly badRows?: BadRows;
  /** How columns of numbers are written, if not as 1234.5. */
  readonly styles?: ReadonlyMap<string, NumberStyle>;
}

/** Takes rows up one after another. */
export class TableBuilder<T> {
  /** Rows that were kept, and all. */
  n = 0;
  total = 0;
  readonly names: string[];
  readonly #places: Set<string>;
  /** Whether columns came later than rows, which then are shorter. */
  #ragged = false;
  #columns?: Column<T>[];
  #early: ({ cells: readonly T[]; where: string } | string)[] = [];
  #rows: number[] = [];
  #bad?: { count: number; first: string };

  constructor(
    readonly file: string,
    names: readonly string[],
    readonly cells: Cells<T>,
    readonly options: BuilderOptions = {},
  ) {
    this.names = [...names];
    this.#places = new Set(names);
  }

  /** A column of which rows so far have nothing, unless it is there already. */
  addColumn(name: string) {
    if (this.#places.has(name)) return;
    const place = this.names.push(name) - 1;
    this.#places.add(name);
    this.#ragged = true;
    if (!this.#columns || !this.#isWanted(name)) return;
    const column = this.#told(name, place) ?? new Column(name, place, this.cells, undefined);
    for (let i = 0; i < this.n; i++) column.push(null);
    this.#columns.push(column);
  }

  /**
   * @param cells one for each name; fewer or more are a mistake
   * @param where what messages call the row
   * @throws {DataError} if a cell does not fit its column, unless bad rows are left out
   */
  push(cells: readonly T[], where: string) {
    if (this.#columns) return this.#add(cells, where);
    this.#early.push({ cells, where });
    if (this.#early.length === SAMPLE) this.#decide();
  }

  /** Rows that were given so far. */
  get seen(): number {
    return this.total + this.#early.length;
  }

  /** What messages call the next row. @param line that it stands on, if that is known */
  where(line?: number): string {
    const row = `row ${(this.options.firstRow ?? 0) + this.seen}`;
    return line === undefined
      ? `${row} (counting from 0)`
      : `${row} (counting from 0; line ${line})`;
  }

  /** Notes a row that could not even be cut into cells. @throws {DataError} likewise */
  bad(message: string) {
    if (!this.options.skipBadRows) {
      throw new DataError(`${message}, or leave such rows out with --skip-bad-rows`);
    }
    if (!this.#columns) {
      this.#early.push(message);
      return;
    }
    this.total++;
    this.#bad ??= { count: 0, first: message };
    this.#bad.count++;
  }

  /** The columns; a column without any value has words, all of them missing. */
  finish(): Part {
    if (!this.#columns) this.#decide();
    const kept = this.#columns!.filter(({ nested }) => !nested);
    const skipped = this.#columns!.filter(({ nested }) => nested);
    return {
      n: this.n,
      total: this.total,
      columns: kept.map((column) => column.finish()),
      rows: Int32Array.from(this.#rows),
      skipped: [
        ...this.names.filter((name) => this.options.without?.includes(name))
          .map((name) => ({ name, reason: AS_TOLD })),
        ...skipped.map(({ name }) => ({ name, reason: NESTED })),
      ],
      badRows: this.#bad,
      styles: this.#styles(kept),
    };
  }

  /** How numbers are written. @throws {DataError} if that was found too late for some columns */
  #styles(columns: readonly Column<T>[]): Map<string, NumberStyle> {
    const styles = new Map<string, NumberStyle>();
    for (const { name, kind, style } of columns) {
      if (kind === "number" && style) styles.set(name, style);
    }
    const late = columns.find(({ late, style }) => late && style !== "1,234.5");
    const doubtful = late && columns.find((column) => column.mayHaveThousands);
    if (!doubtful) return styles;
    const first = `its first ${SAMPLE.toLocaleString("en")} rows`;
    throw new DataError(
      `${this.file}: column "${late.name}" has decimal commas, but not in ${first}, so the points ` +
        `in column "${doubtful.name}" may be those of thousands: write its numbers without them, ` +
        `or leave it out with --drop ${doubtful.name}`,
    );
  }

  /** Whether decimal commas are in use. */
  #proven(): boolean {
    return this.options.decimalCommas ||
      this.#columns!.some(({ style }) => style !== undefined && style !== "1,234.5");
  }

  #isWanted(name: string): boolean {
    const { without, only } = this.options;
    return !without?.includes(name) && (only?.includes(name) ?? true);
  }

  /** A column that need not be looked at to know what it holds. */
  #told(name: string, place: number): Column<T> | undefined {
    const { words, kinds } = this.options;
    if (words?.includes(name)) return new Column(name, place, this.cells, "string");
    const known = kinds?.get(name);
    return known && new Column(name, place, this.cells, known.kind, known.style);
  }

  #decide() {
    const early = this.#early;
    const firstOf = (place: number) =>
      early.map((row) => typeof row === "string" ? undefined : row.cells[place]);
    const styles = this.cells.stylesOf?.(
      this.names.map((_, place) => firstOf(place)),
      this.options.decimalCommas,
    );
    this.#columns = this.names.flatMap((name, place) => {
      if (!this.#isWanted(name)) return [];
      const told = this.#told(name, place);
      if (told) return [told];
      const column = new Column(name, place, this.cells, undefined, styles?.[place]);
      // A row may be too short to have the cell.
      column.decide(mostCommon(
        firstOf(place).map((cell) => cell === undefined ? undefined : column.cells.kindOf(cell)),
      ));
      return [column];
    });
    this.#early = [];
    early.forEach((row) =>
      typeof row === "string" ? this.bad(row) : this.#add(row.cells, row.where)
    );
  }

  #add(cells: readonly T[], where: string) {
    if (cells.length !== this.names.length && !this.#ragged) {
      return this.bad(
        `${this.file}, ${where} has ${cells.length} fields, but there are ${this.names.length} ` +
          "columns: correct the line",
      );
    }
    const columns = this.#columns!;
    const values: Value[] = [];
    for (const column of columns) {
      const cell = cells[column.place];
      let value = column.read(cell);
      if (value === undefined) value = column.reread(cell, () => this.#proven());
      if (value === undefined) return this.bad(this.#odd(column, cells, where));
      values.push(value);
    }
    columns.forEach((column, j) => column.push(values[j]));
    this.#rows.push(this.total++);
    this.n++;
  }

  #odd({ name, place, kind, style }: Column<T>, cells: readonly T[], where: string): string {
    const numbers = style ? `numbers such as ${style}` : "finite numbers";
    const noun = { number: numbers, boolean: "true and false", date: "dates" };
    return `${this.file}, ${where}, column "${name}": the value is ` +
      `${this.cells.quote(cells[place])}, but the column has ` +
      `${noun[kind as "number"] ?? "lists of numbers"}: correct it, or take the column for words ` +
      `with --categorical ${name}`;
  }
}
