/** What a data set argument means: a built-in name, a file, a folder, a data set of the Hub. */

import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { DataError } from "../errors.ts";
import type { DataFile, Dataset, Progress, ReadOptions, Source } from "./dataset.ts";
import { checkWritable, fileBuffer, fileError } from "./files.ts";
import { openHub, parseHubName } from "./hub/hub.ts";
import { ensureMnist } from "./mnist.ts";
import { type Format, formatByName, openPlain, READABLE, sniff } from "./formats.ts";
import { labelsName, pairLabels } from "./idx_pairs.ts";
import { isImageName } from "./images/files.ts";
import { openImageFile, openImageFolder } from "./images/folder.ts";
import { isUrl, openUrl } from "./open_url.ts";
import { openStandardInput } from "./standard_input.ts";
import { readSource } from "./read_source.ts";
import { bySplit, splitOf } from "./split_names.ts";
import { inflate } from "./zlib.ts";

/** What of a data set is opened, where it is kept, how that is followed and stopped. */
export interface SourceOptions {
  /** The folder below which built-in data sets and those of the Hub are kept; by default `.cache`. */
  cache?: string;
  /** What is in the file, where its name does not tell or tells wrongly. */
  format?: Format;
  /** A configuration of a data set of the Hub: see {@link HubOptions}. */
  config?: string;
  /** Splits to read, with commas between; all by default. */
  split?: string;
  /** A branch, tag or commit of a data set of the Hub. */
  revision?: string;
  /** Opens gated and private data sets of the Hub; by default `HF_TOKEN`. */
  token?: string;
  /** The Hub's address; by default `HF_ENDPOINT`, else https://huggingface.co. */
  endpoint?: string;
  /** How many rows will be read: of the Hub no more is fetched than they need. */
  limit?: number;
  /** Told how much of how much is done, now and then. */
  onProgress?: Progress;
  /** Is told what a person should know of the data. */
  onNote?: (text: string) => void;
  /** Stops the work: `Cancelled` is thrown. */
  signal?: AbortSignal;
}

/** The built-in data sets. */
const BUILT_IN: Record<string, (options: SourceOptions) => Promise<DataFile[]>> = {
  async mnist({ cache = ".cache", ...options }) {
    const { train, test } = await ensureMnist(join(cache, "mnist"), options);
    return [localFile(train, "train"), localFile(test, "test")];
  },
};

const ACCEPTED =
  `give ${
    Object.keys(BUILT_IN).map((name) => `"${name}"`).join(", ")
  }, a ${READABLE} file, its address, a folder of such files or of images, or owner/name of the ` +
  "Hugging Face Hub";

/**
 * Opens what a data set argument names: "-" is standard input. A built-in name goes before a path
 * (`./mnist` is a folder), and a path that exists before a name of the Hub.
 *
 * @throws {DataError} if it is none of them, the folder has no Parquet file, there is no such split,
 *   or as {@link openHub} does
 * @throws {Cancelled} if the signal is set
 */
export async function openSource(name: string, options: SourceOptions = {}): Promise<Source> {
  const source = await openLocal(name, options);
  if (!source) return await openRemote(name, options);
  const other = options.config !== undefined ? "config" : options.revision && "revision";
  if (other) throw new DataError(`${name} is not of the Hub and has no ${other}: leave it out`);
  return chooseSplits(withFormat(source, options.format), options.split);
}

function withFormat(source: Source, format: Format | undefined): Source {
  return format ? { ...source, files: source.files.map((file) => ({ ...file, format })) } : source;
}

/** Opens what is built in, on this machine or at an address, or nothing. */
async function openLocal(name: string, options: SourceOptions): Promise<Source | undefined> {
  if (name === "-") return await openStandardInput(options.signal);
  if (isUrl(name)) return await openUrl(name, options);
  if (Object.hasOwn(BUILT_IN, name)) return { name, files: await BUILT_IN[name](options) };
  const info = await stat(name).catch((error) => {
    if (error.code === "ENOENT") return undefined;
    throw fileError(error, "read", name);
  });
  if (info?.isDirectory()) {
    return await openImageFolder(name) ?? { name, files: await folderFiles(name) };
  }
  if (info && isImageName(name)) return openImageFile(name);
  if (info && (options.format ?? formatByName(name) ?? await sniffed(name))) {
    return { name, files: [await withLabels(localFile(name, splitOf(basename(name))))] };
  }
  if (info) throw new DataError(`${name} is of no kind that can be read: ${ACCEPTED}`);
}

async function openRemote(name: string, options: SourceOptions): Promise<Source> {
  if (parseHubName(name) && !formatByName(name)) {
    const { cache = ".cache" } = options;
    await checkWritable(join(cache, "hub"));
    return await openHub(name, { ...options, cache });
  }
  if (/[/\\]/.test(name) || formatByName(name)) {
    throw new DataError(`there is no file or folder ${name}: check the path`);
  }
  throw new DataError(`unknown data set "${name}": ${ACCEPTED}`);
}

function chooseSplits(source: Source, splits: string | undefined): Source {
  if (splits === undefined) return source;
  const names = [...new Set(source.files.map(({ split }) => split))];
  const wanted = splits.split(",").map((one) => one.trim());
  const wrong = wanted.find((one) => !names.includes(one));
  if (wrong !== undefined) {
    throw new DataError(`${source.name} has no split "${wrong}": it has ${names.join(", ")}`);
  }
  return { ...source, files: source.files.filter(({ split }) => wanted.includes(split)) };
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

/** A file of images with the file of classes that lies beside it. */
async function withLabels(file: DataFile): Promise<DataFile> {
  const name = labelsName(file.name);
  const there = name !== undefined && (await stat(name).catch(() => undefined))?.isFile();
  return there ? { ...file, labels: localFile(name, file.split) } : file;
}

/** What the first bytes of a file tell, whose name tells nothing. */
async function sniffed(path: string): Promise<string | undefined> {
  return await sniff(await openPlain(localFile(path, "train")));
}

function localFile(path: string, split: string): DataFile {
  return { name: path, split, open: () => fileBuffer(path) };
}

/** The files under a folder, but for those of runs: train before validation before test, then by name. */
async function folderFiles(dir: string): Promise<DataFile[]> {
  const all = (await listFiles(dir)).sort();
  // Beside Parquet files others are notes on them, and so is JSON beside any others.
  const parquet = all.filter((name) => formatByName(name) === "parquet");
  const tables = all.filter((name) => !/\.json$/i.test(name));
  const names = [parquet, tables, all].find(({ length }) => length > 0) ?? [];
  if (!names.length) {
    throw new DataError(
      `${dir} has no ${READABLE} file, and no .png or .jpg image: name a folder that has some`,
    );
  }
  return pairLabels(names.map((name) => localFile(join(dir, name), splitOf(name))))
    .sort((a, b) => bySplit(a.split, b.split));
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
