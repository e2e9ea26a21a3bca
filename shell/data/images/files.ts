/** Reads images that are files of their own: from a folder, an address, or a page. */

import { Cancelled, DataError } from "../../errors.ts";
import type { DataFile, Dataset, ReadOptions, Skipped, Source, Split } from "../dataset.ts";
import { describeSkipped, withoutRows } from "./skip.ts";
import { imageRows, imageSettings } from "./image_rows.ts";

/** The format of a file that is one image. */
export const IMAGE = "image";

/** Whether a file is one image, by the ending of its name. */
export const isImageName = (name: string) => /\.(png|jpe?g|jpe|jfif)$/i.test(name);

/** Names of folders that are splits, and what the splits are called; in reading order. */
const SPLITS: readonly [RegExp, string][] = [
  [/^train(ing)?$/i, "train"],
  [/^(val|valid|validation|dev)$/i, "validation"],
  [/^test(ing)?$/i, "test"],
];

/** The split and the class that the folders above a file tell. */
export function placeOf(name: string): { split: string; className?: string } {
  const folders = name.split(/[/\\]/).slice(0, -1);
  const split = SPLITS.find(([pattern]) => pattern.test(folders[0] ?? ""))?.[1];
  const [className] = split ? folders.slice(1) : folders;
  return { split: split ?? "train", className };
}

/** Files that are read at once: so many, and bytes that they have together. */
const AHEAD = { files: 64, bytes: 1 << 23 };

/**
 * Reads a source of image files. With a limit, its rows are spread evenly over each split, so that
 * every class has some.
 *
 * @throws {DataError} if a file cannot be read, does not decode (unless such are skipped) or has
 *   another shape than the first; or if columns are asked for
 * @throws {RangeError} if the limit is no positive integer
 * @throws {Cancelled} if the signal is set
 */
export async function readImageFiles(source: Source, options: ReadOptions = {}): Promise<Dataset> {
  const { files, about: { names, ids, splits, labels, ...about } } = chooseFiles(source, options);
  const { n, shape, data, bad } = await decodeFiles(source.name, files, options);
  const left = withoutRows(
    { ids, splits, names, ...labels && { labels } },
    bad.map(({ at }) => at),
  );
  const lost: Skipped[] = bad.map(({ place, reason }) => ({
    ...{ name: below(source.name, place.file), reason },
  }));
  const skipped = [...source.skipped ?? [], ...lost];
  return {
    ...{ ...about, n, shape, data, ...left },
    ...{ skipped, notes: describeSkipped(skipped), lost: describeSkipped(lost) },
  };
}

/**
 * The files that are read, and what is known of their rows before that.
 *
 * @throws {DataError} if there are none, or columns are asked for
 * @throws {RangeError} if the limit is no positive integer
 */
export function chooseFiles(source: Source, options: ReadOptions) {
  const { name, skipped = [] } = source;
  refuseColumns(name, options);
  const { files, ids, splits } = spread(source.files, options.limit);
  if (!files.length) throw new DataError(`${name} has no images: give some`);
  const about = {
    ...{ name, kind: "images" as const, columns: ["image"], ids, splits },
    ...{ images: imageSettings(options), skipped, notes: describeSkipped(skipped) },
    ...{ names: files.map((file) => below(name, file.name)), ...classesOf(files, options) },
  };
  return { files, about };
}

/** Decodes files. @throws as {@link readImageFiles} does */
export async function decodeFiles(
  name: string,
  files: readonly DataFile[],
  options: ReadOptions,
) {
  const rows = imageRows(files.length, options);
  try {
    let done = 0;
    for await (const { begin, contents } of readAhead(files)) {
      await rows.push(contents, (i) => ({ file: files[begin + i].name }));
      options.onProgress?.("read", done += contents.length, files.length);
      if (options.signal?.aborted) throw new Cancelled(`reading ${name} was stopped`);
    }
    return await rows.finish();
  } finally {
    await rows.close();
  }
}

/** A file's path below a folder. */
const below = (dir: string, file: string) =>
  file.startsWith(dir) ? file.slice(dir.length).replace(/^[/\\]/, "") || file : file;

/** Files have no columns to choose among. */
function refuseColumns(name: string, options: ReadOptions): void {
  const { columns, text, numeric, categorical, date, id, label } = options;
  const named = { columns, text, numeric, categorical, date, id, label: label || undefined };
  const [wrong] = Object.entries(named).find(([, value]) => value !== undefined) ?? [];
  if (wrong === undefined) return;
  throw new DataError(
    `${name} has images, which are no table with columns: leave --${wrong} out (the classes of ` +
      "images are the folders that they lie in)",
  );
}

/** The files that are read, with their numbers and splits. */
function spread(all: readonly DataFile[], limit = all.length) {
  if (!Number.isInteger(limit) || limit < (all.length ? 1 : 0)) {
    throw new RangeError(`limit must be a positive integer, got ${limit}`);
  }
  const share = Math.min(limit, all.length) / all.length;
  const splits: Split[] = [];
  const ids: number[] = [];
  for (let first = 0; first < all.length;) {
    const name = all[first].split;
    let next = first;
    while (next < all.length && all[next].split === name) next++;
    const [begin, end] = [ids.length, Math.round(share * next)];
    const each = (next - first) / (end - begin);
    for (let i = 0; i < end - begin; i++) ids.push(first + Math.floor(i * each));
    splits.push({ name, begin, end });
    first = next;
  }
  return { files: ids.map((i) => all[i]), ids: Int32Array.from(ids), splits };
}

/** Classes, if there are several. */
function classesOf(files: readonly DataFile[], { label }: ReadOptions) {
  const names = [...new Set(files.flatMap(({ className }) => className ?? []))].sort();
  if (names.length < 2 || label === false) return {};
  const index = new Map(names.map((name, i) => [name, i]));
  const labels = Int32Array.from(files, ({ className = "" }) => index.get(className) ?? -1);
  return { label: "folder", labels, labelNames: names };
}

/** Contents of the files in order; the next ones are read while somebody looks at the last. */
async function* readAhead(files: readonly DataFile[]) {
  let next = readSome(files, 0);
  for (let begin = 0; begin < files.length;) {
    const contents = await next;
    const end = begin + contents.length;
    next = end < files.length ? readSome(files, end) : Promise.resolve([]);
    // It is waited for in the next turn, if there is one.
    next.catch(() => {});
    yield { begin, contents };
    begin = end;
  }
}

/** The next files: many small ones, or a few large ones. */
async function readSome(files: readonly DataFile[], begin: number): Promise<Uint8Array[]> {
  const some = await Promise.all(
    files.slice(begin, begin + AHEAD.files).map((file) => file.open()),
  );
  let bytes = some[0].byteLength;
  let n = 1;
  while (n < some.length && (bytes += some[n].byteLength) <= AHEAD.bytes) n++;
  const contents = some.slice(0, n).map(async (buffer) =>
    new Uint8Array(buffer.byteLength ? await buffer.slice(0, buffer.byteLength) : [])
  );
  return await Promise.all(contents);
}
