/** Whether a map keeps the neighbours of the rows that it shows. */

import { loadMatrix, type Matrix } from "../../data/index.ts";
import { DataError, UsageError } from "../../errors.ts";
import { continuity, trustworthiness } from "../../metrics/trustworthiness.ts";
import { data } from "../../plan/tensor.ts";
import { integer } from "../common_options.ts";
import type { MatrixJob } from "../matrix_job.ts";
import { requireRange } from "../range.ts";
import type { Options } from "../options.ts";
import type { Figures } from "./judge.ts";
import type { Distance } from "./metric.ts";

/** The options. */
export const MAP = {
  projection: {
    kind: "text",
    value: "FILE",
    help: "a map of the input, to see whether it keeps neighbours",
  },
  neighbours: integer(1, 256, { default: 5, help: "rows near each that a map should keep" }),
} as const satisfies Options;

/** Reads a map. @throws DataError if it has other rows than the matrix */
export async function readMap(path: string, matrix: Matrix, limit?: number): Promise<Matrix> {
  const map = await loadMatrix(path, { limit });
  requireRange(map.data, map);
  if (map.n === matrix.n) return map;
  throw new DataError(
    `${path} has ${map.n} rows for the ${matrix.n} rows of ${matrix.name}: give a map of all rows`,
  );
}

/**
 * Trustworthiness and continuity.
 * @throws UsageError if there are too few rows
 */
export async function judgeMap(
  { device, points, signal, bar: barOf }: MatrixJob,
  map: Matrix,
  { neighbours, metric }: { readonly neighbours: number } & Pick<Distance, "metric">,
): Promise<Figures> {
  if (2 * neighbours >= map.n) {
    throw new UsageError(
      `--neighbours must be less than half of the ${map.n} rows, got ${neighbours}`,
    );
  }
  const projection = data("projection", [map.n, map.width]);
  device.write(projection, map.data);
  const bar = barOf("map");
  try {
    const options = { neighbours, metric, signal };
    bar.update(0, "trustworthiness");
    const trust = await trustworthiness(device, points, projection, options);
    bar.update(0.5, "continuity");
    const kept = await continuity(device, points, projection, options);
    bar.done(`${map.width} of ${points.shape[1]} dimensions`);
    return { trustworthiness: trust, continuity: kept };
  } finally {
    device.free(projection);
  }
}
