/** A whole run in a worker: the same as `asterism train`, with events in place of a terminal. */

import type { Dataset } from "../../data/dataset.ts";
import type { Device } from "../../device/device.ts";
import { open } from "../../device/open.ts";
import { DataError, DeviceError } from "../../errors.ts";
import type { Checkpoint } from "../../methods/checkpoint.ts";
import { METHODS } from "../../methods/methods.ts";
import type { ClusterFit, Model } from "../../methods/model.ts";
import { type Rows, upload } from "../../methods/rows.ts";
import { range, type TrainHooks } from "../../methods/train.ts";
import { type ClusteringName, DEFAULTS, type RunValues } from "../../run/defaults.ts";
import { settingsOf } from "../../run/method_settings.ts";
import { withTfidf } from "../../run/tfidf.ts";
import { inspectionOf, readRequest } from "./inspect.ts";
import { conclude } from "./conclude.ts";
import { Snapshots } from "./snapshots.ts";
import { barOf, timed, type Times } from "./stages.ts";
import type { Steering } from "./steering.ts";
import type { SessionResult, TrainRequest } from "./types.ts";

type Clusterer = Model<{ seed: number }, ClusterFit>;

/** Seconds between two checkpoints, from which a run goes on when its device is lost. */
const KEEP = 10;

/** Reads, trains, clusters, scores, maps and explains. @throws what the reader, device or method throw */
export async function runTraining(
  request: TrainRequest,
  steering: Steering,
): Promise<SessionResult> {
  const { signal, tell } = steering;
  const times: Times = {};
  const found = await timed(
    times,
    "data",
    () => readRequest(request, signal, barOf(tell, "data")),
  );
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
