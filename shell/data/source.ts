/** What a data set argument means: a built-in name, a file, or a folder of files. */

import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { DataError } from "../errors.ts";
import type { DataFile, Dataset, Progress, ReadOptions, Source } from "./dataset.ts";
import { fileBuffer, fileError } from "./files.ts";
import { ensureMnist } from "./mnist.ts";
import { formatByName, READABLE } from "./formats.ts";
import { isImageName } from "./images/files.ts";
import { openImageFile, openImageFolder } from "./images/folder.ts";
import { readSource } from "./read_source.ts";
import { inflate } from "./zlib.ts";

/** Where built-in data sets are kept, and how making them is followed and stopped. */
export interface SourceOptions {
  /** The folder under which each built-in data set gets its own; by default `.cache`. */
  cache?: string;
  onProgress?: Progress;
  signal?: AbortSignal;
}

/** The built-in data sets. */
const BUILT_IN: Record<string, (options: SourceOptions) => Promise<DataFile[]>> = {
  async mnist({ cache = ".cache", ...options }) {
    const { train, test } = await ensureMnist(join(cache, "mnist"), options);
    return [localFile(train, "train"), localFile(test, "test")];
  },
};

/** A Hub id, "owner/name". */
const HUB_ID = /^[\w-][\w.-]*\/[\w.-]+$/;
const ACCEPTED = `give ${
  Object.keys(BUILT_IN).map((name) => `"${name}"`).join(", ")
}, a ${READABLE} file, a folder of such files or of images`;

/**
 * Opens what a data set argument names. A built-in name goes before a path (`./mnist` is a folder),
 * and a path that exists before a Hub id.
 *
 * @throws {DataError} if it is neither, or the folder has no Parquet file
 * @throws {Cancelled} if the signal is set
 */
export async function openSource(name: string, options: SourceOptions = {}): Promise<Source> {
  if (Object.hasOwn(BUILT_IN, name)) return { name, files: await BUILT_IN[name](options) };
  const info = await stat(name).catch((error) => {
    if (error.code === "ENOENT") return undefined;
    throw fileError(error, "read", name);
  });
  if (info?.isDirectory()) {
    return await openImageFolder(name) ?? { name, files: await folderFiles(name) };
  }
  if (info && isImageName(name)) return openImageFile(name);
  if (info && formatByName(name)) {
    return { name, files: [localFile(name, splitOf(basename(name)))] };
  }
  if (info) throw new DataError(`${name} is of no kind that can be read: ${ACCEPTED}`);
  // The place where data sets of the Hub will be opened.
  if (HUB_ID.test(name) && !formatByName(name)) {
    throw new DataError(
      `there is no folder ${name}, and data sets of the Hugging Face Hub cannot be read yet: ` +
        ACCEPTED,
    );
  }
  if (/[/\\]/.test(name) || formatByName(name)) {
    throw new DataError(`there is no file or folder ${name}: check the path`);
  }
  throw new DataError(`unknown data set "${name}": ${ACCEPTED}`);
}

/**
 * Opens and reads a data set, with the runtime's own zlib: images as they are, tables as numbers
 * that are complete and of one scale, texts to be encoded.
 *
 * @throws {DataError} if it cannot be opened or read, or its columns cannot be used: the message
 *   names the file, and the row and column where there is one
 * @throws {RangeError} if the limit is no positive integer
 * @throws {Cancelled} if the signal is set
 */
export async function loadDataset(
  name: string,
  options: SourceOptions & ReadOptions = {},
): Promise<Dataset> {
  return readSource(await openSource(name, options), { inflate, ...options });
}

function localFile(path: string, split: string): DataFile {
  return { name: path, split, open: () => fileBuffer(path) };
}

/** The files under a folder, but for those of runs: train before validation before test, then by name. */
async function folderFiles(dir: string): Promise<DataFile[]> {
  const all = (await listFiles(dir)).sort();
  // Beside Parquet files, others are notes on them.
  const parquet = all.filter((name) => formatByName(name) === "parquet");
  const names = parquet.length > 0 ? parquet : all;
  if (!names.length) throw new DataError(`${dir} has no ${READABLE} file: ${ACCEPTED}`);
  const order = ["train", "validation", "test"];
  return names
    .map((name) => localFile(join(dir, name), splitOf(name)))
    .sort((a, b) => order.indexOf(a.split) - order.indexOf(b.split));
}

async function listFiles(dir: string, prefix = ""): Promise<string[]> {
  const entries = await readdir(join(dir, prefix), { withFileTypes: true }).catch((error) => {
    throw fileError(error, "read", join(dir, prefix));
  });
  // What a run wrote is no data of its folder's owner.
  if (prefix && entries.some(({ name }) => name === "run.json")) return [];
  const names = await Promise.all(
    entries.filter(({ name }) => !name.startsWith(".")).map((entry) => {
      const name = join(prefix, entry.name);
      if (entry.isDirectory()) return listFiles(dir, name);
      return formatByName(name) ? [name] : [];
    }),
  );
  return names.flat();
}

/**
 * The split that a file's name tells, or else the name of a folder above it, as on the Hub
 * (`train-00000-of-00001.parquet`, `test/0000.parquet`); files that tell none are training data.
 */
function splitOf(path: string): string {
  for (const part of path.split(/[/\\]/).reverse()) {
    const [, word] = /(?:^|[^a-z])(train|validation|valid|val|dev|test)(?:[^a-z]|$)/i.exec(part) ??
      [];
    if (word) return /^(v|d)/i.test(word) ? "validation" : word.toLowerCase();
  }
  return "train";
}
