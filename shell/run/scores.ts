/** How good a clustering is. */

import type { Dataset } from "../data/dataset.ts";
import type { Device } from "../device/device.ts";
import type { ClusterFit, Model } from "../methods/model.ts";
import { accuracy } from "../metrics/accuracy.ts";
import { ari } from "../metrics/ari.ts";
import { nmi } from "../metrics/nmi.ts";
import { silhouette } from "../metrics/silhouette.ts";
import { SAMPLE_SIZE, silhouetteSample, wantsSample } from "../metrics/silhouette_sample.ts";
import { data, type Tensor } from "../plan/tensor.ts";
import { pointsOf } from "./found.ts";

/** Scores by name, and the silhouette of each row where it is defined and taken, else NaN. */
export interface Scores {
  readonly scores: Readonly<Record<string, number | null>>;
  readonly silhouettes?: Float32Array;
  /** What a person should know of them. */
  readonly notes: readonly string[];
}

/**
 * Silhouette in the space of the clusters, of a sample where there are very many rows; with classes,
 * how well the clusters meet them.
 */
export async function scoresOf(
  { n, labels: classes }: Pick<Dataset, "n" | "labels">,
  model: Pick<Model<{ seed: number }>, "width" | "clusters">,
  { labels, embedding, distances, firstLabels }: ClusterFit,
  { device, signal }: { readonly device: Device; readonly signal?: AbortSignal },
): Promise<Scores> {
  // Undefined for one cluster, and for as many as points.
  const several = new Set(labels).size;
  const points = data("points", [n, model.width]);
  device.write(points, pointsOf(model.clusters, embedding, model.width).values);
  const found = several > 1 && several < n
    ? await silhouettesOf(device, points, labels, signal)
    : undefined;
  device.free(points);
  const before = firstLabels && agreement(classes, firstLabels).accuracy;
  return {
    scores: {
      inertia: distances!.reduce((sum, d) => sum + d * d, 0),
      silhouette: found?.mean ?? null,
      ...agreement(classes, labels),
      ...before !== undefined && { "accuracy before": before },
    },
    silhouettes: found?.samples,
    notes: [...found?.notes ?? [], ...withoutClass(classes)],
  };
}

async function silhouettesOf(
  device: Device,
  points: Tensor,
  labels: Uint32Array,
  signal?: AbortSignal,
) {
  const [n, width] = points.shape;
  if (!wantsSample(n, width)) {
    return { ...await silhouette(device, points, labels, { signal }), notes: [] };
  }
  const { mean, samples, rows, low, high } = await silhouetteSample(device, points, labels, {
    size: SAMPLE_SIZE,
    signal,
  });
  const all = new Float32Array(n).fill(NaN);
  rows.forEach((row, i) => all[row] = samples[i]);
  const [count, of] = [SAMPLE_SIZE, n].map((one) => one.toLocaleString("en"));
  const note = `silhouette: of a sample of ${count} of ${of} rows; that of all lies between ` +
    `${low.toFixed(4)} and ${high.toFixed(4)} with 95% confidence`;
  return { mean, samples: all, notes: [note] };
}

/** Agreement with the classes of the rows that have one. They are used for nothing else. */
export function agreement(
  classes: ArrayLike<number> | undefined,
  found: Uint32Array,
): Record<string, number> {
  const rows = rowsWithClass(classes);
  if (rows.length === 0) return {};
  const known = Int32Array.from(rows, (row) => classes![row]);
  const labels = Uint32Array.from(rows, (row) => found[row]);
  return { accuracy: accuracy(known, labels), nmi: nmi(known, labels), ari: ari(known, labels) };
}

/** Rows whose class is known. */
export function rowsWithClass(classes: ArrayLike<number> = []): number[] {
  return Array.from({ length: classes.length }, (_, row) => row).filter((row) => classes[row] >= 0);
}

/** A note if some rows have a class, and others have none. */
export function withoutClass(classes: ArrayLike<number> | undefined): string[] {
  const known = rowsWithClass(classes).length, lost = (classes?.length ?? 0) - known;
  if (lost === 0 || known === 0) return [];
  const [some, all] = [known, known + lost].map((count) => count.toLocaleString("en"));
  return [`scores by classes are of the ${some} of ${all} rows that have a class`];
}

/** A note if there are clusters without a row. */
export function withoutRows(labels: Uint32Array, clusters: number): string[] {
  const used = new Set(labels).size;
  return used === clusters ? [] : [
    `only ${used} of ${clusters} clusters have rows: take fewer --clusters, or see whether many ` +
    "rows are the same",
  ];
}
