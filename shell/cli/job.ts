/** What every training job does: data, device, folder, clock; and how it ends when it is stopped. */

import type { Dataset } from "../data/index.ts";
import { classesOf, doubtfulClasses } from "./classes.ts";
import type { Device } from "../device/device.ts";
import { Cancelled, DataError, UsageError } from "../errors.ts";
import { type MethodName } from "../methods/methods.ts";
import type { Model } from "../methods/model.ts";
import { type Rows, stream, upload } from "../methods/rows.ts";
import type { Progress, TrainHooks } from "../methods/train.ts";
import { UNIT } from "../ops/gather.ts";
import { loadRows } from "./load_rows.ts";
import { bytesOf, inWords } from "./memory.ts";
import { duration, progressBar } from "./progress.ts";
import { counted, sayNotes, warn } from "./report.ts";
import { CHECKPOINT, encodeCheckpoint, type Stopped } from "./checkpoint_file.ts";
import {
  checkRunFolder,
  openRunFolder,
  reopenRunFolder,
  type RunFolder,
  runName,
  unusedName,
} from "./run_folder.ts";
import type { CLASSIFIER } from "./train_options.ts";
import type { ValuesOf } from "./options.ts";
import { chooseEncoder, encodeTexts } from "./text/encode.ts";
import { describeMachine, sayer, settingsOf, type Stages, stages, withDevice } from "./session.ts";

/** The options that every method has. */
export type CommonValues = ValuesOf<
  Omit<typeof CLASSIFIER, "hidden" | "rate" | "batch" | "epochs">
>;

/** Everything that a method needs to run. */
export interface Job extends Stages {
  readonly method: MethodName;
  readonly values: CommonValues;
  /** The stopped run that this one goes on with. */
  readonly stopped?: Stopped;
  readonly dataset: Dataset;
  readonly device: Device;
  readonly signal: AbortSignal;
}

/** Loads the data, opens the device, does the work, closes the device. */
export async function runJob(
  method: MethodName,
  values: CommonValues,
  signal: AbortSignal,
  work: (job: Job) => Promise<number>,
  stopped?: Stopped,
): Promise<number> {
  const { times, stage } = stages();
  const say = sayer(values);
  if (!stopped && !values.plan) await checkRunFolder(values.out, values.name);
  const found = await stage("data", () => loadRows(values, signal, say, stopped));
  if (stopped && stopped.rows !== found.n) {
    throw new DataError(
      `${found.name} has ${
        counted(found.n, "row")
      } now, and had ${stopped.rows} when the run was stopped: ` +
        "go on with the same data",
    );
  }
  const doubtful = doubtfulClasses(found);
  return await withDevice(values, say, async (device) => {
    const { name, n, shape } = found;
    say(`${name}: ${counted(n, "row")}${shape[0] ? ` of ${shape.join(" x ")}` : ""}`);
    if (found.shards || found.textShards) {
      const memory = inWords(bytesOf(values.memory));
      const how = found.shards ? "again in each epoch" : "in parts";
      say(`they are more than ${memory} of memory: read from their files ${how}`);
    }
    sayNotes(found, values.quiet);
    say(classesOf(found));
    doubtful.forEach(warn);
    say(device.info.description);
    const given = { method, values, dataset: found, device, signal, times, stage, stopped };
    return await work(found.kind === "text" ? await withTexts(given, say) : given);
  });
}

/** The same job with numbers for its texts; the encoder that was chosen is now one of its values. */
async function withTexts(job: Job, say: (text: string) => void): Promise<Job> {
  const { dataset, device, signal, values, stage } = job;
  const { cache, quiet } = values, memory = bytesOf(values.memory);
  const context = { device, signal, cache, quiet, memory, say };
  const encoder = await chooseEncoder(values, context);
  return {
    ...job,
    values: { ...values, encoder },
    dataset: await stage("texts", () => encodeTexts(dataset, encoder, values, context)),
  };
}

/**
 * Writes the samples to the device: images scaled there from bytes, tables as they were prepared;
 * and says how, for the model's file.
 */
export function uploadDataset(
  { device, dataset, values: { memory } }: Job,
): { rows: Rows; preprocessing: object } {
  const width = dataset.shape.reduce((a, b) => a * b, 1);
  const { data: values, shape, preprocessing, images, shards } = dataset;
  const rows = shards ? stream(device, shards, bytesOf(memory)) : upload(device, values, width);
  return {
    rows,
    preprocessing: preprocessing ?? { kind: "images", shape, ...images, ...UNIT },
  };
}

