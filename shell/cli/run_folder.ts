/** The folder of a run: made before the work, filled at its end, each file whole or not at all. */

import { mkdir, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { checkWritable, encodeSafetensors, writeAtomic } from "../data/index.ts";
import { UsageError } from "../errors.ts";
import type { Weights } from "../methods/model.ts";

/** Where the files of a run go. */
export interface RunFolder {
  readonly path: string;
  /** Writes one file. */
  write(name: string, content: Uint8Array | string): Promise<void>;
  /** Writes `model.safetensors`. */
  writeModel(weights: Weights, about: Record<string, string>): Promise<void>;
  /** Writes `run.json`; the last file, so that its presence means that all are there. */
  writeRun(run: unknown): Promise<void>;
  /** Removes the folder if nothing was written. */
  removeIfEmpty(): Promise<void>;
}

/**
 * Makes the folder and proves that it can be written to.
 * @throws UsageError if a finished run of that name is there
 * @throws DataError if nothing can be written
 */
export async function openRunFolder(out: string, name: string): Promise<RunFolder> {
  if (!/^[\w][\w.-]*$/.test(name)) {
    throw new UsageError(`--name must be letters, digits, dots, dashes and _, got "${name}"`);
  }
  const path = join(out, name);
  if (await stat(join(path, "run.json")).catch(() => null)) {
    throw new UsageError(`${path} holds a finished run: choose another --name`);
  }
  await checkWritable(out);
  await mkdir(path, { recursive: true });
  await checkWritable(path);
  const write = (file: string, content: Uint8Array | string) =>
    writeAtomic(join(path, file), content);
  return {
    path,
    write,
    writeModel: (weights, about) => write("model.safetensors", encodeSafetensors(weights, about)),
    removeIfEmpty: () => rmdir(path).catch(() => {}),
    writeRun: (run) => write("run.json", `${JSON.stringify(run, null, 2)}\n`),
  };
}

/** A name for a run that nobody named: what it is, and when. */
export function runName(method: string, data: string, seed: number, now = new Date()): string {
  const time = now.toISOString().replace(/\..*/, "").replaceAll(/[-:]/g, "").replace("T", "-");
  const source = data.split(/[/\\]/).at(-1)!.replace(/\.parquet$/i, "").replaceAll(/[^\w.-]/g, "_");
  return `${method}-${source || "data"}-seed${seed}-${time}`;
}
