/** `asterism choose-k`: a table of scores by the number of clusters, and a recommendation. */

import { chooseK, type KChoice } from "../cluster/choose_k.ts";
import type { ReferenceBox } from "../cluster/reference_box.ts";
import type { KScores } from "../cluster/recommend.ts";
import { DataError, UsageError } from "../errors.ts";
import { choices as draw } from "../report/index.ts";
import { integer, MATRIX, SEED } from "./common_options.ts";
import { describeJob, type MatrixJob, printJson, runMatrixJob } from "./matrix_job.ts";
import { refuseIdleDevice } from "./no_effect.ts";
import { given, helpOf, type Options, parse, type ValuesOf } from "./options.ts";
import { type PictureWriter, pictureWriter } from "./picture_file.ts";
import { counted, print, table } from "./report.ts";
import { refuseWords } from "./words.ts";

const { json, quiet, help, ...READ } = MATRIX;

const OPTIONS = {
  min: integer(1, 65_536, { default: 1, help: "smallest number of clusters" }),
  max: integer(1, 65_536, { help: "largest number of clusters", otherwise: "10" }),
  starts: integer(1, 1000, { default: 4, help: "K-Means runs for each clustering" }),
  references: integer(0, 10_000, {
    default: 20,
    help: "sets without clusters for the gap statistic, 0 leaves it out",
  }),
  "reference-box": {
    kind: "choice",
    choices: ["components", "axes"],
    help: "sides of their box: along the principal components or the columns",
    otherwise: "components up to 1,000 columns",
  },
  bootstraps: integer(0, 10_000, {
    default: 10,
    help: "pairs of samples for the stability, 0 leaves it out",
  }),
  sample: integer(3, 10_000_000, { default: 20_000, help: "rows that the silhouette looks at" }),
  picture: {
    kind: "text",
    value: "FILE",
    help: "draw the scores there; .svg, or .png, which needs packages that it names",
  },
  ...SEED,
  ...READ,
  ...{ json, quiet, help },
} as const satisfies Options;

type Values = ValuesOf<typeof OPTIONS>;

const HEAD = `Compares numbers of clusters of K-Means, and recommends one.

Usage: asterism choose-k --input FILE [--min N] [--max N] [options]
`;

/** Columns of the table, with the field of a row that each one shows. */
const COLUMNS: readonly (readonly [string, keyof KScores])[] = [
  ["clusters", "k"],
  ["inertia", "inertia"],
  ["silhouette", "silhouette"],
  ["calinski-harabasz", "calinskiHarabasz"],
  ["davies-bouldin", "daviesBouldin"],
  ["gap", "gap"],
  ["stability", "stability"],
];

/** Runs `asterism choose-k ARGS`; the result is the exit code. */
export async function chooseKCommand(args: string[], signal: AbortSignal): Promise<number> {
  const { values, words } = parse("choose-k", OPTIONS, args);
  if (values.help) return print(`${HEAD}\nOptions:\n${helpOf(OPTIONS)}`);
  refuseWords("choose-k", words);
  const named = given(OPTIONS, args);
  refuseIdleDevice(values, (option) => named.includes(option));
  if (values.references === 0 && values["reference-box"] !== undefined) {
    throw new UsageError("--reference-box has no effect with --references 0: leave one out");
  }
  const { min, max } = values;
  if (max !== undefined && min > max) {
    throw new UsageError(`--min must be at most --max, ${max}, got ${min}`);
  }
  const write = await pictureWriter(values.picture);
  return await runMatrixJob(
    values,
    signal,
    (job, to: number) => work(job, to, values, write),
    ({ matrix }) => Promise.resolve(largest(values, matrix.n)),
  );
}

/** @throws UsageError if there are fewer rows, or the range is empty */
function largest(values: Values, n: number): number {
  const { min, max } = values;
  if (max !== undefined && max > n) {
    throw new UsageError(`--max must be at most the number of rows, ${n}, got ${max}`);
  }
  if (n < 2 && values["reference-box"] === "components") {
    throw new UsageError("--reference-box components needs 2 rows or more: leave it out");
  }
  const to = max ?? Math.min(10, n);
  if (min <= to) return to;
  throw new UsageError(`--min must be at most --max, ${to}, got ${min}`);
}

async function work(
  job: MatrixJob,
  to: number,
  values: Values,
  write?: PictureWriter,
): Promise<number> {
  const { device, points, signal } = job;
  const { min: from, starts, references, bootstraps, sample, seed } = values;
  const bar = job.bar("choose-k");
  const found = await job.stage("choosing", () =>
    chooseK(device, points, {
      ...{ from, to, starts, references, bootstraps, sample, seed, signal },
      referenceBox: values["reference-box"] as ReferenceBox | undefined,
      onProgress: (done, total) => bar.update(done / total, `${done}/${total} clusterings`),
    }).catch((error) => {
      const [, distinct] = /that of distinct points, (\d+)/.exec(error?.message) ?? [];
      if (!(error instanceof RangeError) || distinct === undefined) throw error;
      throw new DataError(
        `${job.matrix.name} has ${distinct} distinct rows: --min must be at most that, got ${from}`,
      );
    }));
  const { rows, choices, recommended, agree, reason } = found;
  const title = `scores of ${job.matrix.name} by the number of clusters`;
  await write?.(draw({ ...found, title }), signal);
  bar.done(`${counted(recommended, "cluster")} recommended`);
  const last = rows[rows.length - 1].k;
  if (last < to) {
    const rows = last === 1 ? "row" : "rows";
    job.warn(`there are no more than ${last} distinct ${rows}: the table ends there`);
  }
  if (!values.json) return show(found);
  const result = { rows, choices, recommended, agree, reason };
  return printJson(describeJob(job, { command: "choose-k" }, { result }));
}

function show({ rows, recommended, reason }: KChoice): number {
  const columns = COLUMNS.filter(([, field]) => rows.some((row) => row[field] !== null));
  const lines = rows.map((row) => columns.map(([, field]) => row[field]));
  print(`${table([columns.map(([name]) => name), ...lines])}\n`);
  return print(`recommended: ${recommended}\n${reason}`);
}
