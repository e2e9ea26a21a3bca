/** One column of a table that grows row by row. */

import type { Cells, Kind, Value } from "./cells.ts";
import type { FrameColumn } from "./frame.ts";
import { mayHaveThousands, type NumberStyle } from "./number_styles.ts";

/** A column is of a kind if more than this share of its cells are: the others are mistakes. */
const MOST = 0.75;

/** The kind that most cells have; words if none has; undefined if all are empty. */
export function mostCommon(kinds: (Kind | undefined | null)[]): Kind | undefined | null {
  const full = kinds.filter((kind) => kind !== undefined);
  if (full.length === 0) return undefined;
  const names = ["number", "boolean", "date", "list", null] as const;
  const found = names.find((name) =>
    full.filter((kind) => kind === name).length > MOST * full.length
  );
  return found === undefined ? "string" : found;
}

/** Cells of one column, as values of one kind. */
export class Column<T> {
  /** Whether it holds what no column of a frame can. */
  nested = false;
  kind: Kind | undefined;
  /** How cells are understood. */
  cells: Cells<T>;
  /** Whether the style was found behind the first rows. */
  late = false;
  /** Whether some cell is no whole number: it tells how numbers are written. */
  #told = false;
  /** Whether all cells so far might have points of thousands. */
  #small = true;
  #numbers = new Float64Array(0);
  #others: (string | Float32Array | null)[] = [];
  #n = 0;

  constructor(
    readonly name: string,
    readonly place: number,
    readonly plain: Cells<T>,
    kind: Kind | undefined | null,
    public style?: NumberStyle,
  ) {
    this.cells = style && plain.styled?.(style) || plain;
    this.decide(kind);
  }

  decide(kind: Kind | undefined | null) {
    this.nested = kind === null;
    this.kind = kind ?? undefined;
  }

  /** The value of a cell, undefined if it does not fit. The first full one tells the kind. */
  read(cell: T): Value | undefined {
    if (!this.kind && !this.nested) this.decide(this.cells.kindOf(cell));
    if (!this.kind) return null;
    const value = this.cells.valueOf(cell, this.kind);
    if (this.kind !== "number" || this.style || !this.plain.styled) return value;
    if (typeof cell === "string" && value !== undefined && !Number.isNaN(value)) {
      this.#told ||= /[.e]/i.test(cell);
      this.#small &&= mayHaveThousands(cell.trim());
    }
    return value;
  }

  /** The same for a cell that tells how numbers are written, where whole numbers did not. */
  reread(cell: T, proven: () => boolean): Value | undefined {
    if (this.kind !== "number" || this.style || this.#told || !this.plain.styled) return undefined;
    const [style] = this.plain.stylesOf!([[cell]], proven());
    if (!style) return undefined;
    [this.style, this.late] = [style, true];
    this.cells = this.plain.styled(style);
    return this.cells.valueOf(cell, "number");
  }

  /** Whether all its numbers are such as 1.234, which may be one thousand. */
  get mayHaveThousands(): boolean {
    return this.kind === "number" && !this.style && this.#told && this.#small;
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
