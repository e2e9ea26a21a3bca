/** A whole run in a worker: the same as `asterism train`, with events in place of a terminal. */

import { describeModel, encodeModel } from "../../data/model_file.ts";
import type { Dataset } from "../../data/dataset.ts";
import { resultFiles } from "../../data/results/files.ts";
import type { Device } from "../../device/device.ts";
import { open } from "../../device/open.ts";
import { asset } from "../../device/assets.ts";
import { runtimeVersion } from "../../device/platform.ts";
import { Cancelled, DataError, DeviceError } from "../../errors.ts";
import type { Checkpoint } from "../../methods/checkpoint.ts";
import { METHODS } from "../../methods/methods.ts";
import type { ClusterFit, Model } from "../../methods/model.ts";
import { type Rows, upload } from "../../methods/rows.ts";
import { range, type TrainHooks } from "../../methods/train.ts";
import { UNIT } from "../../ops/gather.ts";
import { reportHtml, type RunRecord } from "../../report/index.ts";
import type { Bar } from "../../run/bar.ts";
import { type ClusteringName, DEFAULTS, type RunValues } from "../../run/defaults.ts";
import { explainRun } from "../../run/explain_run.ts";
import { makeMap } from "../../run/flat_map.ts";
import { assignmentsOf, pointsOf } from "../../run/found.ts";
import { settingsOf } from "../../run/method_settings.ts";
import { scoresOf, withoutRows } from "../../run/scores.ts";
import { withTfidf } from "../../run/tfidf.ts";
import { explainClusters } from "../../text/explain.ts";
import { inspectionOf, readRequest } from "./inspect.ts";
import { Snapshots } from "./snapshots.ts";
import type { SessionEvent, SessionFile, SessionResult, TrainRequest } from "./types.ts";

/** How a run is watched and steered. */
export interface Steering {
  readonly signal: AbortSignal;
  readonly tell: (event: SessionEvent) => void;
  /** Resolves when the run may go on: at once, unless somebody has paused it. */
  readonly going: () => Promise<void>;
  /** Folder of the built files. */
  readonly assets: string;
}

type Clusterer = Model<{ seed: number }, ClusterFit>;

/** Times in seconds of the stages, by name. */
type Times = Record<string, number>;

/** Seconds between two checkpoints, from which a run goes on when its device is lost. */
const KEEP = 10;

/** Reads, trains, clusters, scores, maps and explains. @throws what the reader, device or method throw */
export async function runTraining(
  request: TrainRequest,
  steering: Steering,
): Promise<SessionResult> {
  const { signal, tell } = steering;
  const times: Times = {};
  const bar = barOf(tell, "data");
  const found = await timed(times, "data", () =>
    readRequest(request, {
      signal,
      onProgress: (stage, done, total) => bar.update(total > 0 ? done / total : 0, stage),
    }));
  tell({ type: "rows", inspection: inspectionOf(found) });
  let device = await openFor(request, steering);
  try {
    const dataset = found.kind !== "text"
      ? found
      : await timed(times, "texts", () =>
        withTfidf(found, device, {
          signal,
          onProgress: (done, total) => barOf(tell, "texts").update(done / total, "counting words"),
        }));
    const values = valuesOf(request);
    const lost = async (why: string) => {
      tell({ type: "warning", text: `${why}; training goes on from the last checkpoint` });
      await device.close().catch(() => {});
      device = await openFor({ ...request, device: "auto", adapter: undefined }, steering);
      return device;
    };
    const { model, fit, rows } = await timed(
      times,
      "training",
      () => train(request.method ?? "autoencoder", values, dataset, device, lost, steering),
    );
    rows.free();
    return await conclude(request, { dataset, device, model, fit, values, times }, steering);
  } finally {
    await device.close().catch(() => {});
  }
}

/** The settings that a request means. */
export function valuesOf({ method = "autoencoder", settings = {} }: TrainRequest): RunValues {
  return { ...DEFAULTS[method], ...settings };
}

async function openFor(request: TrainRequest, { tell, assets }: Steering): Promise<Device> {
  const notes: string[] = [];
  const { device, workers, adapter } = request;
  const options = {
    device,
    workers,
    adapter,
    assets,
    onNote: (text: string) => void notes.push(text),
  };
  const opened = await open(options);
  tell({
    type: "device",
    description: opened.info.description,
    why: whyOf(opened, request, notes),
  });
  return opened;
}

