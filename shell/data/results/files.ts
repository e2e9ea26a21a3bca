/** The results of a clustering as files, in the formats that other programs open. */

import { npyParts } from "../npy.ts";
import { type Assignments, columnsOf } from "./columns.ts";
import { csvParts, metadataParts, vectorParts } from "./csv.ts";
import { parquetParts } from "./parquet.ts";
import { awaited, type Parts } from "./parts.ts";

/**
 * What results are written as: `parquet` and `csv` are the assignments, `npy` is the embedding, `tsv`
 * is both for TensorBoard's Embedding Projector.
 */
export type ResultFormat = "parquet" | "npy" | "csv" | "tsv";

/** The formats. */
export const RESULT_FORMATS: readonly ResultFormat[] = ["parquet", "npy", "csv", "tsv"];

/** A file that is made while it is written. */
export interface ResultFile {
  /** Name of the file, without a folder. */
  readonly name: string;
  /** Its bytes, part by part: whatever the number of rows, little is in memory. */
  parts(): AsyncIterable<Uint8Array>;
}

/**
 * The files of results: `assignments.parquet`, `embedding.npy`, `assignments.csv`, `vectors.tsv`
 * and `metadata.tsv`. Without an embedding there are no vectors.
 *
 * @throws {RangeError} if the arrays do not fit together or a label has no name
 */
export function resultFiles(
  assignments: Assignments,
  formats: readonly ResultFormat[] = RESULT_FORMATS,
): ResultFile[] {
  const columns = columnsOf(assignments);
  const { ids: { length: n }, embedding } = assignments;
  const about = columns.filter(({ name, type }) =>
    type !== "LIST" && (name !== "label" || assignments.labels)
  );
  const file = (name: string, parts: () => Parts) => [{ name, parts: () => awaited(parts()) }];
  const files: Record<ResultFormat, ResultFile[]> = {
    parquet: file("assignments.parquet", () => parquetParts(columns, n)),
    csv: file("assignments.csv", () => csvParts(columns, n)),
    npy: embedding
      ? file("embedding.npy", () => npyParts(embedding.data, [n, embedding.width]))
      : [],
    tsv: [
      ...embedding ? file("vectors.tsv", () => vectorParts(embedding, n)) : [],
      ...file("metadata.tsv", () => metadataParts(about, n)),
    ],
  };
  return RESULT_FORMATS.filter((one) => formats.includes(one)).flatMap((one) => files[one]);
}
