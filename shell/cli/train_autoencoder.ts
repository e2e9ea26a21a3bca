/** `asterism train autoencoder`: learn codes, cluster them, score the clusters, write it all. */

import { kmeans, type KmeansResult } from "../cluster/kmeans.ts";
import { type Normalisation, normalise } from "../cluster/normalise.ts";
import { encodeAssignments, encodeNpy } from "../data/index.ts";
import { Autoencoder, type AutoencoderOptions } from "../methods/autoencoder.ts";
import { accuracy } from "../metrics/accuracy.ts";
import { ari } from "../metrics/ari.ts";
import { nmi } from "../metrics/nmi.ts";
import { silhouette } from "../metrics/silhouette.ts";
import { data } from "../plan/tensor.ts";
import {
  checkClusters,
  describeRun,
  type Job,
  keepingModel,
  openFolder,
  trainHooks,
  uploadDataset,
} from "./job.ts";
import type { ValuesOf } from "./options.ts";
import { progressBar } from "./progress.ts";
import { print, report } from "./report.ts";
import type { AUTOENCODER } from "./train_options.ts";

type Values = ValuesOf<typeof AUTOENCODER>;

/** The whole job; the result is the exit code. */
export async function trainAutoencoder(job: Job, values: Values): Promise<number> {
  const { dataset, device, stage } = job;
  const clusters = values.clusters ?? dataset.labelNames?.length ?? 10;
  checkClusters(clusters, dataset.n);
  const { hidden, embedding, activation, rate, schedule, batch, epochs, seed } = values;
  const settings = { hidden, embedding, activation, rate, schedule, batch, epochs, seed };
  const rows = uploadDataset(job);
  const model = new Autoencoder(device, { inputs: rows.width, ...settings } as AutoencoderOptions);
  if (values.plan) return print(model.plan(rows).toString());
  const folder = await openFolder(job);
  return await keepingModel(job, folder, () => model.weights(), async () => {
    const hooks = trainHooks(job);
    const history = await stage("training", () => model.fit(rows, hooks));
    hooks.done(history);
    const z = await stage("embedding", () => model.transform(rows));
    const codes = await device.read(z) as Float32Array;
    device.free(z);
    rows.free();
    const found = await cluster(job, values, codes, clusters);
    const metrics = {
      reconstruction: history.losses.at(-1)!,
      inertia: found.inertia,
      silhouette: found.silhouette,
      ...scores(job, found),
    };
    await folder.write("embedding.npy", encodeNpy(codes, [dataset.n, embedding]));
    await folder.write(
      "assignments.parquet",
      encodeAssignments({
        ids: dataset.ids,
        labels: dataset.labels,
        labelNames: dataset.labelNames,
        cluster: Int32Array.from(found.labels),
        distance: found.distances,
      }),
    );
    await folder.writeModel(await model.weights(), { method: "autoencoder", status: "finished" });
    await folder.writeRun(describeRun(job, "finished", { metrics, losses: history.losses }));
    return report(metrics, job, folder.path);
  });
}

/** K-Means and the silhouette, both in the space that `--normalise` asks for. */
async function cluster(
  { dataset, device, signal, stage }: Job,
  { normalise: asked, embedding, starts, seed, quiet }: Values,
  codes: Float32Array,
  clusters: number,
): Promise<KmeansResult & { silhouette: number | null }> {
  const n = codes.length / embedding;
  const points = data("points", [n, embedding]);
  // A group in the middle of a table has no direction from it, but a place.
  const how = asked ?? (dataset.kind === "images" ? "cosine" : "none");
  device.write(points, normalise(codes, embedding, how as Normalisation));
  const bar = progressBar("clusters", quiet);
  bar.update(0, `K-Means, ${starts} starts`);
  const found = await stage(
    "kmeans",
    () => kmeans(device, points, { clusters, starts, seed, signal }),
  );
  bar.update(0.5, "silhouette");
  // Undefined for one cluster, and for as many as points.
  const defined = clusters > 1 && clusters < n;
  const score = defined
    ? await stage("silhouette", () => silhouette(device, points, found.labels, { signal }))
    : null;
  bar.done(`${clusters} clusters, ${found.iterations} iterations`);
  device.free(points);
  return { ...found, silhouette: score?.mean ?? null };
}

/** Agreement with the classes, if every row has one. They are used for nothing else. */
function scores({ dataset: { labels } }: Job, found: KmeansResult): Record<string, number> {
  if (!labels || labels.some((label) => label < 0)) return {};
  return {
    accuracy: accuracy(labels, found.labels),
    nmi: nmi(labels, found.labels),
    ari: ari(labels, found.labels),
  };
}
