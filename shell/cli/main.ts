#!/usr/bin/env node
/** The command line: `asterism train`. */

import process from "node:process";
import {
  Cancelled,
  DataError,
  DeviceError,
  KernelError,
  TrainingError,
  UsageError,
} from "../errors.ts";
import { chooseKCommand } from "./choose_k.ts";
import { clusterCommand } from "./cluster/command.ts";
import { evaluateCommand } from "./evaluate/command.ts";
import { printable } from "./printable.ts";
import { predictCommand } from "./predict/command.ts";
import { projectCommand } from "./project/command.ts";
import { reportCommand } from "./report_command.ts";
import { trainCommand } from "./train.ts";
import { VERSION } from "./version.ts";
import { webCommand } from "./web.ts";

const HELP = `Asterism ${VERSION} clusters data with neural networks.

Usage: asterism COMMAND [options]

Commands:
  train      train a network, cluster what it learned, write the results
  predict    give new rows their clusters, by a model of train
  cluster    find clusters in any matrix: npy, CSV, Parquet
  choose-k   compare numbers of clusters, and recommend one
  evaluate   judge clusters by their points and by known classes
  project    bring any matrix to two dimensions, or a few
  report     make the report of a run anew, and its pictures
  web        serve the studio: the same in a page

asterism COMMAND --help lists the options of a command.
`;

const COMMANDS: Record<string, (args: string[], signal: AbortSignal) => Promise<number>> = {
  train: trainCommand,
  predict: predictCommand,
  cluster: clusterCommand,
  "choose-k": chooseKCommand,
  evaluate: evaluateCommand,
  project: projectCommand,
  report: reportCommand,
  web: webCommand,
};

/** One press of Ctrl-C may arrive more than once: from the terminal, and passed on by npx or Deno. */
const ECHO = 1500;

/** Ctrl-C asks for a clean stop; a second press ends at once. */
function interruptible(): AbortSignal {
  const controller = new AbortController();
  let since = 0;
  const stop = () => {
    if (!controller.signal.aborted) {
      since = performance.now();
      process.stderr.write("\nstopping (press Ctrl-C again to quit at once)\n");
      controller.abort();
    } else if (performance.now() - since > ECHO) process.exit(130);
  };
  // A closed terminal, or a parent that is gone, asks for the same.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  return controller.signal;
}

async function main(args: string[]): Promise<number> {
  const [command, ...rest] = args;
  if (command !== undefined && Object.hasOwn(COMMANDS, command)) {
    return await COMMANDS[command](rest, interruptible());
  }
  if (command === "--version") return say(`${VERSION}\n`);
  if (command === undefined || command === "--help" || command === "help") return say(HELP);
  throw new UsageError(
    `unknown command "${command}": the commands are ${Object.keys(COMMANDS).join(", ")}; see ` +
      "asterism --help",
  );
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}

/** Whose fault it is decides what is shown: a user gets a sentence, a defect a stack trace. */
function report(error: unknown): number {
  if (error instanceof Cancelled) {
    process.stderr.write(`${printable(error.message)}\n`);
    return 130;
  }
  const told = [
    UsageError,
    DataError,
    DeviceError,
    KernelError,
    TrainingError,
    RangeError,
    TypeError,
  ];
  const known = told.some((type) => error instanceof type && error.constructor === type);
  const text = known
    ? printable((error as Error).message)
    : `this is a defect: ${(error as Error).stack}`;
  process.stderr.write(`asterism: ${text}\n`);
  return error instanceof UsageError ? 2 : 1;
}

process.exit(await main(process.argv.slice(2)).catch(report));
