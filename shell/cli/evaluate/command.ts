/** `asterism evaluate`: every metric of a clustering that is there already. */

import { type Labels, loadLabels, type Matrix } from "../../data/index.ts";
import { UsageError } from "../../errors.ts";
import { contingency } from "../../metrics/contingency.ts";
import { CACHE, DEVICE, INPUT, MATRIX, METRIC, SAMPLE, SEED } from "../common_options.ts";
import { describeJob, labelsOf, type MatrixJob, printJson, runMatrixJob } from "../matrix_job.ts";
import { refuseIdleDevice, refuseIdleSample, refuseIdleSeed } from "../no_effect.ts";
import { given, helpOf, type Options, parse, type ValuesOf } from "../options.ts";
import { requireMetric } from "../range.ts";
import { progressBar } from "../progress.ts";
import { ending, listed, print, table, warn } from "../report.ts";
import { refuseWords } from "../words.ts";
import { settingsOf } from "../session.ts";
import { type Figures, judge } from "./judge.ts";
import { judgeMap, MAP, readMap } from "./map.ts";
import type { Distance } from "./metric.ts";
import { METRICS } from "./metrics.ts";
import { otherSpace } from "./space.ts";

const { json, quiet, help, input, ...READ } = MATRIX;

const OPTIONS = {
  labels: {
    kind: "text",
    value: "FILE[:COLUMN]",
    help: "clusters of the rows: .npy, .csv, .tsv or .parquet; -1 is noise",
  },
  input: { ...input, help: `${input.help}; without it only classes judge` },
  ...READ,
  ...MAP,
  metrics: { kind: "text", value: "A,B", help: "metrics to compute", otherwise: "all" },
  ...METRIC,
  ...SAMPLE,
  ...SEED,
  noise: {
    kind: "choice",
    choices: ["cluster", "exclude"],
    default: "exclude",
    help: "whether rows without a cluster are one more cluster, as scikit-learn has it",
  },
  ...{ json, quiet, help },
} as const satisfies Options;

type Values = ValuesOf<typeof OPTIONS>;

/** Classes and clusters for which the table of both is printed, at most. */
const PRINTED = 20;

const HEAD =
  `Judges a clustering by where its points are, and by known classes; or a map of the points.

Usage: asterism evaluate --labels FILE[:COLUMN] [--input FILE] [--classes FILE[:COLUMN]] [options]
       asterism evaluate --projection FILE --input FILE [options]

Metrics:
${Object.entries(METRICS).map(([name, { about }]) => `  ${name.padEnd(20)}${about}`).join("\n")}
`;

/** Runs `asterism evaluate ARGS`; the result is the exit code. */
export async function evaluateCommand(args: string[], signal: AbortSignal): Promise<number> {
  const { values, words } = parse("evaluate", OPTIONS, args);
  if (values.help) return print(`${HEAD}\nOptions:\n${helpOf(OPTIONS)}`);
  refuseWords("evaluate", words);
  const named = given(OPTIONS, args);
  refuseIdleDevice(values, (option) => named.includes(option));
  refuseIdleSample(values);
  refuseIdleSeed(values, (option) => named.includes(option));
  refuseWithoutSubject(values, named);
  const metrics = chosenMetrics(values.metrics);
  if (values.input === undefined) return await byClassesOnly(args, values, metrics, signal);
  const { labels, projection, limit } = values;
  return await runMatrixJob(
    values,
    signal,
    (job, subject: Subject) => work(job, subject, metrics, values),
    async (input) => {
      const { matrix } = input;
      if (projection !== undefined) requireMetric(values.metric, input);
      return {
        clusters: labels === undefined ? undefined : await labelsOf(labels, matrix, limit),
        map: projection === undefined ? undefined : await readMap(projection, matrix, limit),
      };
    },
  );
}

/** What is judged: clusters, a map, or both. */
interface Subject {
  readonly clusters?: Labels;
  readonly map?: Matrix;
}

/** @throws UsageError if there is nothing to judge, or an option is of what is not judged */
function refuseWithoutSubject(values: Values, named: readonly string[]): void {
  const { labels, projection, input } = values;
  if (labels === undefined && projection === undefined) {
    throw new UsageError("--labels is missing: name the file with the clusters, as FILE:COLUMN");
  }
  if (projection !== undefined && input === undefined) {
    throw new UsageError("--projection needs --input: name the points that it is a map of");
  }
  const idle = (options: readonly string[]) => named.find((name) => options.includes(name));
  const ofMaps = projection === undefined && idle(["neighbours"]);
  const ofLabels = labels === undefined &&
    idle(["metrics", "noise", "silhouette", "sample", "classes", "label"]);
  if (ofMaps) throw new UsageError(`--${ofMaps} is for --projection: leave it out`);
  if (ofLabels) throw new UsageError(`--${ofLabels} is for --labels: leave it out`);
}

