/** The number of clusters, for the algorithms that are told it. */

import { UsageError } from "../../errors.ts";
import { integer } from "../common_options.ts";
import { checkClusters } from "../job.ts";
import type { Options } from "../options.ts";
import type { Task } from "./algorithm.ts";

/** The option. */
export const CLUSTERS = {
  clusters: integer(1, 65_536, { help: "clusters to find", otherwise: "number of classes" }),
} as const satisfies Options;

/**
 * The number that was asked for, or that of the classes.
 * @throws UsageError if there is neither, or there are fewer points
 */
export function clustersOf(asked: number | undefined, { classes, rows, width }: Task): number {
  const clusters = asked ?? classes;
  if (clusters === undefined) {
    throw new UsageError(
      "--clusters is missing: say how many to find (asterism choose-k helps), or name the classes",
    );
  }
  checkClusters(clusters, rows.length / width);
  return clusters;
}
