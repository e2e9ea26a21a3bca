/** `asterism train`: learn codes, cluster them, score the clusters, write it all. */

import type { Autoencoder } from "../methods/autoencoder.ts";
import { METHODS } from "../methods/methods.ts";
import type { ClusterFit, Model, SavedModel } from "../methods/model.ts";
import type { Relations } from "../methods/pairs.ts";
import type { Rows } from "../methods/rows.ts";
import type { TrainHooks } from "../methods/train.ts";
import type { Plan } from "../plan/plan.ts";
import type { RunRecord } from "../report/index.ts";
import { CHECKPOINT } from "./checkpoint_file.ts";
import { explainRun, shownTexts } from "../run/explain_run.ts";
import { settingsOf } from "../run/method_settings.ts";
import { scoresOf, withoutRows } from "../run/scores.ts";
import type { ClusterValues } from "./cluster_values.ts";
import {
  checkClusters,
  describeRun,
  type Job,
  keepingModel,
  openFolder,
  trainHooks,
  uploadDataset,
} from "./job.ts";
import { progressBar } from "./progress.ts";
import { counted, print, report, warn } from "./report.ts";
import { GALLERY_FILE, REPORT_FILE, reportOf } from "./report_file.ts";
import { writeModelAndResults } from "./results.ts";
import { holdOut, relationsOf } from "./relations.ts";
import { CLUSTERS_FILE, describeClusters } from "./text/clusters.ts";

export type { ClusterValues } from "./cluster_values.ts";

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
    const bar = progressBar("scoring ", job.values.quiet);
    bar.update(0, "silhouette");
    const { scores, silhouettes, notes } = await stage(
      "silhouette",
      () => scoresOf(dataset, model, fit, job),
    );
    bar.done(counted(clusters, "cluster"));
    notes.forEach((note) => (warnings.push(note), warn(note)));
    const metrics = {
      ...Object.fromEntries(
        Object.entries(fit.history).map(([phase, { losses }]) => [phase, losses.at(-1) ?? null]),
      ),
      ...scores,
      ...await holdOut(job, model, rows, relations),
    };
    rows.free();
    const { labels, confidence, distances, embedding } = fit;
    const found = { labels, confidence, distances, embedding, preprocessing };
    const map = await writeModelAndResults(job, folder, model, found);
    const about = await describeClusters(
      dataset,
      { labels, distances: distances!, clusters },
      job.signal,
    );
    if (about !== undefined) await folder.write(CLUSTERS_FILE, about);
    const explained = { labels, distances: distances!, silhouettes, clusters };
    const texts = await shownTexts(dataset, explained);
    const gallery = explainRun(dataset, explained, texts);
    await folder.write(GALLERY_FILE, `${JSON.stringify(gallery)}\n`);
    const losses = Object.fromEntries(
      Object.entries(fit.history).map(([phase, { losses }]) => [phase, losses]),
    );
    const { stopReason } = fit;
    const run = describeRun(job, "finished", {
      metrics,
      losses,
      stopReason,
      warnings,
      network: settings,
    });
    await folder.write(
      REPORT_FILE,
      await reportOf({
        run: run as RunRecord,
        rows: { ...dataset, texts, clusters: Int32Array.from(labels), positions: map },
        gallery,
        words: about === undefined ? undefined : JSON.parse(about),
      }),
    );
    await folder.writeRun(run);
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
