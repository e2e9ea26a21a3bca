/** `asterism cluster`: any matrix into clusters, and the results into a folder. */

import { encodeAssignments } from "../../data/index.ts";
import { UsageError } from "../../errors.ts";
import { MATRIX, OUTPUT } from "../common_options.ts";
import { type Figures, judge } from "../evaluate/judge.ts";
import { describeJob, type MatrixJob, printJson, runMatrixJob } from "../matrix_job.ts";
import { helpOf, nameOf, type Options, parse, refuseOthers, type ValuesOf } from "../options.ts";
import { ending, listed, print, table } from "../report.ts";
import { openRunFolder, type RunFolder, runName } from "../run_folder.ts";
import type { Algorithm, Clustering } from "./algorithm.ts";
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
  "no-silhouette": { kind: "flag", help: "leave out the silhouette, whose cost is rows squared" },
  ...OUTPUT,
  ...{ json, quiet, help },
} as const satisfies Options;

type Values = ValuesOf<typeof COMMON>;

/** Sizes of single clusters are printed for at most this many. */
const PRINTED = 30;

const HEAD = `Finds clusters among the rows of a matrix.

Usage: asterism cluster [ALGORITHM] --input FILE [options]

Algorithms:
${
  Object.entries(ALGORITHMS).map(([name, { about }], i) =>
    `  ${name.padEnd(13)}${about}${i === 0 ? " (default)" : ""}`
  ).join("\n")
}

asterism cluster ALGORITHM --help lists the options of an algorithm.
`;

/** Runs `asterism cluster ARGS`; the result is the exit code. */
export async function clusterCommand(args: string[], signal: AbortSignal): Promise<number> {
  const names = Object.keys(ALGORITHMS);
  const { name, rest } = nameOf(args, "algorithm", names, names[0]);
  const algorithm = ALGORITHMS[name];
  const options = { ...algorithm.options, ...COMMON };
  refuseOthers(rest, name, options, ALGORITHMS);
  const { values, words } = parse(`cluster ${name}`, options, rest);
  if (values.help) return print(`${HEAD}\nOptions of ${name}:\n${helpOf(options)}`);
  if (words.length > 0) {
    throw new UsageError(`unexpected "${words[0]}": options begin with --, see cluster --help`);
  }
  const all = values as unknown as Values;
  return await runMatrixJob(all, signal, (job) => work(job, name, algorithm, all));
}

async function work(job: MatrixJob, name: string, algorithm: Algorithm, values: Values) {
  const { matrix, device, points, classes, signal } = job;
  const seed = (values as { seed?: number }).seed;
  const folder = await openRunFolder(values.out, values.name ?? runName(name, matrix.name, seed));
  try {
    const bar = job.bar(name);
    const count = classes?.names.length;
    const task = { device, points, classes: count, signal, bar, warn: job.warn };
    const found = await job.stage(
      "clustering",
      () => algorithm.run(task, values as unknown as Record<string, unknown>),
    );
    bar.done(`${new Set(found.labels.filter((label) => label >= 0)).size} clusters`);
    const metrics = await job.stage("metrics", () => score(job, found, values));
    return await finish(job, folder, { algorithm: name, found, metrics }, values);
  } catch (error) {
    await folder.removeIfEmpty();
    throw error;
  }
}

function score(job: MatrixJob, { labels }: Clustering, values: Values): Promise<Figures> {
  const { device, matrix: { width }, values: rows, classes, signal, warn } = job;
  const names = [
    ...values["no-silhouette"] ? [] : ["silhouette"],
    ...["accuracy", "nmi", "ari"],
  ];
  return judge(
    { labels, classes: classes?.labels, points: { device, values: rows, width } },
    { metrics: names, noise: values.noise, signal, warn, bar: job.bar("scoring") },
  );
}

interface Result {
  readonly algorithm: string;
  readonly found: Clustering;
  readonly metrics: Figures;
}

async function finish(
  job: MatrixJob,
  folder: RunFolder,
  { algorithm, found, metrics }: Result,
  values: Values,
): Promise<number> {
  const { matrix, classes } = job;
  const { labels: cluster, distance, probability, core, figures, details } = found;
  const sizes = sizesOf(cluster);
  const noise = sizes.get(-1) ?? 0;
  const clusters = sizes.size - (noise > 0 ? 1 : 0);
  if (noise === matrix.n) job.warn("every row is noise: no cluster was found");
  for (const [name, content] of Object.entries(found.files ?? {})) {
    await folder.write(name, content);
  }
  await folder.write(
    "assignments.parquet",
    encodeAssignments({
      ids: matrix.ids,
      labels: classes?.labels,
      labelNames: classes?.names,
      ...{ cluster, distance, probability, core },
    }),
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
