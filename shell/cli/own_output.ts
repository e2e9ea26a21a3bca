/** Results of a run that are given as points: nearly always a slip. */

import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Matrix } from "../data/index.ts";
import { DataError } from "../errors.ts";

/** Columns that a clustering writes beside the numbers and classes of rows. */
const WRITTEN = ["name", "cluster", "distance", "probability", "confidence", "core", "x", "y"];

/**
 * Looks whether columns that nobody named are results of a clustering.
 *
 * @param input the file or folder that was read
 * @returns notes
 * @throws DataError if they are nothing else, naming the file that has the points
 */
export async function resultsAmong(input: string, { columns }: Matrix): Promise<string[]> {
  if (!columns.includes("cluster")) return [];
  if (columns.every((name) => WRITTEN.includes(name))) {
    const points = await pointsOf(input);
    throw new DataError(
      `${input} has the results of a clustering (${columns.join(", ")}) and no points: give ` +
        `${points ?? "the file that was clustered"} as --input, or name --columns`,
    );
  }
  return [
    'the column "cluster" is one of the numbers: if it has the results of a clustering, name the ' +
    "others by --columns",
  ];
}

/** The points that the run of a folder clustered, if they are still there. */
async function pointsOf(input: string): Promise<string | undefined> {
  const info = await stat(input).catch(() => undefined);
  const folder = info?.isDirectory() ? input : dirname(input);
  const text = await readFile(join(folder, "run.json"), "utf8").catch(() => "{}");
  let from: unknown;
  try {
    from = JSON.parse(text).settings?.input;
  } catch {
    // A damaged run.json tells nothing.
  }
  for (const path of [join(folder, "embedding.npy"), from]) {
    if (typeof path === "string" && await stat(path).catch(() => undefined)) return path;
  }
  return undefined;
}
