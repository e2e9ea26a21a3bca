/** `asterism train`: the autoencoder job and the classifier. */

import process from "node:process";
import { kmeans } from "../cluster/kmeans.ts";
import { encodeAssignments, encodeNpy } from "../data/index.ts";
import { UsageError } from "../errors.ts";
import { Autoencoder, type AutoencoderOptions } from "../methods/autoencoder.ts";
import { Classifier } from "../methods/classifier.ts";
import { accuracy } from "../metrics/accuracy.ts";
import { ari } from "../metrics/ari.ts";
import { nmi } from "../metrics/nmi.ts";
import { silhouette } from "../metrics/silhouette.ts";
import {
  checkClusters,
  describeRun,
  type Job,
  keepingModel,
  openFolder,
  requireLabels,
  runJob,
  trainHooks,
  uploadDataset,
} from "./job.ts";
import { helpOf, parse, type ValuesOf } from "./options.ts";
import { duration, progressBar } from "./progress.ts";
import { AUTOENCODER, CLASSIFIER, HEAD } from "./train_options.ts";

/** Runs `asterism train ARGS`; the result is the exit code. */
export async function trainCommand(args: string[], signal: AbortSignal): Promise<number> {
  const named = args[0] !== undefined && !args[0].startsWith("-");
  const method = named ? args[0] : "autoencoder";
  const rest = named ? args.slice(1) : args;
  if (method === "autoencoder") {
    const { values, words } = parse("train", AUTOENCODER, rest);
    if (values.help) return help("autoencoder (the default)", helpOf(AUTOENCODER));
    noMore(words);
    return await runJob(method, values, signal, (job) => trainAutoencoder(job, values));
  }
  if (method === "classifier") {
    const { values, words } = parse("train classifier", CLASSIFIER, rest);
    if (values.help) return help("classifier", helpOf(CLASSIFIER));
    noMore(words);
    return await runJob(method, values, signal, (job) => trainClassifier(job, values));
  }
  throw new UsageError(`unknown method "${method}": the methods are autoencoder and classifier`);
}

function help(method: string, options: string): number {
  process.stdout.write(`${HEAD}\nOptions of ${method}:\n${options}\n`);
  return 0;
}

function noMore(words: readonly string[]): void {
  if (words.length > 0) {
    throw new UsageError(`unexpected "${words[0]}": options begin with --, see train --help`);
  }
}

async function trainAutoencoder(job: Job, values: ValuesOf<typeof AUTOENCODER>): Promise<number> {
  const { dataset, device, signal, stage } = job;
  const clusters = values.clusters ?? dataset.labelNames?.length ?? 10;
  checkClusters(clusters, dataset.n);
  const folder = await openFolder(job);
  const rows = uploadDataset(job);
  const { hidden, embedding, activation, rate, schedule, batch, epochs, seed } = values;
  const settings = { hidden, embedding, activation, rate, schedule, batch, epochs, seed };
  const model = new Autoencoder(device, { inputs: rows.width, ...settings } as AutoencoderOptions);
  if (values.plan) return print(model.plan(rows).toString());
  return await keepingModel(job, folder, () => model.weights(), async () => {
    const hooks = trainHooks(job);
    const history = await stage("training", () => model.fit(rows, hooks));
    hooks.done(history);
    const z = await stage("embedding", () => model.transform(rows));
    const bar = progressBar("clusters", values.quiet);
    bar.update(0, `K-Means, ${values.starts} starts`);
    const found = await stage(
      "kmeans",
      () => kmeans(device, z, { clusters, starts: values.starts, seed, signal }),
    );
    bar.update(0.5, "silhouette");
    const s = clusters > 1 && clusters < dataset.n
      ? await stage("silhouette", () => silhouette(device, z, found.labels, { signal }))
      : null;
    bar.done(`${clusters} clusters, ${found.iterations} iterations`);
    const known = dataset.labels && dataset.labels.every((label) => label >= 0);
    const metrics = {
      reconstruction: history.losses.at(-1)!,
      inertia: found.inertia,
      silhouette: s?.mean ?? null,
      ...known && {
        accuracy: accuracy(dataset.labels!, found.labels),
        nmi: nmi(dataset.labels!, found.labels),
        ari: ari(dataset.labels!, found.labels),
      },
    };
    await folder.write(
      "embedding.npy",
      encodeNpy(await device.read(z) as Float32Array, [...z.shape]),
    );
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
    table(metrics, job, folder.path);
    return 0;
  });
}

async function trainClassifier(job: Job, values: ValuesOf<typeof CLASSIFIER>): Promise<number> {
  const { dataset, device, stage } = job;
  const labels = requireLabels(dataset);
  const split = (name: string) =>
    dataset.splits.filter((s) => s.name === name).flatMap(({ begin, end }) =>
      Array.from({ length: end - begin }, (_, i) => begin + i)
    );
  const [train, test] = [split("train"), split("test")];
  const folder = await openFolder(job);
  // Mean .5, deviation .5: bytes 0 to 255 become -1 to 1.
  const rows = uploadDataset(job, { scale: 2 / 255, shift: -1 });
  const { hidden, rate, batch, epochs, seed } = values;
  const settings = { hidden, rate, batch, epochs, seed };
  const classes = dataset.labelNames!.length;
  const model = new Classifier(device, { inputs: rows.width, classes, ...settings });
  if (values.plan) return print(model.plan(rows).toString());
  return await keepingModel(job, folder, () => model.weights(), async () => {
    const hooks = trainHooks(job);
    const history = await stage(
      "training",
      () => model.fit(rows, labels, Uint32Array.from(train), hooks),
    );
    hooks.done(history);
    const score = (predicted: Uint32Array, ids: number[]) =>
      predicted.reduce((n, y, i) => n + (y === labels[ids[i]] ? 1 : 0), 0) / ids.length;
    const predicted = test.length > 0
      ? await stage("test", () => model.predict(rows, Uint32Array.from(test)))
      : null;
    const metrics = {
      loss: history.losses.at(-1)!,
      ...predicted && { "test accuracy": score(predicted, test) },
    };
    await folder.writeModel(await model.weights(), { method: "classifier", status: "finished" });
    await folder.writeRun(describeRun(job, "finished", { metrics, losses: history.losses }));
    history.losses.forEach((loss, i) => print(`epoch ${i + 1}  loss ${loss.toFixed(4)}`));
    table(metrics, job, folder.path);
    return 0;
  });
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

/** The result in a few lines. */
function table(metrics: Record<string, number | null>, job: Job, path: string): void {
  const total = Object.values(job.times).reduce((a, b) => a + b, 0);
  const rows = Object.entries(metrics).map(([name, value]) => [
    name,
    value === null ? "-" : Math.abs(value) >= 1000 ? value.toFixed(0) : value.toFixed(4),
  ]);
  rows.push(["time", duration(total)], ["written to", path]);
  const width = Math.max(...rows.map(([name]) => name.length));
  print(rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n"));
}
