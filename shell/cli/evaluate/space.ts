/** Whether a clustering is judged in the space in which it was found. */

import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { comparisonWarning, type ScoredSpace } from "../../metrics/compare.ts";
import type { MatrixValues } from "../matrix_job.ts";

/**
 * A warning if the run that wrote the labels saw other points than those that judge them, or other
 * distances: its scores and these are not to be compared.
 *
 * @param width numbers of a row that judges
 */
export async function otherSpace(
  labels: string,
  options: MatrixValues & { readonly metric: string },
  width: number,
): Promise<string[]> {
  const folder = dirname(labels);
  const text = await readFile(join(folder, "run.json"), "utf8").catch(() => "{}");
  let run: Run;
  try {
    run = JSON.parse(text);
  } catch {
    return [];
  }
  const found = spaceOf(run, folder);
  if (found === undefined) return [];
  const { input, standardise, normalise, metric } = options;
  const here: Space = { input, standardise, normalise, metric };
  const same = resolve(found.input ?? "") === resolve(input!);
  const there = same ? { ...found, input } : found;
  const warning = comparisonWarning([
    scored(there, run.command === "cluster" ? run.data?.columns.length : undefined),
    scored(here, width),
  ]);
  return warning === undefined ? [] : [`the clusters were found in another space: ${warning}`];
}

function scored(space: Space, width?: number): ScoredSpace {
  return { name: describe(space), width, metric: space.metric as ScoredSpace["metric"] };
}

interface Space {
  readonly input?: string;
  readonly standardise?: boolean;
  readonly normalise?: string;
  readonly metric?: string;
}

/** What `run.json` may say. */
interface Run {
  readonly command?: string;
  readonly method?: string;
  readonly settings?: Space;
  readonly data?: { readonly columns: readonly string[] };
  readonly network?: { readonly normalise?: string };
}

/** The points that a run clustered; undefined if it did not cluster. */
function spaceOf({ command, method, settings, network }: Run, folder: string): Space | undefined {
  if (command === "cluster") return settings;
  const trained = method !== undefined && method !== "classifier";
  if (!trained) return undefined;
  return { input: join(folder, "embedding.npy"), normalise: network?.normalise };
}

function describe({ input, standardise, normalise }: Space): string {
  const how = [
    ...standardise ? ["standardised"] : [],
    ...normalise === "cosine" ? ["normalised (cosine)"] : [],
  ];
  return [input, ...how].join(", ");
}
