/** Files on disk: written whole or not at all, read in slices, and errors that say what to do. */

import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { AsyncBuffer } from "hyparquet";
import { Cancelled, DataError } from "../errors.ts";

/** What went wrong, and what to do, by the system's error code. */
const REASONS: Record<string, string> = {
  ENOSPC: "the disk is full; free some space or choose a folder on another disk",
  EDQUOT: "the disk quota is used up; free some space or choose a folder on another disk",
  EACCES: "permission is denied; change its permissions or choose another path",
  EPERM: "the system does not permit it; change its permissions or choose another path",
  EROFS: "the file system is read-only; choose a path on another one",
  ENOTDIR: "a part of that path is a file, not a folder; choose another path",
  EEXIST: "a file of that name is in the way; remove it or choose another path",
  EISDIR: "it is a folder, not a file; choose another path",
  ENOENT: "there is no such file or folder; check the path",
  ENAMETOOLONG: "the name is too long; choose a shorter one",
  EMFILE: "too many files are open; close some programs and try again",
};

/**
 * Turns a file system error into one sentence: what was tried, where, why not, what to do.
 *
 * @param action what was tried: "read", "write"
 */
export function fileError(error: unknown, action: string, path: string): DataError | Cancelled {
  if (error instanceof DataError || error instanceof Cancelled) return error;
  const { code, message } = error as { code?: string; message?: string };
  const reason = (code && REASONS[code]) ?? message ?? String(error);
  return new DataError(`cannot ${action} ${path}: ${reason}`, { cause: error });
}

/** What a file is to hold: all of it, or its parts, which are made one after another. */
export type Content = Uint8Array | string | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Writes a file whole or not at all: a reader finds the old content or the new, never a part, also
 * after a crash. The bytes go to a temporary file in the same folder, which takes the name at the
 * end; a failure removes it.
 *
 * @param signal stops the writing between two parts
 * @throws {DataError} if the disk is full, the folder is missing or may not be written to
 * @throws {Cancelled} if the signal is set
 */
export async function writeAtomic(
  path: string,
  content: Content,
  signal?: AbortSignal,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, "wx");
    try {
      const whole = typeof content === "string" || content instanceof Uint8Array;
      for await (const part of whole ? [content] : content) {
        if (signal?.aborted) throw new Cancelled(`writing ${path} was stopped`);
        // Goes on where the last part ended.
        await file.writeFile(part);
      }
      // Some file systems report a full disk only here.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw fileError(error, "write", path);
  }
}

/** Makes a folder and those that it lies in. (Node's own recursion never ends below /proc.) */
async function makeFolder(dir: string): Promise<void> {
  const find = (path: string) => stat(path).catch(() => null);
  if ((await find(dir))?.isDirectory()) return;
  if (!await find(dirname(dir))) await makeFolder(dirname(dir));
  await mkdir(dir).catch(async (error) => {
    // Another process may have been quicker.
    if (!(await find(dir))?.isDirectory()) throw error;
  });
}

/**
 * Makes a folder if it is missing and proves that files can be written there: to be called before
 * long work. (Asking for permissions is not enough: root may write everywhere but to a read-only
 * file system.)
 *
 * @throws {DataError} if nothing can be written there
 */
export async function checkWritable(dir: string): Promise<void> {
  const probe = join(dir, `.probe.${randomUUID()}.tmp`);
  try {
    await makeFolder(dir);
    const file = await open(probe, "wx");
    try {
      await file.writeFile("probe");
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError(error, "write to", dir);
  } finally {
    await rm(probe, { force: true }).catch(() => {});
  }
}

/**
 * A local file as hyparquet reads it. It is opened anew for each slice, so nothing is left to
 * close.
 *
 * @throws {DataError} if the file is missing, a folder or unreadable
 */
export async function fileBuffer(path: string): Promise<AsyncBuffer> {
  const info = await stat(path).catch((error) => {
    throw fileError(error, "read", path);
  });
  if (!info.isFile()) throw fileError({ code: "EISDIR" }, "read", path);
  const slice = async (begin: number, end = info.size) => {
    try {
      return await readSlice(path, begin, end - begin);
    } catch (error) {
      throw fileError(error, "read", path);
    }
  };
  return { byteLength: info.size, slice };
}

async function readSlice(path: string, begin: number, length: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  const file = await open(path, "r");
  try {
    for (let done = 0; done < length;) {
      const { bytesRead } = await file.read(bytes, done, length - done, begin + done);
      if (!bytesRead) throw new Error("it became shorter while it was read; try again");
      done += bytesRead;
    }
  } finally {
    await file.close();
  }
  return bytes.buffer;
}
