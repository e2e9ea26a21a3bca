/** A stopped run on disk: its settings and the state of its training. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from "../data/index.ts";
import { DataError } from "../errors.ts";
import type { Checkpoint } from "../methods/checkpoint.ts";
import { type MethodName, METHODS } from "../methods/methods.ts";

/** Name of the file in the folder of a run. */
export const CHECKPOINT = "checkpoint.safetensors";

/** What a stopped run needs to go on. */
export interface Stopped {
  readonly method: MethodName;
  /** Of the command line. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Rows of the data set, which must not have changed. */
  readonly rows: number;
  /** Folder of the run. */
  readonly path: string;
  readonly checkpoint: Checkpoint;
}

/** Encodes a checkpoint with the settings of its run. */
export function encodeCheckpoint(stopped: Omit<Stopped, "path">): Uint8Array {
  const { checkpoint: { tensors, earlier, ...place }, ...run } = stopped;
  // Losses of single steps are for looking at a run that goes on; a stopped one does without.
  const shortened = Object.fromEntries(
    Object.entries(earlier).map(([phase, history]) => [phase, { ...history, last: [] }]),
  );
  const state = JSON.stringify({ ...run, ...place, earlier: shortened });
  return encodeSafetensors(tensors as Record<string, NamedTensor>, { asterism_run: state });
}

/**
 * Reads the checkpoint of a run.
 * @throws DataError if there is none, or it is damaged
 */
export async function readCheckpoint(path: string): Promise<Stopped> {
  const file = join(path, CHECKPOINT);
  const bytes = await readFile(file).catch(async (error) => {
    if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
    const finished = await readFile(join(path, "run.json"), "utf8").catch(() => "");
    throw new DataError(
      /"status": "finished"/.test(finished)
        ? `the run in ${path} is finished: there is nothing to resume`
        : `there is no checkpoint in ${path}: name the folder of a stopped run`,
    );
  });
  const { tensors, metadata } = decodeSafetensors(new Uint8Array(bytes), file);
  const damaged = new DataError(`${file} does not say what run it is of: start the run again`);
  let state;
  try {
    state = JSON.parse(metadata.asterism_run);
  } catch {
    throw damaged;
  }
  const { method, values, rows, phase, epoch, step, parts, earlier, shapes, stopReason } = state ??
    {};
  const counts = [rows, epoch, step].every((n) => Number.isSafeInteger(n) && n >= 0);
  const maps = [values, parts, earlier, shapes].every((map) =>
    typeof map === "object" && map !== null
  );
  if (!Object.hasOwn(METHODS, method ?? "") || !counts || !maps || typeof phase !== "string") {
    throw damaged;
  }
  const histories = Object.entries(earlier as Checkpoint["earlier"])
    .map(([name, history]) => [name, { ...history, last: new Float32Array(0) }]);
  const place = { phase, epoch, step, parts, shapes, stopReason };
  return {
    method,
    values,
    rows,
    path,
    checkpoint: { ...place, earlier: Object.fromEntries(histories), tensors },
  };
}
