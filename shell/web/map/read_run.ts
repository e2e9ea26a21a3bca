import { asyncBufferFromUrl, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { DataError } from "../../errors.ts";
import type { MapData } from "./types.ts";

const COLUMNS = ["id", "name", "label", "cluster", "x", "y", "text"];

/** Characters of a text in a tooltip. */
const LETTERS = 200;

/**
 * Reads what a run found, for a map.
 *
 * @param url of its `assignments.parquet`
 * @throws {DataError} if it cannot be had, or has no places on a map
 */
export async function readRun(url: URL): Promise<MapData> {
  const rows = await read(url);
  if (rows.length > 0 && (rows[0].cluster === undefined || rows[0].x === undefined)) {
    throw new DataError(
      `${url.pathname}: it has no columns cluster, x and y: train without --map none`,
    );
  }
  const classes = [...new Set(rows.map(({ label }) => label).filter((v) => v != null))].sort();
  const at = new Map<unknown, number>(classes.map((name, i) => [name, i]));
  const known = classes.length > 0;
  return {
    positions: Float32Array.from(rows.flatMap(({ x, y }) => [Number(x), Number(y)])),
    clusters: Int32Array.from(rows, ({ cluster }) => Number(cluster ?? -1)),
    ...known && {
      labels: Int32Array.from(rows, ({ label }) => at.get(label) ?? -1),
      labelNames: classes.map(String),
    },
    tooltip: (row) => {
      const { id, name, label, cluster, text } = rows[row];
      return {
        title: String(name ?? `row ${id}`),
        lines: [
          `cluster ${cluster}`,
          ...label == null ? [] : [`class ${label}`],
          ...text == null ? [] : [String(text).slice(0, LETTERS)],
        ],
      };
    },
  };
}

async function read(url: URL): Promise<Record<string, unknown>[]> {
  try {
    const file = await asyncBufferFromUrl({ url: url.href });
    return await parquetReadObjects({ file, compressors, columns: COLUMNS }).catch(() =>
      parquetReadObjects({ file, compressors })
    );
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(`${url.pathname} cannot be read: ${why}`, { cause });
  }
}
