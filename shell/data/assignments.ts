/** The result of a clustering as a Parquet file. */

import { parquetWriteBuffer } from "hyparquet-writer";

/** One cluster for each row of a data set; all arrays are as long as `ids`. */
export interface Assignments {
  ids: Int32Array;
  /** Indices into `labelNames`, -1 for none. */
  labels?: Int32Array;
  labelNames?: readonly string[];
  /** -1 for noise. */
  cluster: Int32Array;
  /** Distance of each row to its cluster's centre, in the space that was clustered; at least 0. */
  distance?: Float32Array;
  /** Of each row's cluster, for that row, from 0 to 1. */
  probability?: Float32Array;
  /** Whether each row is a core point, which has enough neighbours: 1 or 0. */
  core?: Uint8Array;
}

/**
 * Encodes assignments as columns `id` INT32, `label` STRING, `cluster` INT32, and those that the
 * clustering has of `distance` FLOAT, `probability` FLOAT, `core` BOOLEAN.
 *
 * `label` is always there: it holds the class name, and null where a row has none or the data set
 * has no labels at all.
 *
 * @throws {RangeError} if the arrays are not equally long or a label has no name
 */
export function encodeAssignments(assignments: Assignments): Uint8Array {
  const { ids, labels, cluster, distance, probability, core } = assignments;
  const arrays = { labels, cluster, distance, probability, core };
  for (const [name, array] of Object.entries(arrays)) {
    if (array && array.length !== ids.length) {
      throw new RangeError(
        `assignments: ${name} must have ${ids.length} rows, got ${array.length}`,
      );
    }
  }
  const names = classNames(ids.length, labels, assignments.labelNames);
  return new Uint8Array(parquetWriteBuffer({
    columnData: [
      { name: "id", data: ids, type: "INT32", nullable: false },
      { name: "label", data: names, type: "STRING" },
      { name: "cluster", data: cluster, type: "INT32", nullable: false },
      ...floats({ distance, probability }),
      ...core
        ? [
          {
            name: "core",
            data: Array.from(core, Boolean),
            type: "BOOLEAN",
            nullable: false,
          } as const,
        ]
        : [],
    ],
    createdBy: "asterism",
  }));
}

/** One place on a map, or in a space of few dimensions, for each row of a data set. */
export interface Projection {
  ids: Int32Array;
  /** Indices into `labelNames`, -1 for none. */
  labels?: Int32Array;
  labelNames?: readonly string[];
  /** `[n, dimensions]`, row by row. */
  coordinates: Float32Array;
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
  const axes = Array.from(
    { length: dimensions },
    (_, j) => [
      dimensions <= 3 ? "xyz"[j] : `d${j}`,
      Float32Array.from(ids, (_id, i) => coordinates[i * dimensions + j]),
    ],
  );
  return new Uint8Array(parquetWriteBuffer({
    columnData: [
      { name: "id", data: ids, type: "INT32", nullable: false },
      ...floats(Object.fromEntries(axes)),
      { name: "label", data: classNames(ids.length, labels, labelNames), type: "STRING" },
    ],
    createdBy: "asterism",
  }));
}

/** Columns of floats, but for those that are not there. */
function floats(columns: Record<string, Float32Array | undefined>) {
  return Object.entries(columns).flatMap(([name, data]) =>
    data ? [{ name, data, type: "FLOAT", nullable: false } as const] : []
  );
}

function classNames(
  n: number,
  labels: Int32Array | undefined,
  names: readonly string[] = [],
): (string | null)[] {
  if (!labels) return new Array(n).fill(null);
  return Array.from(labels, (label) => {
    const name = label === -1 ? null : names[label];
    if (name === undefined) throw new RangeError(`assignments: label ${label} has no name`);
    return name;
  });
}
