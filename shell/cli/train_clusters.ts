/** `asterism train`: learn codes, cluster them, score the clusters, write it all. */

import type { Autoencoder } from "../methods/autoencoder.ts";
import { METHODS } from "../methods/methods.ts";
import type { ClusterFit, Model, SavedModel } from "../methods/model.ts";
import type { Relations } from "../methods/pairs.ts";
import type { Rows } from "../methods/rows.ts";
import type { TrainHooks } from "../methods/train.ts";
import { accuracy } from "../metrics/accuracy.ts";
import { ari } from "../metrics/ari.ts";
import { nmi } from "../metrics/nmi.ts";
import { silhouette } from "../metrics/silhouette.ts";
import type { Plan } from "../plan/plan.ts";
import { data } from "../plan/tensor.ts";
import { CHECKPOINT } from "./checkpoint_file.ts";
import {
  checkClusters,
  describeRun,
  type Job,
  keepingModel,
  openFolder,
  trainHooks,
  uploadDataset,
} from "./job.ts";
import { type ClusterValues, settingsOf } from "./method_settings.ts";
import { progressBar } from "./progress.ts";
import { counted, print, report, warn } from "./report.ts";
import { pointsOf, writeModelAndResults } from "./results.ts";
import { holdOut, relationsOf } from "./relations.ts";
import { CLUSTERS_FILE, describeClusters } from "./text/clusters.ts";

export type { ClusterValues } from "./method_settings.ts";

type Clusterer = Model<{ seed: number }, ClusterFit> & {
  plan(rows: Rows, relations?: Relations | null): Plan;
};

/**
 * The whole job; the result is the exit code.
 * @param pretrained a model whose networks are taken over
 */
export async function trainClusters(
  job: Job,
  values: ClusterValues,
  pretrained?: SavedModel,
): Promise<number> {
  const { dataset, device, stage, method } = job;
  const settings = settingsOf(method, values, dataset);
  checkClusters(settings.clusters as number, dataset.n);
  const relations = await relationsOf(job, values);
  const { rows, preprocessing } = uploadDataset(job);
  const constructor = METHODS[method] as unknown as new (d: typeof device, o: object) => Clusterer;
  const model = new constructor(device, settings);
  if (values.plan) return print(model.plan(rows, relations?.known).toString());
  if (pretrained) (model as unknown as Autoencoder).adopt(pretrained);
  const folder = await openFolder(job);
  return await keepingModel(job, folder, model, async () => {
    const hooks = trainHooks(job, folder);
    const fit = await stage("training", () => fitModel(model, rows, hooks, relations));
    hooks.done();
    const clusters = fit.centres.length / model.width;
    const warnings = [...fit.warnings, ...withoutRows(fit.labels, clusters)];
    warnings.forEach(warn);
    const metrics = {
      ...Object.fromEntries(
        Object.entries(fit.history).map(([phase, { losses }]) => [phase, losses.at(-1) ?? null]),
      ),
      ...await score(job, model, fit),
      ...await holdOut(job, model, rows, relations),
    };
    rows.free();
    const { labels, confidence, distances, embedding } = fit;
    const found = { labels, confidence, distances, embedding, preprocessing };
    await writeModelAndResults(job, folder, model, found);
    const about = await describeClusters(
      dataset,
      { labels, distances: distances!, clusters },
      job.signal,
    );
    if (about !== undefined) await folder.write(CLUSTERS_FILE, about);
    const losses = Object.fromEntries(
      Object.entries(fit.history).map(([phase, { losses }]) => [phase, losses]),
    );
    const { stopReason } = fit;
    await folder.writeRun(
      describeRun(job, "finished", { metrics, losses, stopReason, warnings, network: settings }),
    );
    await folder.remove(CHECKPOINT);
    return report(metrics, job, folder.path);
  });
}

function fitModel(
  model: Clusterer,
  rows: Rows,
  hooks: TrainHooks,
  relations: Awaited<ReturnType<typeof relationsOf>>,
): Promise<ClusterFit> {
  if (relations === undefined) return model.fit(rows, hooks);
  return model.fit(rows, relations.known, relations.ids, hooks);
}

/** A note if there are clusters without a row. */
function withoutRows(labels: Uint32Array, clusters: number): string[] {
  const used = new Set(labels).size;
  return used === clusters ? [] : [
    `only ${used} of ${clusters} clusters have rows: take fewer --clusters, or see whether many ` +
    "rows are the same",
  ];
}

/** Silhouette in the space of the clusters; with classes, how well the clusters meet them. */
async function score(
  { dataset, device, signal, stage, values }: Job,
  model: Clusterer,
  fit: ClusterFit,
): Promise<Record<string, number | null>> {
  const { labels, embedding, distances } = fit;
  const k = fit.centres.length / model.width;
  const bar = progressBar("scoring ", values.quiet);
  bar.update(0, "silhouette");
  const points = data("points", [dataset.n, model.width]);
  device.write(points, pointsOf(model.clusters, embedding, model.width).values);
  // Undefined for one cluster, and for as many as points.
  const several = new Set(labels).size;
  const defined = several > 1 && several < dataset.n;
  const mean = defined
    ? (await stage("silhouette", () => silhouette(device, points, labels, { signal }))).mean
    : null;
  device.free(points);
  bar.done(counted(k, "cluster"));
  const inertia = distances!.reduce((sum, d) => sum + d * d, 0);
  const before = fit.firstLabels && agreement(dataset.labels, fit.firstLabels).accuracy;
  return {
    inertia,
    silhouette: mean,
    ...agreement(dataset.labels, labels),
    ...before !== undefined && { "accuracy before": before },
  };
}

/** Agreement with the classes, if every row has one. They are used for nothing else. */
export function agreement(
  classes: ArrayLike<number> | undefined,
  found: Uint32Array,
): Record<string, number> {
  if (!classes || Array.from(classes).some((label) => label < 0)) return {};
  const known = Int32Array.from(classes);
  return { accuracy: accuracy(known, found), nmi: nmi(known, found), ari: ari(known, found) };
}
