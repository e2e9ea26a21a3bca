/** `asterism predict`: the clusters of new rows, by a model that `train` wrote. */

import {
  type Dataset,
  type Format,
  loadLike,
  type ModelFile,
  type TextPreprocessing,
} from "../../data/index.ts";
import type { Device } from "../../device/device.ts";
import { Cancelled, DataError, UsageError } from "../../errors.ts";
import { predict, type Predicted, type PreparedModel } from "../../methods/predict.ts";
import { sizeOf } from "../../nn/layers.ts";
import { CACHE, DEVICE, integer, LAST, MEMORY, PARTS, RESULTS } from "../common_options.ts";
import { COLUMNS } from "../column_options.ts";
import { encodeAsSaved } from "../text/encode.ts";
import { makeMap, placeOnMapOf } from "../../run/flat_map.ts";
import { describeData } from "../job.ts";
import { loading } from "../load_rows.ts";
import { bytesOf } from "../memory.ts";
import { printJson } from "../matrix_job.ts";
import { refuseIdleDevice } from "../no_effect.ts";
import { given, helpOf, type Options, parse, type ValuesOf } from "../options.ts";
import { progressBar } from "../progress.ts";
import { counted, ending, listed, print, sayNotes, table, warn } from "../report.ts";
import { assignmentsOf, type Found, pointsOf } from "../../run/found.ts";
import { withoutClass } from "../../run/scores.ts";
import { describeMachine, sayer, settingsOf, type Stages, stages, withDevice } from "../session.ts";
import { readModel } from "./model.ts";
import { checkOutput, openOutput, type Output } from "./output.ts";
import { refuseWords } from "../words.ts";
import { scoresOf, sizesOf } from "./scores.ts";

const OPTIONS = {
  model: {
    kind: "text",
    value: "RUN|FILE",
    help: "folder of a finished run of train, or a model.safetensors",
  },
  input: {
    kind: "text",
    value: "NAME|PATH",
    help: "rows like those that the model was trained on: whatever train --data takes",
  },
  output: {
    kind: "text",
    value: "DIR|FILE",
    help: "folder of the results, or one file: .parquet, .csv, .npy (the embedding)",
    otherwise: "a new folder in runs",
  },
  ...PARTS,
  image: { kind: "text", value: "COLUMN", help: "column with the images", otherwise: "found" },
  label: {
    kind: "text",
    value: "COLUMN",
    help: "column with the known classes, for scores",
    otherwise: "found by its type",
  },
  limit: integer(1, 2 ** 32 - 1, { help: "use at most N rows", otherwise: "all" }),
  ...MEMORY,
  "skip-bad-rows": COLUMNS["skip-bad-rows"],
  formats: RESULTS.formats,
  map: {
    kind: "choice",
    choices: RESULTS.map.choices,
    help: "for columns x and y, a map of these rows alone",
    otherwise: "their places on the model's map",
  },
  ...DEVICE,
  ...CACHE,
  json: { kind: "flag", help: "print one JSON object instead of a report" },
  ...LAST,
} as const satisfies Options;

type Values = ValuesOf<typeof OPTIONS>;

const HEAD = `Gives new rows their clusters, by a model that train wrote.

Usage: asterism predict --model RUN --input PATH [options]
`;

/** Sizes of single clusters are printed for at most this many. */
const PRINTED = 30;

/** Everything that the work needs. */
interface PredictJob extends Stages {
  readonly values: Values;
  readonly saved: ModelFile;
  readonly dataset: Dataset;
  readonly device: Device;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** Runs `asterism predict ARGS`; the result is the exit code. */
export async function predictCommand(args: string[], signal: AbortSignal): Promise<number> {
  const { values, words } = parse("predict", OPTIONS, args);
  if (values.help) return print(`${HEAD}\nOptions:\n${helpOf(OPTIONS)}`);
  refuseWords("predict", words);
  const { model, input, output } = values;
  if (model === undefined) {
    throw new UsageError("--model is missing: name the folder of a run of train");
  }
  if (input === undefined) {
    throw new UsageError("--input is missing: name a file, a folder or a data set");
  }
  const named = given(OPTIONS, args);
  refuseIdleDevice(values, (option) => named.includes(option));
  const where = { output, input, formats: values.formats, given: named.includes("formats") };
  await checkOutput(where);
  const timing = stages();
  const saved = await timing.stage("model", () => readModel(model));
  try {
    const dataset = await timing.stage("data", () => read(input, saved, values, signal));
    const target = await openOutput(where);
    const say = sayer(values);
    say(`${dataset.name}: ${counted(dataset.n, "row")} of ${dataset.shape.join(" x ")}`);
    sayNotes(dataset, values.quiet);
    return await undoing(target, () =>
      withDevice(values, say, (device) => {
        say(device.info.description);
        return work({ ...timing, values, saved, dataset, device, output: target, signal });
      }));
  } catch (error) {
    throw error instanceof Cancelled ? new Cancelled("stopped: nothing was written") : error;
  }
}

async function undoing<T>(output: Output, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    await output.undo();
    throw error;
  }
}

