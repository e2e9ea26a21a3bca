/** `asterism train`: finds the method. */

import process from "node:process";
import { UsageError } from "../errors.ts";
import { type MethodName, METHODS } from "../methods/methods.ts";
import { readCheckpoint, type Stopped } from "./checkpoint_file.ts";
import { type CommonValues, runJob } from "./job.ts";
import { refuseIdle } from "./no_effect.ts";
import { given, helpOf, nameOf, type Options, parse, refuseOthers } from "./options.ts";
import { readPretrained } from "./pretrained.ts";
import { trainClassifier } from "./train_classifier.ts";
import { type ClusterValues, trainClusters } from "./train_clusters.ts";
import { type CLASSIFIER, HEAD, OPTIONS } from "./train_options.ts";
import type { ValuesOf } from "./options.ts";
import { refuseWords } from "./words.ts";

/** The options of each method, as {@link refuseOthers} wants them. */
const BY_METHOD = Object.fromEntries(
  Object.entries(OPTIONS).map(([name, options]) => [name, { options }]),
);

/** Options that may differ when a run goes on. */
const FREE = ["resume", "method", "device", "workers", "adapter", "cache", "checkpoint", "quiet"];

/** What stands above an option in the help. */
const HEADINGS: Readonly<Record<string, string>> = {
  data: "Data",
  columns: "Columns",
  missing: "Tables",
  "image-size": "Images",
  encoder: "Texts",
  limit: "Rows",
  schedule: "Training",
  device: "Machine",
  map: "Results",
  checkpoint: "Runs",
};

/** Runs `asterism train ARGS`; the result is the exit code. */
export async function trainCommand(args: string[], signal: AbortSignal): Promise<number> {
  const { name, rest, named: other } = nameOf(
    "train",
    args,
    "method",
    Object.keys(METHODS),
    "autoencoder",
  );
  const method = name as MethodName;
  const command = method === "autoencoder" ? "train" : `train ${method}`;
  const options: Options = OPTIONS[method];
  refuseOthers(rest, method, options, BY_METHOD);
  const { values, words } = parse(command, options, rest);
  if (values.help) return help(method, helpOf(options, HEADINGS));
  refuseWords("train", words);
  const named = given(options, rest);
  const resume = values.resume as string | undefined;
  if (resume === undefined) {
    refuseIdle(method, values, named);
    return await run(method, values as CommonValues, signal);
  }
  const stopped = await readCheckpoint(resume);
  if (other && method !== stopped.method) {
    throw new UsageError(
      `${resume} holds a run of ${stopped.method}, not of ${method}: leave the method out`,
    );
  }
  const fixed = named.find((name) => !FREE.includes(name));
  if (fixed) {
    throw new UsageError(
      `--resume takes the settings of the stopped run: leave out --${fixed} (free are ${
        FREE.slice(2).map((name) => `--${name}`).join(", ")
      })`,
    );
  }
  const free = Object.fromEntries(named.map((name) => [name, values[name]]));
  const settings = { ...stopped.values, ...free } as unknown as CommonValues;
  refuseIdle(stopped.method, { ...settings }, named);
  return await run(stopped.method, settings, signal, stopped);
}

async function run(
  method: MethodName,
  values: CommonValues,
  signal: AbortSignal,
  stopped?: Stopped,
): Promise<number> {
  const { pretrained: path } = values as { readonly pretrained?: string };
  const pretrained = path !== undefined && !stopped
    ? await readPretrained(path, method, values as unknown as ClusterValues)
    : undefined;
  return await runJob(
    method,
    values,
    signal,
    (job) =>
      method === "classifier"
        ? trainClassifier(job, values as ValuesOf<typeof CLASSIFIER>)
        : trainClusters(job, values as unknown as ClusterValues, pretrained),
    stopped,
  );
}

function help(method: string, options: string): number {
  process.stdout.write(`${HEAD}\nOptions of ${method}:\n${options}\n`);
  return 0;
}
