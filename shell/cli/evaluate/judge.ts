/** Judges a clustering by metrics: which rows count, and what is said where a metric is undefined. */

import type { Device } from "../../device/device.ts";
import { DataError } from "../../errors.ts";
import { SAMPLE_SIZE, wantsSample } from "../../metrics/silhouette_sample.ts";
import { data } from "../../plan/tensor.ts";
import { NO_DIRECTION, zeroRow } from "../range.ts";
import { type Bar } from "../progress.ts";
import { counted } from "../report.ts";
import type { Distance } from "./metric.ts";
import { METRICS } from "./metrics.ts";

/** A clustering, and what is known about its rows. */
export interface Judged {
  /** Cluster of each row, -1 for noise. */
  readonly labels: Int32Array;
  /** Class of each row, -1 for none. */
  readonly classes?: Int32Array;
  /** Rows as they were clustered; without them only classes judge. */
  readonly points?: {
    readonly device: Device;
    readonly values: Float32Array;
    readonly width: number;
  };
}

/** How it is judged. */
export interface Judging {
  /** Names of metrics. */
  readonly metrics: readonly string[];
  /** Whether noise is one more cluster, or is left out. */
  readonly noise: string;
  readonly distance: Distance;
  readonly signal: AbortSignal;
  readonly bar: Bar;
  warn(text: string): void;
}

/** Results by name; null where a metric is undefined, of which a note says why. */
export type Figures = Record<string, number | null>;

/** Judges a clustering. */
export async function judge(one: Judged, how: Judging): Promise<Figures> {
  const kept = rowsThatCount(one, how);
  const internal = how.metrics.filter((name) => METRICS[name].of === "points");
  const external = how.metrics.filter((name) => METRICS[name].of === "classes");
  return {
    ...one.points && await byPoints(one.points, kept, internal, how),
    ...one.classes && byClasses(one.classes, kept, external, how),
  };
}

/** Rows that are judged, with labels from 0. */
interface Kept {
  readonly rows: Uint32Array;
  readonly labels: Int32Array;
  readonly all: boolean;
}

function rowsThatCount({ labels }: Judged, { noise, warn }: Judging): Kept {
  const lost = labels.reduce((count, label) => count + (label < 0 ? 1 : 0), 0);
  const most = labels.reduce((max, label) => Math.max(max, label), -1);
  const all = Uint32Array.from(labels, (_, i) => i);
  if (lost === 0) return { rows: all, labels, all: true };
  if (noise === "cluster") {
    const named = labels.map((label) => label < 0 ? most + 1 : label);
    warn(
      `${counted(lost, "row")} ${
        lost === 1 ? "is" : "are"
      } noise, which is judged as one more cluster ` +
        "(--noise exclude leaves it out)",
    );
    return { rows: all, labels: named, all: true };
  }
  const rows = all.filter((i) => labels[i] >= 0);
  warn(
    `${lost} of ${labels.length} rows are noise and are left out: the metrics speak of the others`,
  );
  return { rows, labels: Int32Array.from(rows, (i) => labels[i]), all: false };
}

async function byPoints(
  { device, values, width }: NonNullable<Judged["points"]>,
  { rows, labels, all }: Kept,
  names: readonly string[],
  { distance, signal, bar, warn }: Judging,
): Promise<Figures> {
  const k = new Set(labels).size, n = rows.length;
  if (names.length === 0) return {};
  if (k < 2 || k > n - 1) {
    const what = k < 2 ? `${k === 0 ? "no" : "one"} cluster` : "as many clusters as rows";
    warn(`${names.join(", ")}: undefined for ${what}`);
    return Object.fromEntries(names.map((name) => [name, null]));
  }
  if (4 * n * width > device.info.largest) {
    warn(
      `${names.join(", ")}: left out, because ${n} rows of ${width} numbers do not fit on the ` +
        "device: evaluate fewer rows with --limit",
    );
    return Object.fromEntries(names.map((name) => [name, null]));
  }
  const euclidean = names.filter((name) => {
    const metric = METRICS[name];
    return metric.of === "points" && metric.euclidean;
  });
  if (distance.metric !== "euclidean" && euclidean.length > 0) {
    warn(`${euclidean.join(", ")}: of Euclidean distances, whatever the metric`);
  }
  const used = all ? values : rowsOf(values, width, rows);
  const zero = distance.metric === "cosine" && names.includes("silhouette")
    ? zeroRow(used, width)
    : -1;
  if (zero >= 0) {
    throw new DataError(`row ${rows[zero]} (counting from 0): all numbers are 0, ${NO_DIRECTION}`);
  }
  const sample = sampleOf(distance, n, width);
  if (names.includes("silhouette") && sample.why !== undefined) warn(sample.why);
  const points = data("points", [n, width]);
  device.write(points, used);
  const figures: Figures = {};
  try {
    for (const [i, name] of names.entries()) {
      const metric = METRICS[name];
      const progress = (share: number) => bar.update((i + share) / names.length, name);
      progress(0);
      if (metric.of !== "points") continue;
      Object.assign(
        figures,
        await metric.run({
          ...{ device, points, labels, signal, progress },
          distance: { ...distance, sample: sample.size },
        }),
      );
    }
  } finally {
    device.free(points);
  }
  bar.done(counted(k, "cluster"));
  return figures;
}

/**
 * Rows of which the silhouette is taken, undefined for all, and why, where nobody asked for less.
 * @param n rows, of `width` numbers
 */
export function sampleOf(
  { metric, silhouette, sample }: Distance,
  n: number,
  width: number,
): { readonly size?: number; readonly why?: string } {
  if (sample !== undefined) return { size: sample };
  if (silhouette === "sample") return { size: SAMPLE_SIZE };
  if (silhouette === "exact" || metric === "cosine" || !wantsSample(n, width)) return {};
  return {
    size: SAMPLE_SIZE,
    why:
      `silhouette: of a sample of ${SAMPLE_SIZE.toLocaleString("en")} of ${
        n.toLocaleString("en")
      } ` +
      "rows, with an interval, because all pairs take long (--silhouette exact takes all rows)",
  };
}

function byClasses(
  all: Int32Array,
  { rows, labels }: Kept,
  names: readonly string[],
  { warn }: Judging,
): Figures {
  const known = Uint32Array.from(rows.keys()).filter((i) => all[rows[i]] >= 0);
  const lost = rows.length - known.length;
  if (known.length === 0) {
    warn(`${names.join(", ")}: undefined, because no row has both a class and a cluster`);
    return Object.fromEntries(names.map((name) => [name, null]));
  }
  if (lost > 0) {
    const what = lost === 1 ? "has no class and does" : "have no class and do";
    warn(`${counted(lost, "row")} ${what} not count in ${names.join(", ")}`);
  }
  const classes = Int32Array.from(known, (i) => all[rows[i]]);
  const clusters = Int32Array.from(known, (i) => labels[i]);
  return Object.assign(
    {},
    ...names.map((name) => {
      const metric = METRICS[name];
      return metric.of === "classes" ? metric.run(classes, clusters) : {};
    }),
  );
}

function rowsOf(values: Float32Array, width: number, rows: Uint32Array): Float32Array {
  const out = new Float32Array(rows.length * width);
  rows.forEach((row, i) => out.set(values.subarray(row * width, (row + 1) * width), i * width));
  return out;
}
