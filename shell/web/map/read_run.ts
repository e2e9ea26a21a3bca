import { readAssignments } from "../../data/results/read.ts";
import { DataError } from "../../errors.ts";
import type { MapData } from "./types.ts";

/** Characters of a text in a tooltip. */
const LETTERS = 200;

/**
 * Reads what a run found, for a map.
 *
 * @param url of its `assignments.parquet`
 * @throws {DataError} if it cannot be had, or has no places on a map
 */
export async function readRun(url: URL): Promise<MapData> {
  const { positions, ...run } = await readAssignments(await fetched(url), url.pathname);
  if (!positions) {
    throw new DataError(`${url.pathname}: it has no columns x and y: train without --map none`);
  }
  return {
    ...{ positions, clusters: run.clusters, labels: run.labels, labelNames: run.labelNames },
    tooltip: (row) => {
      const label = run.labels && run.labelNames?.[run.labels[row]];
      const text = run.texts?.[row];
      return {
        title: run.names?.[row] ?? `row ${run.ids[row]}`,
        lines: [
          `cluster ${run.clusters[row]}`,
          ...label === undefined ? [] : [`class ${label}`],
          ...text ? [text.slice(0, LETTERS)] : [],
        ],
      };
    },
  };
}

/** The whole file at once: it is small, and many plain servers know neither ranges nor lengths. */
async function fetched(url: URL): Promise<ArrayBuffer> {
  try {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`the server answers ${answer.status} ${answer.statusText}`);
    return await answer.arrayBuffer();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(`${url.pathname} cannot be read: ${why}`, { cause });
  }
}
