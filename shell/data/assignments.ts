/** The result of a clustering as a Parquet file. */

import { parquetWriteBuffer } from "hyparquet-writer";

/** One cluster for each row of a data set; all arrays are as long as `ids`. */
export interface Assignments {
  ids: Int32Array;
  /** Indices into `labelNames`, -1 for none. */
  labels?: Int32Array;
  labelNames?: string[];
  cluster: Int32Array;
  /** Distance of each row to its cluster's centre, in the space that was clustered; at least 0. */
  distance: Float32Array;
}

/**
 * Encodes assignments as columns `id` INT32, `label` STRING, `cluster` INT32, `distance` FLOAT.
 *
 * The columns are always these four: `label` holds the class name, and null where a row has none or
 * the data set has no labels at all.
 *
 * @throws {RangeError} if the arrays are not equally long or a label has no name
 */
export function encodeAssignments(assignments: Assignments): Uint8Array {
  const { ids, labels, cluster, distance } = assignments;
  for (const [name, array] of Object.entries({ labels, cluster, distance })) {
    if (array && array.length !== ids.length) {
      throw new RangeError(
        `assignments: ${name} must have ${ids.length} rows, got ${array.length}`,
      );
    }
  }
  return new Uint8Array(parquetWriteBuffer({
    columnData: [
      { name: "id", data: ids, type: "INT32", nullable: false },
      { name: "label", data: classNames(assignments), type: "STRING" },
      { name: "cluster", data: cluster, type: "INT32", nullable: false },
      { name: "distance", data: distance, type: "FLOAT", nullable: false },
    ],
    createdBy: "asterism",
  }));
}

function classNames({ ids, labels, labelNames = [] }: Assignments): (string | null)[] {
  if (!labels) return new Array(ids.length).fill(null);
  return Array.from(labels, (label) => {
    const name = label === -1 ? null : labelNames[label];
    if (name === undefined) throw new RangeError(`assignments: label ${label} has no name`);
    return name;
  });
}
