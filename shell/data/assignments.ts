/** The results of a clustering, or of a projection, as a Parquet file. */

import { type Assignments, columnsOf, typed } from "./results/columns.ts";
import { parquetParts } from "./results/parquet.ts";
import { whole } from "./results/parts.ts";

export type { Assignments } from "./results/columns.ts";

/**
 * Encodes assignments as columns `id` INT32, `label` STRING, `cluster` INT32, and those that there
 * are of `name` (after `id`), `predicted` STRING, `confidence`, `distance`, `probability` FLOAT, `core` BOOLEAN, `x`, `y`
 * FLOAT, `text` STRING, `embedding` LIST of FLOAT.
 *
 * `label` is always there: it holds the class name, and null where a row has none or the data set
 * has no labels at all.
 *
 * @throws {RangeError} if the arrays are not equally long, a label has no name, or texts are not in
 *   memory
 */
export function encodeAssignments(assignments: Assignments): Uint8Array {
  return whole(parquetParts(columnsOf(assignments), assignments.ids.length));
}

/** One place on a map, or in a space of few dimensions, for each row of a data set. */
export interface Projection {
  /** Row numbers in the source, [n]. */
  ids: Int32Array;
  /** Indices into `labelNames`, -1 for none. */
  labels?: Int32Array;
  /** Names of the classes, by number. */
  labelNames?: readonly string[];
  /** `[n, dimensions]`, row by row. */
  coordinates: Float32Array;
  /** Numbers in a code. */
  dimensions: number;
}

/**
 * Encodes a projection as columns `id` INT32, then `x`, `y`, `z` FLOAT (of more than three
 * dimensions `d0`, `d1` and so on), then `label` STRING.
 *
 * @throws {RangeError} if the arrays do not fit together or a label has no name
 */
export function encodeProjection(projection: Projection): Uint8Array {
  const { ids, labels, labelNames, coordinates, dimensions } = projection;
  if (coordinates.length !== ids.length * dimensions) {
    throw new RangeError(
      `projection: ${ids.length} rows of ${dimensions} need ${ids.length * dimensions} numbers, ` +
        `got ${coordinates.length}`,
    );
  }
  const [id, label] = columnsOf({ ids, labels, labelNames, cluster: ids });
  const axes = Array.from({ length: dimensions }, (_, j) => {
    const values = Float32Array.from(ids, (_id, i) => coordinates[i * dimensions + j]);
    return typed(dimensions <= 3 ? "xyz"[j] : `d${j}`, "FLOAT", values);
  });
  return whole(parquetParts([id, ...axes, label], ids.length));
}