async function read(
  input: string,
  saved: ModelFile,
  values: Values,
  signal: AbortSignal,
): Promise<Dataset> {
  const { image, label, limit, cache, config, split, revision, quiet } = values;
  const { kind, features } = saved.preprocessing as { kind?: unknown; features?: unknown };
  const say = sayer(values);
  if (image !== undefined && kind !== "images" && !features) {
    throw new UsageError("--image is for models of images, and this is none: leave it out");
  }
  const bar = progressBar("data    ", quiet);
  const dataset = await loadLike(input, saved.preprocessing, {
    columns: image === undefined ? undefined : [image],
    ...{ label, limit, cache, config, split, revision, signal },
    format: values.format as Format | undefined,
    ...{ skipBadRows: values["skip-bad-rows"], memory: bytesOf(values.memory) },
    onNote: (text) => say(`note: ${text}`),
    onProgress: (stage, done, total) =>
      bar.update(done / total, loading(input, stage, done, total)),
  });
  bar.done(
    `${counted(dataset.n, "row")} ${dataset.shards ?? dataset.textShards ? "found" : "read"}`,
  );
  const width = widthOf(saved);
  if (sizeOf(dataset.shape) === width) return dataset;
  throw new DataError(
    `the model takes rows of ${width} numbers, and its preprocessing makes ` +
      `${sizeOf(dataset.shape)}: it is damaged, save it again`,
  );
}

/** Numbers in a row that the model takes. @throws DataError if its settings do not say it */
function widthOf({ options: { input } }: ModelFile): number {
  const shape = Array.isArray(input) ? input : [];
  const good = shape.length > 0 && shape.every((size) => Number.isSafeInteger(size) && size > 0);
  if (good) return sizeOf(shape);
  throw new DataError("the model's settings are damaged (no input): save it again");
}

async function work(job: PredictJob): Promise<number> {
  const { values, saved, dataset, device, output, signal, stage, times } = job;
  const bar = progressBar("predict ", values.quiet);
  const { shards, data } = dataset.kind === "text"
    ? await stage("texts", () => encoded(job))
    : dataset;
  const found = await stage(
    "predict",
    () =>
      predict(device, saved as PreparedModel, shards ?? data, {
        ...{ signal, memory: bytesOf(values.memory) },
        onProgress: (done, total) => bar.update(done / total, `${done} of ${total} rows`),
      }),
  );
  bar.done(counted(dataset.n, "row"));
  const map = await stage("map", () => mapOf(job, found));
  const { classNames } = saved;
  const all: Found = { ...found, map, classNames };
  const metrics = scoresOf(dataset, found.labels, classNames);
  withoutClass(dataset.labels).forEach(warn);
  const sizes = sizesOf(found.labels);
  const run = describe(job, {
    metrics,
    result: { clusters: sizes.size, sizes: Object.fromEntries(sizes) },
  });
  const how = { signal, bar: progressBar("writing ", values.quiet) };
  await stage("writing", () => output.write(assignmentsOf(dataset, all), run, how));
  if (values.json) return printJson({ ...run, path: output.path });
  const share = (count: number) => `${(100 * count / dataset.n).toFixed(1)}%`;
  if (sizes.size <= PRINTED) {
    const name = (label: number) => classNames?.[label] ?? `${label}`;
    const lines = [...sizes].map(([label, count]) => [name(label), count, share(count)]);
    print(`${table([[classNames ? "class" : "cluster", "rows", "share"], ...lines])}\n`);
  }
  return print(listed({ ...metrics, ...ending(times), "written to": output.path }));
}

/** Texts as the numbers that those of the model became. */
async function encoded({ values, dataset, device, signal }: PredictJob) {
  const { cache, quiet } = values, memory = bytesOf(values.memory);
  const context = { device, signal, cache, quiet, memory, say: sayer(values) };
  return await encodeAsSaved(dataset, dataset.preprocessing as TextPreprocessing, context);
}

/** Places of the rows: on the model's own map, or on a new one if one is asked for. */
async function mapOf(job: PredictJob, found: Predicted): Promise<Float32Array | undefined> {
  const { values, saved, device, signal } = job;
  const { clusters, tensors, options } = saved as PreparedModel;
  const points = pointsOf(clusters, found.embedding, found.width);
  if (values.map === undefined) {
    const map = await placeOnMapOf(tensors, points, { device, signal });
    if (!map) {
      warn("the model has no map to place rows on, so x and y are left out: --map makes a new one");
    }
    return map;
  }
  const bar = progressBar("map     ", values.quiet);
  const task = { device, signal, bar, warn, seed: options.seed as number };
  return (await makeMap(values.map, points, task)).map;
}

/** What `run.json` and `--json` say. */
function describe(job: PredictJob, extra: object): object {
  const { saved, dataset, device, times, values } = job;
  const { seconds, ...machine } = describeMachine(device, { times });
  return {
    status: "finished",
    ...{ command: "predict", method: saved.method, settings: settingsOf(values) },
    ...machine,
    data: describeData(dataset),
    seconds,
    ...extra,
  };
}