async function work(
  job: MatrixJob,
  { clusters, map }: Subject,
  metrics: readonly string[],
  values: Values,
): Promise<number> {
  const { device, matrix, values: rows, classes, signal, warn } = job;
  const { n, width } = matrix;
  const distance = distanceOf(values);
  const figures: Figures = {};
  if (clusters) {
    if (metrics.some((name) => METRICS[name].of === "points")) {
      (await otherSpace(values.labels!, values, matrix)).forEach(warn);
    }
    const points = { device, values: rows, width };
    const judged = { labels: clusters.labels, classes: classes?.labels, points };
    const how = { metrics, noise: values.noise, distance, signal, warn, bar: job.bar("metrics") };
    Object.assign(figures, await job.stage("metrics", () => judge(judged, how)));
  }
  if (map) {
    const how = { neighbours: values.neighbours, metric: distance.metric };
    Object.assign(figures, await job.stage("map", () => judgeMap(job, map, how)));
  }
  const result = clusters
    ? resultOf(clusters, classes, figures)
    : { result: { rows: n }, metrics: figures };
  if (values.json) return printJson(describeJob(job, { command: "evaluate" }, result));
  return show(result, job.times);
}

const distanceOf = ({ metric, silhouette, sample, seed }: Values): Distance => ({
  ...{ metric: metric as Distance["metric"], silhouette, sample, seed },
});

/** The names that were asked for. @throws UsageError for an unknown one */
function chosenMetrics(text: string | undefined): string[] {
  const known = Object.keys(METRICS);
  if (text === undefined) return known;
  const names = [...new Set(text.split(",").map((name) => name.trim()))];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  throw new UsageError(`unknown metric "${unknown}": the metrics are ${known.join(", ")}`);
}

/** Two labellings without points: no device is needed. */
async function byClassesOnly(
  args: string[],
  values: Values,
  metrics: string[],
  signal: AbortSignal,
): Promise<number> {
  const { classes: _classes, ...others } = {
    ...INPUT,
    ...DEVICE,
    ...CACHE,
    ...METRIC,
    ...SAMPLE,
    ...SEED,
  };
  const [idle] = given(others, args);
  if (idle !== undefined) {
    throw new UsageError(
      `--${idle} has no effect without --input: name the points, or leave it out`,
    );
  }
  if (values.classes === undefined) {
    throw new UsageError("name the points by --input, or known classes by --classes, or both");
  }
  const clusters = await loadLabels(values.labels!);
  const ids = clusters.labels.map((_, i) => i);
  const rows = { ids, of: clusters.name, limited: false };
  const classes = await loadLabels(values.classes, rows, "classes");
  const bar = progressBar("metrics ", values.quiet);
  const warnings: string[] = [];
  const tell = (text: string) => {
    warnings.push(text);
    warn(text);
  };
  const figures = await judge(
    { labels: clusters.labels, classes: classes.labels },
    { metrics, noise: values.noise, distance: distanceOf(values), signal, warn: tell, bar },
  );
  const result = resultOf(clusters, classes, figures);
  if (!values.json) return show(result, {});
  const about = { status: "finished", command: "evaluate", settings: settingsOf(values) };
  return printJson({ ...about, warnings, ...result });
}

/** Classes by clusters: how many rows each pair has; a row or column "none" for those without. */
interface Counts {
  readonly classes: string[];
  readonly clusters: string[];
  readonly counts: number[][];
}

interface Result {
  readonly result: { readonly rows: number; readonly clusters?: number; readonly noise?: number };
  readonly metrics: Figures;
  readonly contingency?: Counts;
}

function resultOf(clusters: Labels, classes: Labels | undefined, metrics: Figures): Result {
  const { labels, names } = clusters;
  const noise = labels.reduce((count, label) => count + (label < 0 ? 1 : 0), 0);
  const result = { rows: labels.length, clusters: names.length, noise };
  return { result, metrics, ...classes && { contingency: countsOf(classes, clusters) } };
}

function countsOf(classes: Labels, clusters: Labels): Counts {
  const named = ({ labels, names }: Labels) =>
    labels.map((label) => label < 0 ? names.length : label);
  const { classes: rows, clusters: columns, ...cells } = contingency(
    named(classes),
    named(clusters),
  );
  const counts = Array.from(rows, () => new Array<number>(columns.length).fill(0));
  cells.counts.forEach((count, c) => counts[cells.rows[c]][cells.columns[c]] = count);
  return {
    classes: Array.from(rows, (i) => classes.names[i] ?? "none"),
    clusters: Array.from(columns, (j) => clusters.names[j] ?? "noise"),
    counts,
  };
}

function show(
  { result, metrics, contingency: counts }: Result,
  times: Record<string, number>,
): number {
  if (counts && Math.max(counts.classes.length, counts.clusters.length) <= PRINTED) {
    const rows = counts.counts.map((row, i) => [counts.classes[i], ...row]);
    print(`${table([["class", ...counts.clusters], ...rows])}\n`);
  }
  return print(listed({ ...result, ...metrics, ...ending(times) }));
}
