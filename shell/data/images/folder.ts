/** A folder of images as a source: sub-folders are classes, or splits with classes below. */

import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { DataFile, Skipped, Source } from "../dataset.ts";
import { fileBuffer, fileError } from "../files.ts";
import { formatByName } from "../formats.ts";
import { IMAGE, isImageName, placeOf } from "./files.ts";

/**
 * Opens a folder of images. Its files are read in the order of their names, training data first;
 * what lies in no folder called `train`, `validation` or `test` is training data. The folder below
 * that is an image's class.
 *
 * @returns undefined if the folder has no images, or more tables than images
 * @throws {DataError} if a folder cannot be read
 */
export async function openImageFolder(dir: string): Promise<Source | undefined> {
  const names = (await listAll(dir)).sort((a, b) => a < b ? -1 : 1);
  const images = names.filter(isImageName);
  const tables = names.filter((name) => formatByName(name)).length;
  if (images.length <= tables) return undefined;
  const found = images.map((name) => ({ ...placeOf(name), name }));
  const files = ["train", "validation", "test"].flatMap((split) =>
    found.filter((one) => one.split === split)
  ).map(({ name, split, className }): DataFile => ({
    name: join(dir, name),
    ...{ split, className, format: IMAGE },
    open: () => fileBuffer(join(dir, name)),
  }));
  const others = names.filter((name) => !isImageName(name));
  const skipped = others.map((name): Skipped => ({ name, reason: "no .png or .jpg file" }));
  return { name: dir, files, skipped };
}

/** One image as a source. */
export function openImageFile(path: string): Source {
  const file = { name: path, split: "train", format: IMAGE, open: () => fileBuffer(path) };
  return { name: path, files: [file] };
}

/** Names of all files below a folder, but for hidden ones and those of runs. */
async function listAll(dir: string, prefix = ""): Promise<string[]> {
  const entries = await readdir(join(dir, prefix), { withFileTypes: true }).catch((error) => {
    throw fileError(error, "read", join(dir, prefix));
  });
  // What a run wrote is no data of its folder's owner.
  if (prefix && entries.some(({ name }) => name === "run.json")) return [];
  const names: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith(".")) continue;
    const name = join(prefix, entry.name);
    if (entry.isDirectory()) names.push(...await listAll(dir, name));
    else if (await isFile(dir, name, entry)) names.push(name);
  }
  return names;
}

/** Links to files count as files; those to folders could lead round in a circle. */
async function isFile(dir: string, name: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  return (await stat(join(dir, name)).catch(() => undefined))?.isFile() ?? false;
}
