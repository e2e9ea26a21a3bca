/** Parts of files on disk, in folders that several processes may share. */

import type { FileHandle } from "node:fs/promises";
import { DataError } from "../../errors.ts";
import type { Parts, Store } from "./store.ts";

/** The modules of the runtime that are used, handed over so that pages can load this file. */
export interface Disk {
  readonly fs: typeof import("node:fs/promises");
  readonly path: typeof import("node:path");
  readonly crypto: typeof import("node:crypto");
}

/** Milliseconds after which nobody is writing a temporary file any more. */
const STALE = 600_000;

/** Bytes of a SHA-256. */
const DIGEST = 32;

/** Reads as many bytes as an array has; false if the file ends before. */
async function fill(file: FileHandle, bytes: Uint8Array, position: number): Promise<boolean> {
  for (let done = 0; done < bytes.length;) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, position + done);
    if (!bytesRead) return false;
    done += bytesRead;
  }
  return true;
}

/**
 * Keeps each part in a file of its own, with its SHA-256 behind it: what a disk has spoiled counts as
 * missing and is fetched anew. It is written under a temporary name and then renamed, so
 * that a part is whole or missing, whoever is killed, and two processes that fetch the same part
 * put the same bytes in the same place.
 */
export class DiskStore implements Store {
  constructor(readonly disk: Disk, readonly folder: string) {}

  async open(key: string): Promise<Parts> {
    const { fs, path } = this.disk;
    const folder = path.join(this.folder, ...key.split("/"));
    await this.#attempt(folder, () => fs.mkdir(folder, { recursive: true }));
    await this.#clean(folder);
    const digestOf = (bytes: Uint8Array) =>
      this.disk.crypto.createHash("sha256").update(bytes).digest();
    const at = (name: string | number) => path.join(folder, `${name}`);
    const has = async (index: number, size: number) =>
      (await fs.stat(at(index)).catch(() => undefined))?.size === size + DIGEST;
    return {
      has,
      async read(index, size, into) {
        const file = await fs.open(at(index)).catch(() => undefined);
        try {
          if ((await file?.stat())?.size !== size + DIGEST) return undefined;
          const bytes = into.subarray(0, size), digest = new Uint8Array(DIGEST);
          const whole = await fill(file!, bytes, 0) && await fill(file!, digest, size);
          return whole && digestOf(bytes).equals(digest) ? bytes : undefined;
        } catch {
          return undefined;
        } finally {
          await file?.close();
        }
      },
      write: (index, bytes) => this.#write(folder, `${index}`, bytes, digestOf(bytes)),
      tag: () => fs.readFile(at("etag"), "utf8").catch(() => undefined),
      mark: (tag) => this.#write(folder, "etag", new TextEncoder().encode(tag)),
      clear: () =>
        this.#attempt(folder, async () => {
          for (const name of await fs.readdir(folder)) {
            if (!name.startsWith(".")) await fs.rm(at(name), { force: true });
          }
        }),
    };
  }

  async #write(folder: string, name: string, ...parts: readonly Uint8Array[]): Promise<void> {
    const { fs, path } = this.disk;
    const temporary = path.join(folder, `.${name}.${crypto.randomUUID()}.tmp`);
    await this.#attempt(folder, async () => {
      const file = await fs.open(temporary, "wx");
      try {
        for (const part of parts) await file.writeFile(part);
        await file.sync();
      } finally {
        await file.close();
      }
      await fs.rename(temporary, path.join(folder, name));
    }, () => fs.rm(temporary, { force: true }).catch(() => {}));
  }

  /** Removes what killed processes left. */
  async #clean(folder: string): Promise<void> {
    const { fs, path } = this.disk;
    for (const name of await fs.readdir(folder).catch(() => [])) {
      if (!/^\..*\.tmp$/.test(name)) continue;
      const file = path.join(folder, name);
      const info = await fs.stat(file).catch(() => undefined);
      if (info && Date.now() - info.mtimeMs > STALE) await fs.rm(file, { force: true });
    }
  }

  async #attempt(folder: string, work: () => Promise<unknown>, undo?: () => Promise<void>) {
    try {
      await work();
    } catch (error) {
      await undo?.();
      const { code } = error as { code?: string };
      const reason = code === "ENOSPC" || code === "EDQUOT" ? "the disk is full" : code ?? "failed";
      throw new DataError(
        `cannot keep what was fetched in ${folder} (${reason}): make room, or choose another ` +
          "folder by --cache",
        { cause: error },
      );
    }
  }
}
