/** The model that `predict` is told of: a run's folder, or a file. */

import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { decodeModel, fileError, type ModelFile } from "../../data/index.ts";
import { DataError } from "../../errors.ts";

/**
 * Reads a model.
 * @param path the folder of a finished run of `train`, or its `model.safetensors`
 * @throws DataError if there is none, it is damaged, or of a run that was stopped
 */
export async function readModel(path: string): Promise<ModelFile> {
  const info = await stat(path).catch((error) => {
    throw fileError(error, "read", path);
  });
  if (!info.isDirectory()) return complete(await readModelFile(path), path);
  const run = await readFile(join(path, "run.json"), "utf8").catch(() => "");
  if (/"status": "stopped"/.test(run)) {
    throw new DataError(
      `${path} holds a run that was stopped before it had clusters: finish it with ` +
        `train --resume ${path}`,
    );
  }
  const file = join(path, "model.safetensors");
  if (!await stat(file).catch(() => undefined)) {
    throw new DataError(
      `there is no model in ${path}: name the folder of a finished run of train, or its ` +
        "model.safetensors",
    );
  }
  return complete(await readModelFile(file), file);
}

async function readModelFile(file: string): Promise<ModelFile> {
  const bytes = await readFile(file).catch((error) => {
    throw fileError(error, "read", file);
  });
  return decodeModel(new Uint8Array(bytes), file);
}

/** @throws DataError if the model lacks what new rows need */
function complete(model: ModelFile, file: string): ModelFile {
  if (model.clusters === undefined && model.method !== "classifier") {
    throw new DataError(
      `${file} has no clusters: its run was stopped; finish it with train --resume`,
    );
  }
  if (model.preprocessing === undefined) {
    throw new DataError(
      `${file} does not say how rows are made into numbers: its run was stopped, or a program ` +
        "saved it; name a model of a finished run of train",
    );
  }
  return model;
}