/** Why this device, in a sentence. */
function whyOf(
  { info }: Device,
  { device = "auto" }: TrainRequest,
  notes: readonly string[],
): string {
  if (info.kind === "webgpu") {
    return device === "auto" ? "this browser offers a GPU by WebGPU" : "as chosen";
  }
  const gpu = device === "wasm"
    ? "as chosen"
    : notes[0] ?? "this browser offers no hardware GPU by WebGPU";
  if ((globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated) return gpu;
  return `${gpu}; one thread, because the page is not cross-origin isolated (its server must send COOP and COEP)`;
}

/** Fits the model; where the device is lost, once more on another from the last checkpoint. */
async function train(
  method: ClusteringName,
  values: RunValues,
  dataset: Dataset,
  first: Device,
  lost: (why: string) => Promise<Device>,
  { signal, tell, going }: Steering,
): Promise<{ model: Clusterer; fit: ClusterFit; rows: Rows }> {
  const settings = settingsOf(method, values, dataset);
  if (settings.clusters as number > dataset.n) {
    throw new RangeError(
      `clusters must be at most the number of rows, ${dataset.n}, got ${settings.clusters}`,
    );
  }
  const width = dataset.shape.reduce((a, b) => a * b, 1);
  const constructor = METHODS[method] as unknown as new (d: Device, o: object) => Clusterer;
  let kept: Checkpoint | undefined, device = first;
  for (;;) {
    const rows = upload(device, dataset.data, width), model = new constructor(device, settings);
    const snapshots = new Snapshots(device, dataset, settings.clusters as number);
    const hooks: TrainHooks = {
      signal,
      resume: kept,
      checkpoint: { seconds: KEEP, save: (one) => Promise.resolve(void (kept = one)) },
      onProgress: ({ phase, epoch, epochs, seen, samples, loss, rate, left }) =>
        tell({ type: "progress", phase, epoch, epochs, share: seen / samples, loss, rate, left }),
      async between() {
        const snapshot = await snapshots.take(model);
        if (snapshot) tell(snapshot);
        await going();
      },
    };
    try {
      return { model, fit: await fitModel(method, values, model, rows, dataset, hooks), rows };
    } catch (error) {
      if (!(error instanceof DeviceError) || signal.aborted) throw error;
      device = await lost(error.message);
    } finally {
      snapshots.free();
    }
  }
}

function fitModel(
  method: ClusteringName,
  { pairs }: RunValues,
  model: Clusterer,
  rows: Rows,
  { n, labels, name }: Dataset,
  hooks: TrainHooks,
): Promise<ClusterFit> {
  if (method !== "siamese" && method !== "triplet") return model.fit(rows, hooks);
  if (pairs !== "labels") return model.fit(rows, null, range(n), hooks);
  if (!labels) {
    throw new DataError(`${name} has no column with classes: pairs come from neighbours then`);
  }
  return model.fit(rows, { labels }, range(n), hooks);
}

interface Trained {
  readonly dataset: Dataset;
  readonly device: Device;
  readonly model: Clusterer;
  readonly fit: ClusterFit;
  readonly values: RunValues;
  readonly times: Times;
}

/** All that follows the training. */
async function conclude(
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
  const { scores, silhouettes } = await timed(
    times,
    "silhouette",
    () => scoresOf(dataset, model, fit, { device, signal }),
  );
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
      ...resultFiles(assignments).map(({ name, parts }) => blobOf(name, [...parts()])),
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

async function timed<T>(times: Times, name: string, work: () => Promise<T>): Promise<T> {
  const since = performance.now();
  try {
    return await work();
  } finally {
    times[name] = (performance.now() - since) / 1000;
  }
}

/** Tells of a stage, a few times a second. */
function barOf(tell: (event: SessionEvent) => void, stage: string): Bar {
  let told = -Infinity;
  return {
    update(share, text) {
      if (performance.now() - told < 150) return;
      told = performance.now();
      tell({ type: "stage", stage, share: Math.min(1, Math.max(0, share)), text });
    },
    done: (text) => tell({ type: "stage", stage, share: 1, text }),
  };
}
