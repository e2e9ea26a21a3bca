/** The folder of a run: made before the work, filled at its end, each file whole or not at all. */

import { access, constants, readdir, readFile, rm, rmdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import {
  checkWritable,
  type Content,
  describeModel,
  encodeModel,
  fileError,
  type ModelFile,
  writeAtomic,
} from "../data/index.ts";
import { UsageError } from "../errors.ts";

/** Where the files of a run go. */
export interface RunFolder {
  readonly path: string;
  /** Writes one file, part by part if it is given so; the signal stops it between two of them. */
  write(name: string, content: Content, signal?: AbortSignal): Promise<void>;
  /** Whether this process has written the file. */
  wrote(name: string): boolean;
  /** Writes `model.safetensors`, and `model.json` for people who want to read its settings. */
  writeModel(model: ModelFile, about: Record<string, string>): Promise<void>;
  /** Removes one file, if it is there. */
  remove(name: string): Promise<void>;
  /** Writes `run.json`; the last file, so that its presence means that all are there. */
  writeRun(run: unknown): Promise<void>;
  /** Removes the folder if nothing was written. */
  removeIfEmpty(): Promise<void>;
}

/**
 * Makes the folder and proves that it can be written to.
 * @throws UsageError if a run of that name is there already
 * @throws DataError if nothing can be written
 */
export async function openRunFolder(out: string, name: string): Promise<RunFolder> {
  checkName(name);
  return await claimFolder(join(out, name), "--name", out);
}

/**
 * Looks whether a run may go there, before anything is read: nothing is made.
 * @param name that somebody gave
 * @throws UsageError if it is no name, or a run has it already
 * @throws DataError if the folder cannot be made
 */
export async function checkRunFolder(out: string, name?: string): Promise<void> {
  if (name !== undefined) {
    checkName(name);
    await refuseTaken(join(out, name), "--name");
  }
  await checkFolder(out);
}

/** @throws UsageError */
function checkName(name: string): void {
  if (/^[\w][\w.-]*$/.test(name)) return;
  throw new UsageError(`--name must be letters, digits, dots, dashes and _, got "${name}"`);
}

/** @throws DataError if a folder is not there and cannot be made; nothing is made */
export async function checkFolder(path: string): Promise<void> {
  let at = resolve(path);
  for (;;) {
    const info = await stat(at).catch(({ code }) => code);
    if (typeof info !== "string") {
      if (!info.isDirectory()) throw fileError({ code: "ENOTDIR" }, "write to", path);
      return await access(at, constants.W_OK).catch((error) => {
        throw fileError(error, "write to", path);
      });
    }
    if (info !== "ENOENT" && info !== "ENOTDIR" || dirname(at) === at) {
      throw fileError({ code: info }, "write to", path);
    }
    at = dirname(at);
  }
}

/**
 * Makes a folder for a run's files and proves that it can be written to.
 * @param option that named it
 * @throws UsageError if a run is there already
 * @throws DataError if nothing can be written
 */
export async function claimFolder(
  path: string,
  option: string,
  out?: string,
): Promise<RunFolder> {
  await refuseTaken(path, option);
  return await reopenRunFolder(path, out);
}

/** @param option that named the folder @throws UsageError if a run is there already */
export async function refuseTaken(path: string, option: string): Promise<void> {
  const run = await readFile(join(path, "run.json"), "utf8").catch(() => null);
  if (run === null) return;
  const stopped = /"status": "stopped"/.test(run);
  throw new UsageError(
    stopped
      ? `${path} holds a stopped run: go on with --resume ${path}, or choose another ${option}`
      : `${path} holds a finished run: choose another ${option}`,
  );
}

/** The folder of a run that goes on. @throws DataError if nothing can be written */
export async function reopenRunFolder(path: string, out = path): Promise<RunFolder> {
  await checkWritable(out);
  await checkWritable(path);
  await removeTemporary(path);
  const written = new Set<string>();
  const write = async (file: string, content: Content, signal?: AbortSignal) => {
    await writeAtomic(join(path, file), content, signal);
    written.add(file);
  };
  return {
    path,
    write,
    wrote: (name) => written.has(name),
    async writeModel(model, about) {
      await write("model.safetensors", encodeModel(model, about));
      await write("model.json", describeModel(model, about));
    },
    remove: (name) => rm(join(path, name), { force: true }),
    removeIfEmpty: () => rmdir(path).catch(() => {}),
    writeRun: (run) => write("run.json", `${JSON.stringify(run, null, 2)}\n`),
  };
}

/** Removes what a run that was killed while it wrote has left behind. */
async function removeTemporary(path: string): Promise<void> {
  const names = await readdir(path);
  const left = names.filter((name) => /^\..+\.[\da-f-]{36}\.tmp$/.test(name));
  await Promise.all(left.map((name) => rm(join(path, name), { force: true })));
}

/** The name, with a number behind it if a run has it already: two runs may begin in one second. */
export async function unusedName(out: string, name: string): Promise<string> {
  for (let i = 1;; i++) {
    const one = i === 1 ? name : `${name}-${i}`;
    if (!await stat(join(out, one)).catch(() => undefined)) return one;
  }
}

/** Ends of names that say what is in a file. */
const DATA_ENDING = /\.(parquet|np[yz]|[ct]sv|jsonl?|ndjson|idx|png|jpe?g)(\.gz)?$/i;

/** A name for a run that nobody named: what it is, and when. */
export function runName(
  method: string,
  data: string,
  seed: number | undefined,
  now = new Date(),
): string {
  const time = now.toISOString().replace(/\..*/, "").replaceAll(/[-:]/g, "").replace("T", "-");
  // What stands behind the "?" of an address may be secret.
  const path = data === "-" ? "standard_input" : data.replace(/^(https?:[^?#]*).*/i, "$1");
  const source = (path.split(/[/\\]/).filter(Boolean).at(-1) ?? "")
    .replace(DATA_ENDING, "").replaceAll(/[^\w.-]/g, "_").replace(/^[.-]+/, "");
  return `${method}-${source || "data"}${seed === undefined ? "" : `-seed${seed}`}-${time}`;
}
