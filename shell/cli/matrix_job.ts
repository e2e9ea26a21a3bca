/** What the commands that read a matrix do first: read it, prepare it, write it to a device. */

import { resolve } from "node:path";
import process from "node:process";
import { measureColumns, normalise, standardise } from "../cluster/normalise.ts";
import {
  type Labels,
  loadLabels,
  loadMatrix,
  loadWeights,
  type Matrix,
  type Weights,
} from "../data/index.ts";
import { describeStyles } from "../data/notes.ts";
import type { Device } from "../device/device.ts";
import { Cancelled, DataError, UsageError } from "../errors.ts";
import { data, type Tensor } from "../plan/tensor.ts";
import type { MATRIX } from "./common_options.ts";
import { digestOf } from "./digest.ts";
import { shortList } from "./job.ts";
import type { ValuesOf } from "./options.ts";
import { resultsAmong } from "./own_output.ts";
import { type Bar, progressBar } from "./progress.ts";
import { requireRange } from "./range.ts";
import { counted, warn } from "./report.ts";
import { describeMachine, sayer, settingsOf, type Stages, stages, withDevice } from "./session.ts";

/** Values of the options that all of these commands have, and of one that some have. */
export type MatrixValues = ValuesOf<typeof MATRIX> & { readonly weights?: string };

/** Rows of numbers as they were read, with classes from there or from a file of their own. */
export interface Input {
  readonly matrix: Matrix;
  /** Known classes: indices into names, -1 for none. */
  readonly classes?: Labels;
  /** How much each row counts, where the command line says it. */
  readonly weights?: Float32Array;
  /** The matrix after `--standardise` or `--normalise`. */
  readonly values: Float32Array;
}

/** Everything that a command needs to run. */
export interface MatrixJob extends Stages, Input {
  readonly options: MatrixValues;
  readonly device: Device;
  /** [n, width]: `values` on the device, written there when they are asked for. */
  readonly points: Tensor;
  readonly signal: AbortSignal;
  /** What a person should know: shown at once, also where no progress is, and kept for the results. */
  readonly warnings: string[];
  warn(text: string): void;
  /** A progress line, unless nothing shall be said. */
  bar(label: string): Bar;
}

/**
 * Reads the matrix, opens the device, does the work, closes the device.
 * @param prepare what else can fail before a device is opened; `work` gets its result
 */
export async function runMatrixJob<T = void>(
  options: MatrixValues,
  signal: AbortSignal,
  work: (job: MatrixJob, prepared: T) => Promise<number>,
  prepare?: (input: Input) => Promise<T>,
): Promise<number> {
  const timing = stages();
  const say = sayer(options);
  const warnings: string[] = [];
  const tell = (text: string) => {
    warnings.push(text);
    warn(text);
  };
  const input = await timing.stage("data", () => readInput(options, signal));
  describe(input).forEach(say);
  if (options.columns === undefined) {
    (await resultsAmong(options.input!, input.matrix)).forEach(tell);
  }
  constantColumns(input.matrix).forEach(tell);
  const prepared = await prepare?.(input) as T;
  return await withDevice(options, say, async (device) => {
    say(device.info.description);
    const { n, width } = input.matrix;
    let points: Tensor | undefined;
    try {
      return await work({
        ...timing,
        ...input,
        ...{ options, device, signal, warnings, warn: tell },
        get points() {
          if (!points) device.write(points = data("points", [n, width]), input.values);
          return points;
        },
        bar: (label) => progressBar(label.padEnd(8), options.quiet),
      }, prepared);
    } catch (error) {
      throw error instanceof Cancelled ? new Cancelled("stopped: nothing was written") : error;
    } finally {
      if (points) device.free(points);
    }
  });
}

/**
 * Reads what the options name.
 * @throws UsageError if no input is named @throws DataError if it cannot be used
 */
export async function readInput(options: MatrixValues, signal: AbortSignal): Promise<Input> {
  const { input, label, limit, cache } = options;
  if (input === undefined) {
    throw new UsageError("--input is missing: name a file such as points.csv or embedding.npy");
  }
  if (label !== undefined && options.classes !== undefined) {
    throw new UsageError("--label and --classes both name the classes: leave one out");
  }
  const bar = progressBar("data    ", options.quiet);
  const matrix = await loadMatrix(input, {
    columns: columnsOf(options),
    label,
    limit,
    cache,
    signal,
    onProgress: (done, total) => bar.update(done / total, `reading ${input}`),
  }).catch((error) => {
    throw error instanceof Cancelled ? new Cancelled("stopped: nothing was written") : error;
  });
  bar.done(`${counted(matrix.n, "row")} read`);
  const classes = await classesOf(matrix, options);
  const weights = await weightsOf(matrix, options, signal);
  const features = weights ? withoutWeights(matrix, weights, options) : matrix;
  const values = scaled(features, options);
  requireRange(values, features);
  return { matrix: features, classes, weights: weights?.values, values };
}

