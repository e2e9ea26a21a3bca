/**
 * Text tables: fields with a delimiter between, records on lines, quotes where a field needs them.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */

import { dsvFormat } from "d3-dsv";
import type { AsyncBuffer } from "hyparquet";
import { DataError } from "../errors.ts";
import { withPoint } from "./number_styles.ts";
import { readText } from "./text_pieces.ts";

/** One record: its fields, and the line it begins on, from 1. */
export interface CsvRecord {
  readonly fields: readonly string[];
  readonly line: number;
}

/** Characters of one record, at most: more means that a quote was never closed. */
const LONGEST = 1 << 26;
/** A line that is no record: whatever the encoding, these letters are the same. */
export const BLANK = /^[ \t\r\f\v]*$/;
/** The byte order mark of UTF-8, each byte a letter. */
export const MARK = "\u00ef\u00bb\u00bf";

/** A record as it stands in its file. */
interface Raw {
  readonly text: string;
  readonly line: number;
  /** Letters before it. */
  readonly at: number;
}

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
    const records = splitter.push(text, last)
      .map(({ text, line }) => ({ fields: fieldsOf(text, splitter.delimiter!), line }));
    yield { records, done, delimiter: splitter.delimiter };
  }
}

/**
 * Where records begin, in bytes, without looking at what is in them. Those that {@link readCsv} finds
 * are the same ones.
 *
 * @throws as {@link readCsv} does, but for bytes that are no UTF-8
 */
export async function* findRecords(
  buffer: AsyncBuffer,
  file: string,
  signal?: AbortSignal,
  delimiter?: string,
): AsyncGenerator<{ readonly starts: number[]; readonly done: number }> {
  const splitter = new Splitter(file, delimiter);
  let mark: number | undefined;
  for await (const { text, done, last } of readText(buffer, file, () => 0, signal, "latin1")) {
    const first = mark === undefined && text.startsWith(MARK) ? MARK.length : 0;
    mark ??= first;
    const records = splitter.push(text.slice(first), last);
    yield { starts: records.map(({ at }) => mark! + at), done };
  }
}

function fieldsOf(record: string, delimiter: string): string[] {
  return record.includes('"') ? dsvFormat(delimiter).parseRows(record)[0] : record.split(delimiter);
}

/** Cuts text into records, whatever pieces it comes in. */
class Splitter {
  /** Of the next record, from 1. */
  line = 1;
  /** Between fields: found in the first line, if it is not told. */
  delimiter?: string;
  #rest = "";
  /** Letters before the rest. */
  #before = 0;

  constructor(readonly file: string, delimiter?: string) {
    this.delimiter = delimiter;
  }

  push(piece: string, last: boolean): Raw[] {
    const text = this.#rest + piece;
    const records: Raw[] = [];
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
      this.#add(text.slice(begin, end), begin, records);
      begin = end + 1;
    }
    skipQuotes(text.length);
    this.#rest = text.slice(begin);
    if (last && !open) this.#add(this.#rest, begin, records);
    else if (last || this.#rest.length > LONGEST) {
      throw new DataError(
        `${this.file}, line ${this.line}: a quote is opened and not closed: close it`,
      );
    }
    this.#before += begin;
    return records;
  }

  #isDelimiter(letter: string): boolean {
    return this.delimiter === undefined ? /[,;\t]/.test(letter) : letter === this.delimiter;
  }

  #add(record: string, begin: number, records: Raw[]) {
    const text = record.endsWith("\r") ? record.slice(0, -1) : record;
    const { line } = this;
    this.line += record.split("\n").length;
    if (BLANK.test(text)) return;
    this.delimiter ??= delimiterOf(text, this.file);
    records.push({ text, line, at: this.#before + begin });
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
