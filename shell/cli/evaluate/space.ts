/** Whether a clustering is judged in the space in which it was found. */

import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { MatrixValues } from "../matrix_job.ts";

/**
 * A note if the run that wrote the labels saw other points than those that judge them: figures of
 * two embeddings, such as silhouettes, say nothing about each other.
 */
export async function otherSpace(labels: string, options: MatrixValues): Promise<string[]> {
  const folder = dirname(labels);
  const text = await readFile(join(folder, "run.json"), "utf8").catch(() => "{}");
  let run: Run;
  try {
    run = JSON.parse(text);
  } catch {
    return [];
  }
  const found = spaceOf(run, folder);
  const { input, standardise, normalise } = options;
  const here = { input, standardise, normalise };
  const whole = (space: Space) => describe({ ...space, input: resolve(space.input ?? "") });
  if (found === undefined || whole(found) === whole(here)) return [];
  return [
    `the clusters were found in ${describe(found)} and are judged in ${
      describe(here)
    }: metrics of ` +
    "different points are not comparable, so choose no embedding by them",
  ];
}

interface Space {
  readonly input?: string;
  readonly standardise?: boolean;
  readonly normalise?: string;
}

/** What `run.json` may say. */
interface Run {
  readonly command?: string;
  readonly method?: string;
  readonly settings?: Space;
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
