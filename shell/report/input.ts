/** What a report is made from: the files of a run, read. */

import type { Gallery } from "./gallery.ts";

/** What a run found of each row. */
export interface ReportRows {
  readonly ids: ArrayLike<number>;
  /** Cluster of each row, below 0 for noise. */
  readonly clusters: Int32Array;
  /** Places on a map, [n, 2]. */
  readonly positions?: Float32Array;
  /** Class of each row, an index into `labelNames`, below 0 for none. */
  readonly labels?: Int32Array;
  readonly labelNames?: readonly string[];
  readonly names?: readonly (string | null)[];
  /** By their rows; of those that {@link mappedRows} leaves out none are needed. */
  readonly texts?: { readonly [row: number]: string };
}

/** `run.json`, as far as reports read it. */
export interface RunRecord {
  readonly status: string;
  readonly method: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly versions?: Readonly<Record<string, string>>;
  readonly device?: { readonly description: string } | null;
  readonly data: {
    readonly name: string;
    readonly rows: number;
    readonly columns?: readonly string[];
    readonly notes?: readonly string[];
    /** Names of the classes, by number. */
    readonly labels?: readonly string[] | null;
  };
  readonly seconds?: Readonly<Record<string, number>>;
  readonly metrics?: Readonly<Record<string, number | null>>;
  readonly losses?: Readonly<Record<string, readonly number[]>>;
  readonly warnings?: readonly string[];
  readonly stopReason?: string;
}

/** Words and examples of clusters of texts, as in `clusters.json`. */
export interface WordsOfClusters {
  readonly clusters: readonly {
    readonly cluster: number;
    readonly terms: readonly { readonly term: string; readonly score: number }[];
  }[];
}

/** All of a run. */
export interface ReportInput {
  readonly run: RunRecord;
  readonly rows: ReportRows;
  readonly gallery?: Gallery;
  readonly words?: WordsOfClusters;
}

/** How many rows each cluster has, from 0 to the highest. */
export function sizesOf(clusters: Int32Array): number[] {
  const sizes: number[] = new Array(clusters.reduce((a, b) => Math.max(a, b), -1) + 1).fill(0);
  for (const cluster of clusters) if (cluster >= 0) sizes[cluster]++;
  return sizes;
}

/** Whether the groups are classes that a network was taught, and no clusters. */
export const isClassifier = ({ method }: RunRecord): boolean => method === "classifier";

/** What a group of rows is called: a cluster by its number, a predicted class by its name. */
export function groupName(run: RunRecord, group: number): string {
  if (group < 0) return "noise";
  return isClassifier(run) ? `predicted ${run.data.labels?.[group] ?? group}` : `cluster ${group}`;
}

/** Points of a map at most: more hide each other, and make a page slow. */
const MAPPED = 100_000;

/** Which of n rows maps show. */
export function rowsOnMap(n: number, most = MAPPED): number[] {
  const count = Math.min(n, most);
  return Array.from({ length: count }, (_, i) => Math.floor(i * n / count));
}

/** The rows that maps show: all, or so many of them that are spread evenly over the data. */
export function mappedRows(rows: ReportRows, most = MAPPED): ReportRows {
  const n = rows.clusters.length;
  if (n <= most) return rows;
  const kept = rowsOnMap(n, most);
  const { ids, clusters, positions, labels, labelNames, names, texts } = rows;
  return {
    ids: kept.map((row) => ids[row]),
    clusters: Int32Array.from(kept, (row) => clusters[row]),
    ...positions && {
      positions: Float32Array.from(
        { length: 2 * most },
        (_, i) => positions[2 * kept[i >> 1] + i % 2],
      ),
    },
    ...labels && { labels: Int32Array.from(kept, (row) => labels[row]), labelNames },
    ...names && { names: kept.map((row) => names[row]) },
    ...texts && { texts: kept.map((row) => texts[row]) },
  };
}

/** How many rows a map shows, in words. */
export function countMapped({ clusters: { length: n } }: ReportRows, most = MAPPED): string {
  const [some, all] = [Math.min(n, most), n].map((count) => count.toLocaleString("en"));
  return n <= most ? `${all} rows` : `${some} of ${all} rows`;
}
