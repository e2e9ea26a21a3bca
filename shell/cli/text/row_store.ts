/** Rows of numbers that are made once, part by part, and read again and again. */

import { randomUUID } from "node:crypto";
import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { type Dataset, fileError } from "../../data/index.ts";
import { runsOf, shardsOf, sizesOf } from "../../data/stream/parts.ts";

/** Takes rows in order. */
export interface RowStore {
  /** Adds rows of `width` numbers. @throws DataError if they cannot be written */
  add(values: Float32Array): void;
  /** All of them, in memory or in shards. */
  readonly rows: Pick<Dataset, "data" | "shards">;
}

/**
 * A place for n rows: memory if they fit into it, else a file that has no name from the moment it is
 * made (on Windows, until this process ends), so that nothing is left of it however the process ends.
 *
 * @param memory bytes that all rows may take
 * @param dir where the file is
 * @throws DataError if the file cannot be made, or not even a few rows fit
 */
export async function openRowStore(
  n: number,
  width: number,
  { memory, dir }: { readonly memory: number; readonly dir: string },
): Promise<RowStore> {
  const size = 4 * width;
  if (n * size <= memory) {
    const data = new Float32Array(n * width);
    let at = 0;
    const add = (values: Float32Array) => {
      data.set(values, at);
      at += values.length;
    };
    return { add, rows: { data } };
  }
  const file = await openNameless(dir);
  const sizes = sizesOf("the numbers of texts", size, memory);
  const parts = runsOf({ groups: [n], from: 0, take: n }, sizes);
  const shards = shardsOf(parts, width, "f32", ({ begin, end: last }) => {
    const values = new Float32Array((last - begin) * width);
    file.read(new Uint8Array(values.buffer), begin * size);
    return Promise.resolve(values);
  });
  let end = 0;
  return {
    add(values) {
      file.write(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), end);
      end += values.byteLength;
    },
    rows: { data: new Float32Array(0), shards },
  };
}

async function openNameless(dir: string) {
  const path = join(dir, `rows-${randomUUID()}.tmp`);
  const attempt = <T>(what: "read" | "write", act: () => T): T => {
    try {
      return act();
    } catch (error) {
      throw fileError(error, what, path);
    }
  };
  await mkdir(dir, { recursive: true }).catch((error) => {
    throw fileError(error, "write", path);
  });
  const file = attempt("write", () => openSync(path, "wx+"));
  try {
    rmSync(path);
  } catch {
    process.on("exit", () => (closeSync(file), rmSync(path, { force: true })));
  }
  // A shard is a few milliseconds' work; one call need not give or take all of it.
  type Act = (file: number, bytes: Uint8Array, offset: number, size: number, at: number) => number;
  const whole = (what: "read" | "write", act: Act) => (bytes: Uint8Array, at: number) =>
    attempt(what, () => {
      for (let done = 0; done < bytes.length;) {
        const count = act(file, bytes, done, bytes.length - done, at + done);
        if (count === 0) throw new Error("the file is too short");
        done += count;
      }
    });
  return { read: whole("read", readSync), write: whole("write", writeSync) };
}
