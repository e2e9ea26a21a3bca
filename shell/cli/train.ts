/** `asterism train`: finds the method. */

import process from "node:process";
import { UsageError } from "../errors.ts";
import { runJob } from "./job.ts";
import { helpOf, parse } from "./options.ts";
import { trainAutoencoder } from "./train_autoencoder.ts";
import { trainClassifier } from "./train_classifier.ts";
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
