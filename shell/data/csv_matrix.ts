/** A text table as numbers and classes. */

import type { AsyncBuffer } from "hyparquet";
import { DataError } from "../errors.ts";
import { SEPARATED_CELLS } from "./cells.ts";
import { type NumberStyle, plain, withPoint } from "./number_styles.ts";
import { type CsvRecord, readCsv } from "./csv.ts";
import type { Grid, StripOptions } from "./npy_matrix.ts";
import { textClasses } from "./text_classes.ts";

/** Which columns are read. */
export interface TableOptions extends StripOptions {
  /** Columns of numbers; by default all but the label, `id` and one without a name. */
  readonly columns?: readonly string[];
  /**
   * The column with the classes, whole numbers or words, or false for none; by default `label`, or
   * the only column of words if those repeat.
   */
  readonly label?: string | false;
}

/** Numbers, and classes if a column has them. */
export interface Table extends Grid {
  readonly columns: readonly string[];
  readonly label?: string;
  /** Class of each row as an index into `labelNames`, -1 for none. */
  readonly labels?: Int32Array;
  readonly labelNames?: string[];
  /** Line of each row in a text file, from 1. */
  readonly lines?: readonly number[];
  /** How columns of numbers are written, if not as 1234.5. */
  readonly styles?: ReadonlyMap<string, NumberStyle>;
  /** Columns of words that are not used, where nobody chose columns. */
  readonly leftOut?: readonly string[];
}

/** Records that tell whether a column has numbers or words. */
const SAMPLE = 100;
/** What stands for a number that is not there, or for none at all. */
const ABSENT = /^(|na|n\/a|nan|null|none|\?|[+-]?inf(inity)?)$/i;

/**
 * Reads a text table. Its first line has the names of the columns; if there are only numbers in it
 * (other than 0, 1, 2 and so on, which are names too), they are values, and the columns are called
 * x0, x1 and so on.
 *
 * @throws {DataError} if a value is missing, no number or not finite in f32, a line has more or
 *   fewer fields than the first, or a column is not there
 */
export async function readCsvMatrix(
  buffer: AsyncBuffer,
  file: string,
  options: TableOptions = {},
): Promise<Table> {
  const { limit = Infinity, signal, onProgress } = options;
  let reader: Reader | undefined;
  let early: CsvRecord[] = [];
  for await (const { records, done, delimiter } of readCsv(buffer, file, signal)) {
    early = early.concat(reader ? [] : records);
    if (!reader && (early.length > SAMPLE || done === buffer.byteLength) && early.length > 0) {
      reader = new Reader(file, early, options, delimiter);
    } else reader?.push(records, limit);
    onProgress?.(done, buffer.byteLength);
    if (reader && reader.n >= limit) break;
  }
  if (!reader?.n) throw new DataError(`${file} has no rows: give a table that has some`);
  return reader.finish();
}

/** Takes records up, once the first ones have told what the columns are. */
class Reader {
  n = 0;
  readonly names: readonly string[];
  /** Places of the columns of numbers. */
  readonly numbers: readonly number[];
  /** Place of the classes, -1 for none. */
  readonly label: number;
  #data = new Float32Array(1024);
  readonly #rowLines: number[] = [];
  #labels = new Map<string, number>();
  /** Line on which each class was seen first. */
  #lines: number[] = [];
  #classes: number[] = [];
  /** How each column writes its numbers, if not as 1234.5. */
  readonly #styles: readonly (NumberStyle | undefined)[];
  readonly #leftOut: readonly string[];

