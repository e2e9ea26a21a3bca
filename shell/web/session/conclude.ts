/** What follows the training: scores, map, explanations, files. */

import type { Dataset } from "../../data/dataset.ts";
import { describeModel, encodeModel } from "../../data/model_file.ts";
import { resultFiles } from "../../data/results/files.ts";
import { asset } from "../../device/assets.ts";
import type { Device } from "../../device/device.ts";
import { runtimeVersion } from "../../device/platform.ts";
import { Cancelled } from "../../errors.ts";
import type { ClusterFit, Model } from "../../methods/model.ts";
import { UNIT } from "../../ops/gather.ts";
import { reportHtml, type RunRecord } from "../../report/index.ts";
import type { RunValues } from "../../run/defaults.ts";
import { explainRun } from "../../run/explain_run.ts";
import { makeMap } from "../../run/flat_map.ts";
import { assignmentsOf, pointsOf } from "../../run/found.ts";
import { scoresOf, withoutRows } from "../../run/scores.ts";
import { explainClusters } from "../../text/explain.ts";
import { barOf, timed, type Times } from "./stages.ts";
import type { Steering } from "./steering.ts";
import type { SessionFile, SessionResult, TrainRequest } from "./types.ts";

type Clusterer = Model<{ seed: number }, ClusterFit>;

/** A trained model and all that it was made with. */
export interface Trained {
  readonly dataset: Dataset;
  readonly device: Device;
  readonly model: Clusterer;
  readonly fit: ClusterFit;
  readonly values: RunValues;
  readonly times: Times;
}

/** All that follows the training. */
export async function conclude(
  request: TrainRequest,
  { dataset, device, model, fit, values, times }: Trained,
  { signal, tell }: Steering,
): Promise<SessionResult> {
  const { labels, distances, confidence, embedding } = fit, { width } = model;
  const count = fit.centres.length / width;
  const warnings = [...fit.warnings, ...withoutRows(labels, count)];
  const warn = (text: string) => void (warnings.push(text), tell({ type: "warning", text }));
  fit.warnings.forEach((text) => tell({ type: "warning", text }));
  barOf(tell, "scores").update(0, "silhouette");
  const { scores, silhouettes, notes } = await timed(
    times,
    "silhouette",
    () => scoresOf(dataset, model, fit, { device, signal }),
  );
  notes.forEach(warn);
  const points = pointsOf(model.clusters, embedding, width);
  const { map = "pca" } = request;
  const task = { device, signal, bar: barOf(tell, "map"), warn, seed: values.seed };
  const made = await timed(times, "map", () => makeMap(map, points, task));
  const assignments = assignmentsOf(dataset, {
    labels,
    confidence,
    distances,
    embedding,
    width,
    map: made.map,
  });
  const gallery = explainRun(dataset, {
    labels,
    distances: distances!,
    silhouettes,
    clusters: count,
  });
  const words = dataset.texts && {
    columns: dataset.columns,
    clusters: await explainClusters(dataset.texts, labels, distances!, count, { signal }),
  };
  const losses = Object.fromEntries(
    Object.entries(fit.history).map(([phase, { losses }]) => [phase, losses]),
  );
  const metrics = {
    ...Object.fromEntries(
      Object.entries(losses).map(([phase, values]) => [phase, values.at(-1) ?? null]),
    ),
    ...scores,
  };
  const run = {
    status: "finished",
    method: request.method ?? "autoencoder",
    settings: { ...values, map, limit: request.limit },
    versions: { asterism: VERSION, runtime: runtimeVersion() },
    device: device.info,
    data: describe(dataset),
    seconds: Object.fromEntries(
      Object.entries(times).map(([name, s]) => [name, Number(s.toFixed(3))]),
    ),
    ...{ metrics, losses, stopReason: fit.stopReason, warnings },
  };
  const clusters = Int32Array.from(labels);
  const report = await reportHtml(
    { run: run as RunRecord, rows: { ...dataset, clusters, positions: made.map }, gallery, words },
    { script: await (await fetch(asset("report_page.js"))).text() },
  );
  if (signal.aborted) throw new Cancelled("stopped");
  const saved = await model.save();
  const { preprocessing, images, shape } = dataset;
  const file = {
    ...saved,
    tensors: { ...saved.tensors, ...made.tensors },
    preprocessing: preprocessing ?? { kind: "images", shape, ...images, ...UNIT },
  };
  const about = { status: "finished" };
  const written: ReturnType<typeof blobOf>[] = [];
  for (const { name, parts } of resultFiles(assignments)) {
    const content: Uint8Array[] = [];
    for await (const part of parts()) content.push(part);
    written.push(blobOf(name, content));
  }
  const texts: Record<string, string> = {
    "model.json": describeModel(file, about),
    "gallery.json": JSON.stringify(gallery),
    "run.json": JSON.stringify(run, null, 2),
    "report.html": report,
    ...words && { "clusters.json": JSON.stringify(words, null, 2) },
  };
  return {
    ...{ name: dataset.name, metrics, losses, warnings, count, gallery, words, run, clusters },
    ...{
      ids: dataset.ids,
      positions: made.map,
      labels: dataset.labels,
      labelNames: dataset.labelNames,
    },
    ...{ names: dataset.names, texts: dataset.texts },
    files: [
      ...written,
      blobOf("model.safetensors", [encodeModel(file, about)]),
      ...Object.entries(texts).map(([name, text]) => blobOf(name, [text])),
    ],
  };
}

declare const ASTERISM_VERSION: string | undefined;
const VERSION = typeof ASTERISM_VERSION === "string" ? ASTERISM_VERSION : "source";

function describe({ name, n, shape, columns, labelNames, notes = [], splits }: Dataset): object {
  return { name, rows: n, shape, columns, labels: labelNames ?? null, notes, splits };
}

function blobOf(name: string, parts: (Uint8Array | string)[]): SessionFile {
  return { name, blob: new Blob(parts as BlobPart[]) };
}