/** Names with commas between; of many only the first ones and the last. */
export function shortList(names: readonly string[]): string {
  if (names.length <= 12) return names.join(", ");
  return `${names.slice(0, 3).join(", ")} ... ${names.at(-1)} (${names.length})`;
}

/** The folder of this run. */
export async function openFolder({ method, values, dataset, stopped }: Job): Promise<RunFolder> {
  if (stopped) return reopenRunFolder(stopped.path);
  const { out, name, seed } = values;
  return await openRunFolder(
    out,
    name ?? await unusedName(out, runName(method, dataset.name, seed)),
  );
}

/** Hooks that show training on a progress line and keep checkpoints. */
export function trainHooks(job: Job, folder: RunFolder): TrainHooks & { done(): void } {
  const { values, signal, dataset, method, stopped } = job;
  const bar = progressBar("training", values.quiet);
  let last: Progress | undefined;
  const epochDone = () => {
    if (!last) return;
    const { phase, epoch, epochs, loss } = last;
    bar.done(`${phase} ${epoch}/${epochs}  loss ${loss.toPrecision(5)}`);
  };
  return {
    signal,
    resume: stopped?.checkpoint,
    checkpoint: {
      seconds: values.checkpoint,
      save(checkpoint) {
        const settings = settingsOf(values);
        // The Hub may move on in the meantime: the run goes on with what it began with.
        const { commit: revision = values.revision } = dataset;
        const run = { method, values: { ...settings, revision }, rows: dataset.n, checkpoint };
        return folder.write(CHECKPOINT, encodeCheckpoint(run));
      },
    },
    onProgress(p: Progress) {
      // Each epoch's loss stays on the screen.
      if (last && (p.epoch > last.epoch || p.phase !== last.phase)) epochDone();
      last = p;
      const share = ((p.epoch - 1) * p.samples + p.seen) / (p.epochs * p.samples);
      const rate = p.rate >= 1000 ? `${(p.rate / 1000).toFixed(1)}k` : p.rate.toFixed(0);
      bar.update(
        share,
        `${p.phase} ${p.epoch}/${p.epochs}  loss ${p.loss.toPrecision(4)}  ${rate} samples/s  ${
          duration(p.left)
        } left`,
      );
    },
    done: epochDone,
  };
}

/** What `run.json` says of the data. */
export function describeData(dataset: Dataset): object {
  const { name, n, shape, columns, labelNames, notes = [], commit } = dataset;
  return {
    ...{ name, rows: n, shape, columns, labels: labelNames ?? null, notes },
    ...commit !== undefined && { commit },
  };
}

/** What `run.json` says of every run. */
export function describeRun(job: Job, status: "finished" | "stopped", extra: object): object {
  const { dataset, device, method, times, values } = job;
  const { seconds, ...machine } = describeMachine(device, { times });
  return {
    status,
    method,
    settings: settingsOf(values),
    ...machine,
    data: { ...describeData(dataset), splits: dataset.splits },
    seconds,
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
  model: Model<{ seed: number }>,
  work: () => Promise<number>,
): Promise<number> {
  try {
    return await work();
  } catch (error) {
    // Without a checkpoint there is nothing to go on with, and no weights worth keeping.
    if (!(error instanceof Cancelled) || !folder.wrote(CHECKPOINT)) {
      await folder.removeIfEmpty();
      throw error instanceof Cancelled ? new Cancelled(notBegun(job, folder)) : error;
    }
    await folder.writeModel(await model.save(), { status: "stopped" });
    await folder.writeRun(describeRun(job, "stopped", {}));
    throw new Cancelled(
      `stopped; the model as trained so far is in ${folder.path}: go on with --resume ${folder.path}`,
    );
  }
}

/** What is said of a run that was stopped before it learned anything. */
function notBegun({ stopped }: Job, { path }: RunFolder): string {
  return stopped
    ? `stopped before training went on; ${path} is as it was: go on with --resume ${path}`
    : "stopped before training began: nothing was written";
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

/** Row numbers of a split. */
export function rowsOfSplit(dataset: Dataset, name: string): Uint32Array {
  return Uint32Array.from(
    dataset.splits.filter((split) => split.name === name).flatMap(({ begin, end }) =>
      Array.from({ length: end - begin }, (_, i) => begin + i)
    ),
  );
}