  constructor(
    readonly file: string,
    records: readonly CsvRecord[],
    options: TableOptions,
    delimiter = ",",
  ) {
    const [first, ...others] = records;
    const headed = hasNames(first.fields.map(withPoint));
    this.names = headed
      ? first.fields.map((name) => name.trim())
      : first.fields.map((_, j) => `x${j}`);
    const twice = this.names.find((name, j) => this.names.indexOf(name) < j);
    if (twice !== undefined) {
      throw new DataError(`${file} has two columns called "${twice}": rename one`);
    }
    const rows = headed ? others : records;
    const cells = this.names.map((_, j) => rows.map(({ fields }) => fields[j]));
    this.#styles = delimiter === "," ? [] : SEPARATED_CELLS.stylesOf!(cells);
    const words = this.names.map((_, j) => !this.#styles[j] && isWords(rows, j));
    this.label = this.#chooseLabel(words, rows, options);
    this.numbers = options.columns?.map((name) => this.#find(name)) ??
      this.names.flatMap((name, j) =>
        words[j] || j === this.label || name === "" || name === "id" ? [] : [j]
      );
    this.#leftOut = options.columns
      ? []
      : this.names.filter((_, j) => words[j] && j !== this.label && !this.numbers.includes(j));
    if (this.numbers.length === 0) {
      throw new DataError(`${file} has no column of numbers: its columns are ${this.#list()}`);
    }
    this.push(rows, options.limit ?? Infinity);
  }

  push(records: readonly CsvRecord[], limit: number) {
    const width = this.numbers.length;
    for (const { fields, line } of records) {
      if (this.n >= limit) return;
      if (fields.length !== this.names.length) {
        throw new DataError(
          `${this.file}, row ${this.n} (line ${line}) has ${fields.length} fields, but there are ` +
            `${this.names.length} columns: correct the line`,
        );
      }
      if ((this.n + 1) * width > this.#data.length) this.#grow(width);
      for (let j = 0, at = this.n * width; j < width; j++, at++) {
        const text = fields[this.numbers[j]];
        this.#data[at] = this.#numberOf(text, this.numbers[j]);
        if (!Number.isFinite(this.#data[at])) throw this.#odd(text.trim(), line, this.numbers[j]);
      }
      if (this.label >= 0) this.#classes.push(this.#classOf(fields[this.label].trim(), line));
      this.#rowLines.push(line);
      this.n++;
    }
  }

  /** NaN for what is none. */
  #numberOf(text: string, column: number): number {
    if (text.trim() === "") return NaN;
    const style = this.#styles[column];
    return Number(style ? plain(text, style) ?? NaN : text);
  }

  finish(): Table {
    const { n, names } = this, width = this.numbers.length;
    const columns = this.numbers.map((j) => names[j]);
    const styles = new Map<string, NumberStyle>();
    for (const j of this.numbers) {
      const style = this.#styles[j];
      if (style) styles.set(names[j], style);
    }
    const grid = {
      ...{ n, width, data: this.#data.slice(0, n * width), columns, lines: this.#rowLines },
      ...styles.size > 0 && { styles },
      ...this.#leftOut.length > 0 && { leftOut: this.#leftOut },
    };
    if (this.label < 0) return grid;
    this.#refuseFractions();
    const labelNames = orderedNames(this.#labels.keys());
    const places = new Map(labelNames.map((name, i) => [this.#labels.get(name)!, i]));
    const labels = Int32Array.from(this.#classes, (id) => places.get(id) ?? -1);
    return { ...grid, label: names[this.label], labels, labelNames };
  }

  #grow(width: number) {
    const data = new Float32Array(Math.max(this.#data.length * 2, width));
    data.set(this.#data);
    this.#data = data;
  }

  #classOf(name: string, line: number): number {
    if (name === "") return -1;
    let id = this.#labels.get(name);
    if (id === undefined) {
      this.#labels.set(name, id = this.#labels.size);
      this.#lines.push(line);
    }
    return id;
  }

  #chooseLabel(
    words: boolean[],
    rows: readonly CsvRecord[],
    { label: name, columns }: TableOptions,
  ): number {
    if (name === false) return -1;
    if (name !== undefined) return this.#find(name);
    const sampleOf = (j: number) => rows.map(({ fields }) => fields[j]?.trim() || null);
    const usual = this.names.indexOf("label");
    if (usual >= 0 && !columns?.includes("label") && !hasFractions(sampleOf(usual))) return usual;
    const texts = this.names.flatMap((name, j) => words[j] ? [{ name, sample: sampleOf(j) }] : []);
    const found = textClasses(texts);
    return found === undefined ? -1 : this.names.indexOf(found);
  }

  /** @throws {DataError} if the classes are measurements */
  #refuseFractions() {
    const names = [...this.#labels.keys()];
    const at = names.findIndex(isFraction);
    if (at < 0 || !names.every(isNumber)) return;
    throw fractionError(`${this.file}, line ${this.#lines[at]}`, this.names[this.label], names[at]);
  }

  #find(name: string): number {
    const at = this.names.indexOf(name);
    if (at >= 0) return at;
    throw new DataError(`${this.file} has no column "${name}": its columns are ${this.#list()}`);
  }

  #list(): string {
    return this.names.map((name) => name || "(one without a name)").join(", ");
  }

  #odd(text: string, line: number, column: number): DataError {
    const value = text === "" ? "missing" : `"${text}"`;
    return new DataError(
      `${this.file}, row ${this.n} (counting from 0; line ${line}), column ` +
        `"${this.names[column]}": the value is ${value}, but every value must be a finite 32-bit ` +
        "float: fill or leave out the row or the column",
    );
  }
}

const isFraction = (text: string) => isNumber(text) && !Number.isInteger(Number(text));

/** Whether values are numbers, and some are not whole: no classes, but measurements. */
export function hasFractions(values: readonly (string | null)[]): boolean {
  const said = values.filter((value) => value !== null);
  return said.every(isNumber) && said.some(isFraction);
}

/** What is said of a column of measurements that shall be labels. */
export function fractionError(place: string, column: string, value: string): DataError {
  return new DataError(
    `${place}, column "${column}": the value is ${value}, but labels are words or whole numbers: ` +
      "name another column",
  );
}

/** Names in order: numbers by size, words by their letters. */
export function orderedNames(names: Iterable<string>): string[] {
  const all = [...names];
  const numeric = all.every((name) => name.trim() !== "" && Number.isFinite(Number(name)));
  return numeric ? all.sort((a, b) => Number(a) - Number(b)) : all.sort();
}

function isNumber(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}

/** Whether a first line has names: not only numbers, or those that pandas gives to columns. */
export function hasNames(fields: readonly string[]): boolean {
  return !fields.every(isNumber) || fields.length > 1 && fields.every((text, j) => text === `${j}`);
}

/** Whether the first field that says something is a word. */
function isWords(rows: readonly CsvRecord[], j: number): boolean {
  const first = rows.find(({ fields }) => !ABSENT.test((fields[j] ?? "").trim()));
  return first !== undefined && !isNumber(first.fields[j]);
}
