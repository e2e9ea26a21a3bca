/**
 * Text tables: fields with a delimiter between, records on lines, quotes where a field needs them.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */

import { dsvFormat } from "d3-dsv";
import type { AsyncBuffer } from "hyparquet";
import { DataError } from "../errors.ts";
import { withPoint } from "./cells.ts";
import { readText } from "./text_pieces.ts";

/** One record: its fields, and the line it begins on, from 1. */
export interface CsvRecord {
  readonly fields: readonly string[];
  readonly line: number;
}

/** Characters of one record, at most: more means that a quote was never closed. */
const LONGEST = 1 << 26;

/**
 * Reads records one after another, and says how many bytes are done. Empty lines are left out.
 *
 * @param file what messages call it; a name that ends in `.tsv` has tabs between its fields, others
 *   commas, semicolons or tabs, whichever the first line has most of
 * @throws {DataError} if the bytes are no UTF-8 or a quote is not closed
 * @throws {Cancelled} if the signal is set
 */
export async function* readCsv(
  buffer: AsyncBuffer,
  file: string,
  signal?: AbortSignal,
  delimiter?: string,
): AsyncGenerator<{
  readonly records: CsvRecord[];
  readonly done: number;
  readonly delimiter?: string;
}> {
  const splitter = new Splitter(file, delimiter);
  const pieces = readText(buffer, file, () => splitter.line - 1, signal);
  for await (const { text, done, last } of pieces) {
    const records = splitter.push(text, last);
    yield { records, done, delimiter: splitter.delimiter };
  }
}

/** Cuts text into records, whatever pieces it comes in. */
class Splitter {
  /** Of the next record, from 1. */
  line = 1;
  /** Between fields: found in the first line, if it is not told. */
  delimiter?: string;
  #rest = "";

  constructor(readonly file: string, delimiter?: string) {
    this.delimiter = delimiter;
  }

  push(piece: string, last: boolean): CsvRecord[] {
    const text = this.#rest + piece;
    const records: CsvRecord[] = [];
    let begin = 0, open = false, quote = text.indexOf('"');
    // Inside a field that did not begin with one, a quotation mark is a letter.
    const skipQuotes = (end: number) => {
      while (quote >= 0 && quote < end) {
        const twice = open && text[quote + 1] === '"';
        if (open) open = twice;
        else open = quote === begin || this.#isDelimiter(text[quote - 1]);
        quote = text.indexOf('"', quote + (twice ? 2 : 1));
      }
    };
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) {
      skipQuotes(end);
      if (open) continue;
      this.#add(text.slice(begin, end), records);
      begin = end + 1;
    }
    skipQuotes(text.length);
    this.#rest = text.slice(begin);
    if (last && !open) this.#add(this.#rest, records);
    else if (last || this.#rest.length > LONGEST) {
      throw new DataError(
        `${this.file}, line ${this.line}: a quote is opened and not closed: close it`,
      );
    }
    return records;
  }

  #isDelimiter(letter: string): boolean {
    return this.delimiter === undefined ? /[,;\t]/.test(letter) : letter === this.delimiter;
  }

  #add(text: string, records: CsvRecord[]) {
    const record = text.endsWith("\r") ? text.slice(0, -1) : text;
    const { line } = this;
    this.line += text.split("\n").length;
    if (record.trim() === "") return;
    this.delimiter ??= delimiterOf(record, this.file);
    const fields = record.includes('"')
      ? dsvFormat(this.delimiter).parseRows(record)[0]
      : record.split(this.delimiter);
    records.push({ fields, line });
  }
}

const isNumber = (text: string) => text !== "" && Number.isFinite(Number(text));

function delimiterOf(record: string, file: string): string {
  if (/\.tsv(\.gz)?$/i.test(file)) return "\t";
  const bare = record.replaceAll(/"[^"]*"/g, "");
  const decimal = [";", "\t"].find((one) =>
    bare.includes(one) && bare.split(one).every((cell) => isNumber(withPoint(cell.trim())))
  );
  if (decimal !== undefined) return decimal;
  const counts = [",", ";", "\t"].map((one) => ({ one, count: bare.split(one).length }));
  return counts.reduce((best, other) => other.count > best.count ? other : best).one;
}
