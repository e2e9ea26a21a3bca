/** Rows of cells as columns: what a column holds is found by looking at its first cells. */

import { DataError } from "../errors.ts";
import type { Cells, Kind, Value } from "./cells.ts";
import { AS_TOLD } from "./roles.ts";
import { type BadRows, type Dropped, type Frame, type FrameColumn, isEmpty } from "./frame.ts";

/** Rows that tell what is in a column. */
const SAMPLE = 1000;
/** A column is of a kind if more than this share of its cells are: the others are mistakes. */
const MOST = 0.75;
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
}

/** What a column holds. */
export interface KnownKind {
  readonly kind: Kind;
  /** Whether its numbers have a comma for a point. */
  readonly comma: boolean;
}

/** What the columns of a frame hold, but those that have no value and so no kind. */
export function kindsOf({ columns, commas = [] }: Pick<Frame, "columns" | "commas">) {
  return new Map<string, KnownKind>(
    columns.filter((column) => !isEmpty(column))
      .map(({ name, type }) => [name, { kind: type, comma: commas.includes(name) }]),
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
  /** Columns of numbers that are written with a comma for a point. */
  readonly commas?: readonly string[];
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
      commas: kept.filter(({ cells, kind }) => kind === "number" && cells !== this.cells)
        .map(({ name }) => name),
    };
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
    const cells = known?.comma && this.cells.commas || this.cells;
    return known && new Column(name, place, cells, known.kind);
  }

  #decide() {
    const early = this.#early;
    this.#columns = this.names.flatMap((name, place) => {
      if (!this.#isWanted(name)) return [];
      const told = this.#told(name, place);
      if (told) return [told];
      const first = early.map((row) => typeof row === "string" ? undefined : row.cells[place]);
      const cells = this.cells.otherwise?.(first) ?? this.cells;
      // A row may be too short to have the cell.
      const kinds = first.map((cell) => cell === undefined ? undefined : cells.kindOf(cell));
      return [new Column(name, place, cells, mostCommon(kinds))];
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
      const value = column.read(cells[column.place]);
      if (value === undefined) return this.bad(this.#odd(column, cells, where));
      values.push(value);
    }
    columns.forEach((column, j) => column.push(values[j]));
    this.#rows.push(this.total++);
    this.n++;
  }

  #odd({ name, place, kind, cells: own }: Column<T>, cells: readonly T[], where: string): string {
    const numbers = own === this.cells ? "finite numbers" : "numbers with a decimal comma";
    const noun = { number: numbers, boolean: "true and false", date: "dates" };
    return `${this.file}, ${where}, column "${name}": the value is ` +
      `${this.cells.quote(cells[place])}, but the column has ` +
      `${noun[kind as "number"] ?? "lists of numbers"}: correct it, or take the column for words ` +
      `with --categorical ${name}`;
  }
}

/** The kind that most cells have; words if none has; undefined if all are empty. */
function mostCommon(kinds: (Kind | undefined | null)[]): Kind | undefined | null {
  const full = kinds.filter((kind) => kind !== undefined);
  if (full.length === 0) return undefined;
  const names = ["number", "boolean", "date", "list", null] as const;
  const found = names.find((name) =>
    full.filter((kind) => kind === name).length > MOST * full.length
  );
  return found === undefined ? "string" : found;
}

/** One column that grows. */
class Column<T> {
  /** Whether it holds what no column of a frame can. */
  nested = false;
  kind: Kind | undefined;
  #numbers = new Float64Array(0);
  #others: (string | Float32Array | null)[] = [];
  #n = 0;

  constructor(
    readonly name: string,
    readonly place: number,
    readonly cells: Cells<T>,
    kind: Kind | undefined | null,
  ) {
    this.#decide(kind);
  }

  /** The value of a cell, undefined if it does not fit. The first full one tells the kind. */
  read(cell: T): Value | undefined {
    if (!this.kind && !this.nested) this.#decide(this.cells.kindOf(cell));
    return this.kind ? this.cells.valueOf(cell, this.kind) : null;
  }

  #decide(kind: Kind | undefined | null) {
    this.nested = kind === null;
    this.kind = kind ?? undefined;
  }

  push(value: Value) {
    if (typeof value === "number") {
      while (this.#n >= this.#numbers.length) this.#grow();
      this.#numbers[this.#n] = value;
    } else if (this.kind === undefined || this.kind === "string" || this.kind === "list") {
      this.#others.push(value);
    }
    this.#n++;
  }

  finish(): FrameColumn {
    const { name, kind = "string" } = this;
    if (kind === "string" || kind === "list") {
      return { name, type: kind, values: this.#others } as FrameColumn;
    }
    while (this.#numbers.length < this.#n) this.#grow();
    return { name, type: kind, values: this.#numbers.slice(0, this.#n) };
  }

  #grow() {
    const grown = new Float64Array(Math.max(1024, 2 * this.#numbers.length)).fill(NaN);
    grown.set(this.#numbers.subarray(0, this.#n));
    this.#numbers = grown;
  }
}
