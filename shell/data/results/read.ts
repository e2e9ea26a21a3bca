import { type AsyncBuffer, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { DataError } from "../../errors.ts";

/** What `assignments.parquet` says of the rows, but for their codes. */
export interface ReadAssignments {
  readonly ids: Int32Array;
  /** Below 0 for noise. */
  readonly clusters: Int32Array;
  /** [n, 2] */
  readonly positions?: Float32Array;
  /** Indices into `labelNames`, which are sorted; below 0 for none. */
  readonly labels?: Int32Array;
  readonly labelNames?: readonly string[];
  readonly names?: readonly (string | null)[];
  readonly texts?: readonly string[];
}

const COLUMNS = ["id", "name", "label", "cluster", "x", "y", "text"];

type Row = Readonly<Record<string, unknown>>;

/**
 * Reads the results of a run.
 * @param file an `assignments.parquet` @param name for messages
 * @throws {DataError} if it is none
 */
export async function readAssignments(file: AsyncBuffer, name: string): Promise<ReadAssignments> {
  const { columns, rows } = await read(file, name);
  if (!columns.includes("id") || !columns.includes("cluster")) {
    throw new DataError(`${name}: it has no columns id and cluster, as a run's results have`);
  }
  const known = [...new Set(rows.map(({ label }) => label).filter((v) => v != null))].map(String);
  const labelNames = known.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const at = new Map(labelNames.map((label, i) => [label, i]));
  const has = (column: string) => columns.includes(column);
  return {
    ids: Int32Array.from(rows, ({ id }) => Number(id)),
    clusters: Int32Array.from(rows, ({ cluster }) => Number(cluster ?? -1)),
    ...has("x") && has("y") &&
      { positions: Float32Array.from(rows.flatMap(({ x, y }) => [Number(x), Number(y)])) },
    ...labelNames.length > 0 && {
      labels: Int32Array.from(rows, ({ label }) => label == null ? -1 : at.get(String(label))!),
      labelNames,
    },
    ...has("name") && { names: rows.map(({ name }) => name == null ? null : String(name)) },
    ...has("text") && { texts: rows.map(({ text }) => String(text ?? "")) },
  };
}

async function read(file: AsyncBuffer, name: string): Promise<{ columns: string[]; rows: Row[] }> {
  try {
    const metadata = await parquetMetadataAsync(file);
    const present = metadata.schema.filter(({ name }) => COLUMNS.includes(name)).map(({ name }) =>
      name
    );
    const rows = await parquetReadObjects({ file, metadata, compressors, columns: present });
    return { columns: present, rows };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(`${name} cannot be read: ${why}`, { cause });
  }
}