/** The names of the columns to use. @throws UsageError if one has two uses */
function columnsOf({ columns, label }: MatrixValues): string[] | undefined {
  const names = columns?.split(",").map((name) => name.trim());
  const twice = names?.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new UsageError(`--columns names "${twice}" twice: name it once`);
  if (label === undefined || !names?.includes(label)) return names;
  throw new UsageError(`--columns and --label both name "${label}": leave it out of one`);
}

async function weightsOf(
  { ids, name }: Matrix,
  { weights, input, label, columns, limit, cache }: MatrixValues,
  signal: AbortSignal,
): Promise<Weights | undefined> {
  if (weights === undefined) return undefined;
  const other = label === weights
    ? "--label"
    : columns?.split(",").includes(weights) && "--columns";
  if (other) {
    throw new UsageError(`${other} and --weights both name "${weights}": leave it out of one`);
  }
  const rows = { ids, of: name, limited: limit !== undefined };
  return await loadWeights(weights, input!, rows, { cache, signal });
}

/** The matrix without its column of weights, if it has one. */
function withoutWeights(matrix: Matrix, { file, column }: Weights, options: MatrixValues): Matrix {
  const { n, width, columns, data, name } = matrix;
  const at = resolve(file) === resolve(options.input!) ? columns.indexOf(column!) : -1;
  if (at < 0) return matrix;
  if (width === 1) {
    throw new DataError(`${name} has no column of numbers beside the weights: there is no feature`);
  }
  const rest = new Float32Array(n * (width - 1));
  for (let i = 0, to = 0; i < data.length; i++) if (i % width !== at) rest[to++] = data[i];
  return { ...matrix, width: width - 1, columns: columns.filter((_, j) => j !== at), data: rest };
}

/** Labels of the matrix' rows from a file: clusters that were found, or known classes. */
export function labelsOf(
  reference: string,
  { ids, name }: Matrix,
  limit?: number,
  what?: "clusters" | "classes",
) {
  return loadLabels(reference, { ids, of: name, limited: limit !== undefined }, what);
}

async function classesOf(matrix: Matrix, options: MatrixValues): Promise<Labels | undefined> {
  if (options.classes !== undefined) {
    return await labelsOf(options.classes, matrix, options.limit, "classes");
  }
  const { label, labels, labelNames } = matrix;
  return labels && { name: label!, labels, names: [...labelNames!] };
}

function scaled({ data, width, name }: Matrix, options: MatrixValues): Float32Array {
  const { standardise: scores, normalise: how } = options;
  if (how === "none") return scores ? standardise(data, width) : data;
  if (scores) {
    throw new UsageError(
      "--normalise cosine takes standard scores already: leave out --standardise",
    );
  }
  const { factor } = measureColumns(data, width);
  if (factor.every((one) => one === 0)) {
    throw new DataError(
      `${name}: all rows are equal, and have no direction: leave out --normalise`,
    );
  }
  return normalise(data, width, "cosine");
}

/** What was read, in a few lines. */
function describe({ matrix, classes }: Input): string[] {
  const { name, n, width, columns, leftOut = [] } = matrix;
  return [
    `${name}: ${counted(n, "row")} of ${width}`,
    ...columns[0] === "0" ? [] : [`columns: ${shortList(columns)}`],
    ...describeStyles(matrix),
    ...leftOut.length > 0 ? [`left out: ${shortList(leftOut)} (words)`] : [],
    classes ? `classes: ${classes.name}, ${classes.names.length} of them` : "classes: none",
  ];
}

/** A note if there are columns that tell no row from another. */
function constantColumns({ data, width, n, columns }: Matrix): string[] {
  const same = columns.filter((_, j) => {
    for (let i = 1; i < n; i++) if (data[i * width + j] !== data[j]) return false;
    return true;
  });
  if (n < 2 || same.length === 0) return [];
  const [one, them] = same.length === 1 ? ["is", "it tells"] : ["are", "they tell"];
  return [
    `of ${width} columns ${same.length} ${one} constant (${
      shortList(same)
    }): ${them} no row from another`,
  ];
}

/** What `run.json` says of every run, and `--json` prints. */
export function describeJob(job: MatrixJob, command: object, extra: object): object {
  const { matrix, classes, options, warnings } = job;
  const { seconds, ...machine } = describeMachine(job.device, job);
  return {
    status: "finished",
    ...command,
    settings: settingsOf(options),
    ...machine,
    data: {
      name: matrix.name,
      rows: matrix.n,
      columns: matrix.columns,
      sha256: digestOf(matrix),
      classes: classes ? { name: classes.name, names: classes.names } : null,
    },
    seconds,
    warnings,
    ...extra,
  };
}

/** Prints an object as JSON; the result is the exit code of success. */
export function printJson(what: object): number {
  process.stdout.write(`${JSON.stringify(what, null, 2)}\n`);
  return 0;
}
