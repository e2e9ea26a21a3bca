/** Whether a clustering is judged in the space in which it was found. */

import { readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { loadMatrix, type Matrix } from "../../data/index.ts";
import { digestOf } from "../digest.ts";
import type { MatrixValues } from "../matrix_job.ts";

/** The options that make a space out of points. */
interface Space {
  readonly standardise?: boolean;
  readonly normalise?: string;
  readonly metric?: string;
}

/** The points that a run clustered, and how. */
interface Found extends Space {
  readonly input: string;
  readonly width?: number;
  readonly rows?: number;
  readonly sha256?: string;
}

/** What `run.json` may say. */
interface Run {
  readonly command?: string;
  readonly method?: string;
  readonly settings?: Space & { readonly input?: string };
  readonly data?: {
    readonly columns?: readonly string[];
    readonly rows?: number;
    readonly sha256?: string;
  };
  readonly network?: { readonly normalise?: string };
}

type Options = MatrixValues & { readonly metric: string };

/**
 * A note if the run that wrote the labels saw other points than those that judge them, or other
 * distances: its scores and these are not to be compared. The numbers themselves decide where the
 * run says what they were, else the names and widths of the files.
 */
export async function otherSpace(
  labels: string,
  options: Options,
  matrix: Matrix,
): Promise<string[]> {
  const found = await foundBy(labels);
  if (found === undefined) return [];
  if (!samePoints(found, options.input!, matrix)) {
    const width = found.width === undefined ? "" : ` (${found.width} wide)`;
    return [
      `the clusters were found in ${found.input}${width}, not in ${matrix.name} ` +
      `(${matrix.width} wide): distances of two spaces cannot be compared, classes can`,
    ];
  }
  const change = changeOf(found, options);
  if (change === undefined) return [];
  return [
    `the clusters were found in another space of these points: only ${change} are scores those of ` +
    "the run",
  ];
}

/** What made the clusters of a file of assignments; undefined for any other file. */
async function foundBy(labels: string): Promise<Found | undefined> {
  if (!/^assignments\.parquet(:cluster)?$/.test(basename(labels))) return undefined;
  const folder = dirname(labels);
  let run: Run;
  try {
    run = JSON.parse(await readFile(join(folder, "run.json"), "utf8"));
  } catch {
    return undefined;
  }
  const { command, method, settings, data, network } = run;
  if (command === "cluster" && settings?.input !== undefined) {
    const { input, standardise, normalise, metric } = settings;
    const { columns, rows, sha256 } = data ?? {};
    return { input, standardise, normalise, metric, width: columns?.length, rows, sha256 };
  }
  if (command !== undefined || method === undefined || method === "classifier") return undefined;
  const input = join(folder, "embedding.npy");
  const codes = await loadMatrix(input).catch(() => undefined);
  return {
    ...{ input, normalise: network?.normalise, width: codes?.width, rows: codes?.n },
    sha256: codes && digestOf(codes),
  };
}

function samePoints(found: Found, input: string, matrix: Matrix): boolean {
  // Of other rows the numbers say nothing: some of the same file are in the same space.
  const known = found.sha256 !== undefined && found.rows === matrix.n;
  if (known) return found.sha256 === digestOf(matrix);
  const sameFile = resolve(found.input) === resolve(input);
  return sameFile && (found.width ?? matrix.width) === matrix.width;
}

/** What would have to change for the spaces to be one: "with --normalise cosine". */
function changeOf(found: Space, here: Space): string | undefined {
  const { standardise = false, normalise = "none", metric = "euclidean" } = found;
  const [more, less]: [string[], string[]] = [[], []];
  if (normalise !== (here.normalise ?? "none")) {
    (normalise === "none" ? less : more).push("--normalise cosine");
  }
  if (standardise !== (here.standardise ?? false)) {
    (standardise ? more : less).push("--standardise");
  }
  if (metric !== (here.metric ?? "euclidean")) more.push(`--metric ${metric}`);
  if (more.length + less.length === 0) return undefined;
  return [
    ...more.length > 0 ? [`with ${more.join(" and ")}`] : [],
    ...less.length > 0 ? [`without ${less.join(" and ")}`] : [],
  ].join(" and ");
}
