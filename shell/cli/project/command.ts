/** `asterism project`: any matrix to few dimensions, as a map to look at. */

import { encodeNpy, encodeProjection } from "../../data/index.ts";
import { type Chosen, parseChoice } from "../choice.ts";
import { integer, MATRIX, OUTPUT } from "../common_options.ts";
import { describeJob, type MatrixJob, printJson, runMatrixJob } from "../matrix_job.ts";
import { requireMetric } from "../range.ts";
import type { Options, ValuesOf } from "../options.ts";
import { counted, ending, listed, print } from "../report.ts";
import {
  checkRunFolder,
  openRunFolder,
  type RunFolder,
  runName,
  unusedName,
} from "../run_folder.ts";
import type { Projected } from "./method.ts";
import { PROJECTIONS } from "./methods.ts";

const { json, quiet, help, ...READ } = MATRIX;

/** Options of every method. */
const COMMON = {
  method: { kind: "text", value: "NAME", help: "another way to name the method" },
  dimensions: integer(1, 65_536, { default: 2, help: "numbers that each row gets" }),
  ...READ,
  ...OUTPUT,
  ...{ json, quiet, help },
} as const satisfies Options;

type Values = ValuesOf<typeof COMMON>;

const COMMAND = {
  command: "project",
  about: "Brings the rows of a matrix to few dimensions.",
  option: "method",
  all: PROJECTIONS,
  common: COMMON,
};

/** Runs `asterism project ARGS`; the result is the exit code. */
export async function projectCommand(args: string[], signal: AbortSignal): Promise<number> {
  const chosen = parseChoice(COMMAND, args);
  if (!chosen) return 0;
  const values = chosen.values as Values;
  await checkRunFolder(values.out, values.name);
  return await runMatrixJob(
    values,
    signal,
    (job) => work(job, chosen, values),
    (input) => Promise.resolve(requireMetric(chosen.values.metric, input)),
  );
}

async function work(job: MatrixJob, { name, given }: Chosen, values: Values): Promise<number> {
  const { matrix, device, points, signal, warn } = job;
  const { dimensions, out } = values;
  const own = values as unknown as Record<string, unknown>;
  const made = runName(name, matrix.name, own.seed as number | undefined);
  const named = values.name ?? await unusedName(values.out, made);
  const folder = await openRunFolder(out, named);
  try {
    const bar = job.bar(name);
    const task = { device, points, dimensions, given, signal, bar, warn };
    const found = await job.stage("projection", () => PROJECTIONS[name].run(task, own));
    bar.done(`${counted(matrix.n, "row")} in ${counted(dimensions, "dimension")}`);
    return await finish(job, folder, name, found, values);
  } catch (error) {
    await folder.removeIfEmpty();
    throw error;
  }
}

async function finish(
  job: MatrixJob,
  folder: RunFolder,
  method: string,
  { coordinates, figures, details, files = {} }: Projected,
  { dimensions, json }: Values,
): Promise<number> {
  const { matrix: { n, ids }, classes } = job;
  for (const [name, content] of Object.entries(files)) await folder.write(name, content);
  await folder.write("projection.npy", encodeNpy(coordinates, [n, dimensions]));
  const labelled = { labels: classes?.labels, labelNames: classes?.names };
  await folder.write(
    "projection.parquet",
    encodeProjection({ ids, ...labelled, coordinates, dimensions }),
  );
  const result = { result: { ...figures, ...details } };
  const run = describeJob(job, { command: "project", method }, result);
  await folder.writeRun(run);
  if (json) return printJson({ ...run, path: folder.path });
  return print(listed({ ...figures, ...ending(job.times), "written to": folder.path }));
}
