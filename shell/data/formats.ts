/** Which format a file has. */

import type { AsyncBuffer } from "hyparquet";
import { DataError } from "../errors.ts";
import type { DataFile } from "./dataset.ts";
import { inflated } from "./bytes.ts";
import { isImageName } from "./images/files.ts";

/** Formats that can be read as tables, or as arrays of images. */
export const FORMATS = ["parquet", "csv", "tsv", "json", "npy", "npz", "idx"] as const;
/** One of them. */
export type Format = typeof FORMATS[number];

/** Endings of names, by format. What is no Parquet may be compressed by gzip as well. */
const ENDINGS: Record<Format, RegExp> = {
  parquet: /\.parquet$/i,
  csv: /\.csv(\.gz)?$/i,
  tsv: /\.tsv(\.gz)?$/i,
  json: /\.(jsonl|ndjson|json)(\.gz)?$/i,
  npy: /\.npy(\.gz)?$/i,
  npz: /\.npz$/i,
  idx: /[.-]idx\d(-ubyte)?(\.gz)?$|\.idx(\.gz)?$/i,
};

/** What can be given, for messages. */
export const READABLE = ".parquet, .csv, .tsv, .jsonl, .json, .npy, .npz or IDX";

/** The format that a name tells, or undefined. */
export function formatByName(name: string): Format | undefined {
  return FORMATS.find((format) => ENDINGS[format].test(name));
}

/** Bytes that tell a format. */
const HEAD = 4096;

/**
 * The format of a file: as it was told, or as the name tells, or as its first bytes do.
 *
 * @throws {DataError} if it is of no kind that can be read
 */
export async function formatOf(file: DataFile): Promise<Format> {
  const told = file.format ?? formatByName(file.name);
  if (told) return told as Format;
  if (/\.(xls[xmb]?|ods|zip)$/i.test(file.name)) {
    throw new DataError(`${file.name} is an Excel or zip file: export it as CSV`);
  }
  const found = await sniff(await openPlain(file));
  if (found) return found;
  throw new DataError(
    `${file.name} is of no kind that can be read: give a ${READABLE} file` +
      (isImageName(file.name) ? ", or a folder of images" : ", or name its kind with --format"),
  );
}

/** The format that the first bytes of a file tell, or undefined. */
export async function sniff(buffer: AsyncBuffer): Promise<Format | undefined> {
  const head = new Uint8Array(await buffer.slice(0, Math.min(HEAD, buffer.byteLength)));
  const begins = (...bytes: number[]) => bytes.every((byte, i) => head[i] === byte);
  if (begins(0x50, 0x41, 0x52, 0x31)) return "parquet";
  if (begins(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59)) return "npy";
  if (begins(0x50, 0x4b, 3, 4)) return "npz";
  if (begins(0, 0) && head[2] >= 8 && head[2] <= 14 && head[3] >= 1 && head[3] <= 4) return "idx";
  if (head.some((byte) => byte < 32 && ![9, 10, 13].includes(byte))) return undefined;
  const text = new TextDecoder().decode(head).trimStart();
  if (/^(\[\s*)?\{/.test(text)) return "json";
  const [line] = text.split(/\r?\n/);
  return /[,;\t]/.test(line) ? "csv" : undefined;
}

/** Opens a file, and inflates it if it is compressed by gzip. @throws {DataError} if it is damaged */
export async function openPlain(file: DataFile): Promise<AsyncBuffer> {
  return await inflated(await file.open(), file.name);
}
