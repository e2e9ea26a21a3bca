/** What every training job does: data, device, folder, clock; and how it ends when it is stopped. */

import process from "node:process";
import { standardise } from "../cluster/normalise.ts";
import { type Dataset, loadDataset } from "../data/index.ts";
import type { Device, DeviceInfo } from "../device/device.ts";
import { open } from "../device/open.ts";
import { runtimeVersion } from "../device/platform.ts";
import { Cancelled, DataError, UsageError } from "../errors.ts";
import type { Weights } from "../methods/model.ts";
import { type Rows, upload } from "../methods/rows.ts";
import type { History, Progress, TrainHooks } from "../methods/train.ts";
import type { Scaling } from "../ops/gather.ts";
import { duration, progressBar } from "./progress.ts";
import { openRunFolder, type RunFolder, runName } from "./run_folder.ts";
import type { CLASSIFIER } from "./train_options.ts";
import type { ValuesOf } from "./options.ts";
import { VERSION } from "./version.ts";

/** The options that every method has. */
export type CommonValues = ValuesOf<Omit<typeof CLASSIFIER, "hidden" | "rate" | "batch">>;

/** Everything that a method needs to run. */
export interface Job {
  readonly method: string;
  readonly values: CommonValues;
  readonly dataset: Dataset;
  readonly device: Device;
  readonly signal: AbortSignal;
  /** Seconds spent in each stage so far. */
  readonly times: Record<string, number>;
  /** Does a stage of the work and notes its time. */
  stage<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** Loads the data, opens the device, does the work, closes the device. */
export async function runJob(
  method: string,
  values: CommonValues,
  signal: AbortSignal,
  work: (job: Job) => Promise<number>,
): Promise<number> {
  const times: Record<string, number> = {};
  const stage = async <T>(name: string, act: () => Promise<T>) => {
    const since = performance.now();
    const result = await act();
    times[name] = (performance.now() - since) / 1000;
    return result;
  };
  const say = (text: string) => values.quiet || process.stderr.write(`${text}\n`);
  const dataset = await stage("data", () => load(values, signal));
  const { device: kind, workers, adapter } = values;
  const device = await open(
    { device: kind, workers, adapter, onNote: say } as Parameters<typeof open>[0],
  );
  try {
    say(`${dataset.name}: ${dataset.n.toLocaleString("en")} rows of ${dataset.shape.join(" x ")}`);
    say(device.info.description);
    return await work({ method, values, dataset, device, signal, times, stage });
  } finally {
    await device.close();
  }
}

async function load(values: CommonValues, signal: AbortSignal): Promise<Dataset> {
  const bar = progressBar("data    ", values.quiet);
  const dataset = await loadDataset(values.data, {
    cache: values.cache,
    columns: values.columns?.split(",").map((name) => name.trim()),
    label: values.label,
    limit: values.limit,
    signal,
    onProgress: (stage, done, total) =>
      bar.update(done / total, `${stage === "prepare" ? "preparing" : "reading"} ${total} rows`),
  });
  bar.done(`${dataset.n.toLocaleString("en")} rows read`);
  return dataset;
}

/** Writes the samples to the device: images scaled there from bytes, tables as standard scores. */
export function uploadDataset({ device, dataset }: Job, scaling?: Scaling): Rows {
  const width = dataset.shape.reduce((a, b) => a * b, 1);
  const values = dataset.data;
  if (values instanceof Uint8Array) return upload(device, values, width, { scaling });
  return upload(device, standardise(values, width), width);
}

/** The folder of this run. */
export function openFolder({ method, values, dataset }: Job): Promise<RunFolder> {
  return openRunFolder(values.out, values.name ?? runName(method, dataset.name, values.seed));
}

/** Hooks that show training on a progress line. */
export function trainHooks({ values, signal }: Job): TrainHooks & { done(history: History): void } {
  const bar = progressBar("training", values.quiet);
  let epoch = 0, loss = 0;
  return {
    signal,
    onProgress(p: Progress) {
      // Each epoch's loss stays on the screen.
      if (p.epoch > epoch && epoch > 0) {
        bar.done(`epoch ${epoch}/${p.epochs}  loss ${loss.toPrecision(5)}`);
      }
      [epoch, loss] = [p.epoch, p.loss];
      const share = ((p.epoch - 1) * p.samples + p.seen) / (p.epochs * p.samples);
      const rate = p.rate >= 1000 ? `${(p.rate / 1000).toFixed(1)}k` : p.rate.toFixed(0);
      bar.update(
        share,
        `epoch ${p.epoch}/${p.epochs}  loss ${p.loss.toPrecision(4)}  ${rate} samples/s  ${
          duration(p.left)
        } left`,
      );
    },
    done(history) {
      bar.done(`epoch ${epoch}/${epoch}  loss ${history.losses.at(-1)!.toPrecision(5)}`);
    },
  };
}

/** What `run.json` says of every run. */
export function describeRun(job: Job, status: "finished" | "stopped", extra: object): object {
  const { dataset, device, method, times, values } = job;
  const { help: _help, plan: _plan, quiet: _quiet, ...settings } = values;
  const info: DeviceInfo = device.info;
  return {
    status,
    method,
    settings,
    versions: {
      asterism: VERSION,
      runtime: runtimeVersion(),
      system: `${process.platform}-${process.arch}`,
    },
    device: info,
    data: {
      name: dataset.name,
      rows: dataset.n,
      shape: dataset.shape,
      columns: dataset.columns,
      splits: dataset.splits,
      labels: dataset.labelNames ?? null,
    },
    seconds: Object.fromEntries(Object.entries(times).map(([k, v]) => [k, Number(v.toFixed(3))])),
    ...extra,
  };
}

/**
 * Runs training; when it is stopped, keeps what was learned so far and says where. After any other
 * failure no empty folder is left.
 */
export async function keepingModel(
  job: Job,
  folder: RunFolder,
  weights: () => Promise<Weights>,
  work: () => Promise<number>,
): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Cancelled)) {
      await folder.removeIfEmpty();
      throw error;
    }
    await folder.writeModel(await weights(), { method: job.method, status: "stopped" });
    await folder.writeRun(describeRun(job, "stopped", {}));
    throw new Cancelled(`stopped; the model as trained so far is in ${folder.path}`);
  }
}

/** @throws DataError if the data set has no classes for some rows */
export function requireLabels({ labels, name, labelNames }: Dataset): Uint32Array {
  if (!labels || !labelNames) {
    throw new DataError(
      `${name} has no column with classes: name it by --label, or train an autoencoder`,
    );
  }
  const missing = labels.findIndex((label) => label < 0);
  if (missing >= 0) {
    throw new DataError(`${name}: row ${missing} has no class, which a classifier needs`);
  }
  return Uint32Array.from(labels);
}

/** @throws UsageError if more clusters are asked for than there are rows */
export function checkClusters(clusters: number, n: number): void {
  if (clusters > n) {
    throw new UsageError(`--clusters must be at most the number of rows, ${n}, got ${clusters}`);
  }
}
