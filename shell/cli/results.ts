/** What is written of a model and its rows: a map, the assignments, the model itself. */

import { type Assignments, resultFiles, type ResultFormat } from "../data/index.ts";
import type { Model } from "../methods/model.ts";
import { makeMap } from "../run/flat_map.ts";
import { assignmentsOf, type Found, pointsOf } from "../run/found.ts";
import type { Job } from "./job.ts";
import { type Bar, progressBar } from "./progress.ts";
import { warn } from "./report.ts";
import type { RunFolder } from "./run_folder.ts";

/** How results are written. */
export interface Writing {
  readonly formats: readonly string[];
  readonly signal: AbortSignal;
  /** Shows which file is being written. */
  readonly bar: Bar;
}

/** Writes the files of results. @throws DataError if one cannot be written */
export async function writeResults(
  folder: Pick<RunFolder, "write">,
  assignments: Assignments,
  { formats, signal, bar }: Writing,
): Promise<void> {
  const files = resultFiles(assignments, formats as ResultFormat[]);
  for (const [i, { name, parts }] of files.entries()) {
    bar.update(i / files.length, name);
    await folder.write(name, parts(), signal);
  }
  bar.done(files.map(({ name }) => name).join(", "));
}

/** Writes what a trained model found, and the model; the result is the map, if there is one. */
export async function writeModelAndResults(
  job: Job,
  folder: RunFolder,
  model: Model<{ seed: number }>,
  { preprocessing, ...found }: Omit<Found, "map" | "width"> & { readonly preprocessing: object },
): Promise<Float32Array | undefined> {
  const { dataset, device, signal, values, stage } = job;
  const { width } = model;
  const bar = progressBar("map     ", values.quiet);
  const points = pointsOf(model.clusters, found.embedding, width);
  const task = { device, signal, bar, warn, seed: model.options.seed };
  const { map, tensors } = await stage("map", () => makeMap(values.map, points, task));
  const assignments = assignmentsOf(dataset, { ...found, width, map });
  const writing = {
    formats: values.formats,
    signal,
    bar: progressBar("writing ", values.quiet),
  };
  await stage("writing", () => writeResults(folder, assignments, writing));
  const saved = await model.save();
  const { classNames } = found;
  await folder.writeModel({
    ...saved,
    tensors: { ...saved.tensors, ...tensors },
    preprocessing,
    ...classNames && { classNames },
  }, { status: "finished" });
  return map;
}
