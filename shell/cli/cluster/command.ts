/** `asterism cluster`: any matrix into clusters, and the results into a folder. */

import { type Chosen, parseChoice } from "../choice.ts";
import { MATRIX, OUTPUT, RESULTS, SAMPLE } from "../common_options.ts";
import { type Figures, judge } from "../evaluate/judge.ts";
import { makeMap } from "../../run/flat_map.ts";
import { describeJob, type MatrixJob, printJson, runMatrixJob } from "../matrix_job.ts";
import { refuseIdleSample } from "../no_effect.ts";
import { requireMetric } from "../range.ts";
import type { Options, ValuesOf } from "../options.ts";
import { counted, ending, listed, print, table } from "../report.ts";
import { writeResults } from "../results.ts";
import {
  checkRunFolder,
  openRunFolder,
  type RunFolder,
  runName,
  unusedName,
} from "../run_folder.ts";
import type { Distance } from "../evaluate/metric.ts";
import type { Clustering } from "./algorithm.ts";
import { ALGORITHMS } from "./algorithms.ts";

const { json, quiet, help, ...READ } = MATRIX;

/** Options of every algorithm. */
const COMMON = {
  algorithm: { kind: "text", value: "NAME", help: "another way to name the algorithm" },
  ...READ,
  noise: {
    kind: "choice",
    choices: ["cluster", "exclude"],
    default: "exclude",
    help: "whether metrics take rows without a cluster as one more cluster",
  },
  ...SAMPLE,
  silhouette: { ...SAMPLE.silhouette, choices: ["exact", "sample", "none"] },
  map: { ...RESULTS.map, default: "none", help: "of the rows, to columns x and y" },
  formats: {
    ...RESULTS.formats,
    choices: ["parquet", "csv"],
    default: ["parquet"],
    help: "of the assignments: parquet, csv",
  },
  ...OUTPUT,
  ...{ json, quiet, help },
} as const satisfies Options;

type Values = ValuesOf<typeof COMMON>;

/** Sizes of single clusters are printed for at most this many. */
const PRINTED = 30;

const COMMAND = {
  command: "cluster",
  about: "Finds clusters among the rows of a matrix.",
  option: "algorithm",
  all: ALGORITHMS,
  common: COMMON,
};

/** Runs `asterism cluster ARGS`; the result is the exit code. */
export async function clusterCommand(args: string[], signal: AbortSignal): Promise<number> {
  const chosen = parseChoice(COMMAND, args);
  if (!chosen) return 0;
  const values = chosen.values as Values;
  refuseIdleSample({ ...values, metric: chosen.values.metric });
  await checkRunFolder(values.out, values.name);
  return await runMatrixJob(
    values,
    signal,
    (job) => work(job, chosen, values),
    (input) => Promise.resolve(requireMetric(chosen.values.metric, input)),
  );
}

async function work(job: MatrixJob, { name, given }: Chosen, values: Values): Promise<number> {
  const { matrix, device, values: rows, weights, classes, signal, warn } = job;
  const own = values as unknown as Record<string, unknown>;
  const made = runName(name, matrix.name, own.seed as number | undefined);
  const named = values.name ?? await unusedName(values.out, made);
  const folder = await openRunFolder(values.out, named);
  try {
    const bar = job.bar(name);
    const task = {
      ...{ device, rows, width: matrix.width, weights, classes: classes?.names.length },
      ...{ given, signal, bar, warn, ids: matrix.ids },
      get points() {
        return job.points;
      },
    };
    const found = await job.stage("clustering", () => ALGORITHMS[name].run(task, own));
    bar.done(counted(new Set(found.labels.filter((label) => label >= 0)).size, "cluster"));
    const metrics = await job.stage("metrics", () => score(job, found, values));
    const map = await job.stage("map", () => mapOf(job, values));
    return await finish(job, folder, { algorithm: name, found, metrics, map }, values);
  } catch (error) {
    await folder.removeIfEmpty();
    throw error;
  }
}

function score(job: MatrixJob, { labels }: Clustering, values: Values): Promise<Figures> {
  const { device, matrix: { width }, values: rows, classes, signal, warn } = job;
  const { metric = "euclidean", seed = 0 } = values as {
    metric?: Distance["metric"];
    seed?: number;
  };
  const metrics = [
    ...values.silhouette === "none" ? [] : ["silhouette"],
    ...["accuracy", "nmi", "ari"],
  ];
  const distance = { metric, silhouette: values.silhouette, sample: values.sample, seed };
  return judge(
    { labels, classes: classes?.labels, points: { device, values: rows, width } },
    { metrics, noise: values.noise, distance, signal, warn, bar: job.bar("scoring") },
  );
}

async function mapOf(
  job: MatrixJob,
  { map, ...values }: Values,
): Promise<Float32Array | undefined> {
  const { device, signal, warn, matrix: { width } } = job;
  const { seed = 0 } = values as { seed?: number };
  const task = { device, signal, warn, seed, bar: job.bar("map") };
  return (await makeMap(map, { values: job.values, width }, task)).map;
}

interface Result {
  readonly algorithm: string;
  readonly found: Clustering;
  readonly metrics: Figures;
  readonly map?: Float32Array;
}

async function finish(
  job: MatrixJob,
  folder: RunFolder,
  { algorithm, found, metrics, map }: Result,
  values: Values,
): Promise<number> {
  const { matrix, classes } = job;
  const { labels: cluster, confidence, distance, probability, core, figures, details } = found;
  const sizes = sizesOf(cluster);
  const noise = sizes.get(-1) ?? 0;
  const clusters = sizes.size - (noise > 0 ? 1 : 0);
  for (const [name, content] of Object.entries(found.files ?? {})) {
    await folder.write(name, content);
  }
  await writeResults(
    folder,
    {
      ids: matrix.ids,
      labels: classes?.labels,
      labelNames: classes?.names,
      ...{ cluster, confidence, distance, probability, core, map },
    },
    { formats: values.formats, signal: job.signal, bar: job.bar("writing") },
  );
  const run = describeJob(job, { command: "cluster", algorithm }, {
    result: { clusters, noise, sizes: Object.fromEntries(sizes), ...figures, ...details },
    metrics,
  });
  await folder.writeRun(run);
  if (values.json) return printJson({ ...run, path: folder.path });
  const share = (count: number) => `${(100 * count / matrix.n).toFixed(1)}%`;
  const rows = [...sizes].map((
    [label, count],
  ) => [label < 0 ? "noise" : `${label}`, count, share(count)]);
  if (clusters <= PRINTED) print(`${table([["cluster", "rows", "share"], ...rows])}\n`);
  return print(listed({
    clusters,
    ...noise > 0 && { noise },
    ...figures,
    ...metrics,
    ...ending(job.times),
    "written to": folder.path,
  }));
}

/** Rows of each cluster, by its number; noise, -1, last. */
function sizesOf(labels: Int32Array): Map<number, number> {
  const sizes = new Map<number, number>();
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  const noise = sizes.get(-1);
  sizes.delete(-1);
  const sorted = [...sizes].sort(([a], [b]) => a - b);
  return new Map(noise === undefined ? sorted : [...sorted, [-1, noise]]);
}
