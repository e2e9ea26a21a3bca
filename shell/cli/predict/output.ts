/** Where the results of `predict` go: a folder of files, or one file. */

import { basename, dirname, join, resolve } from "node:path";
import {
  type Assignments,
  checkWritable,
  resultFiles,
  type ResultFormat,
  writeAtomic,
} from "../../data/index.ts";
import { UsageError } from "../../errors.ts";
import { writeResults, type Writing } from "../results.ts";
import {
  checkFolder,
  claimFolder,
  refuseTaken,
  type RunFolder,
  runName,
  unusedName,
} from "../run_folder.ts";

/** Where results go. */
export interface Output {
  readonly path: string;
  /** Writes the assignments, and `run.json` if it is a folder. */
  write(assignments: Assignments, run: object, how: Omit<Writing, "formats">): Promise<void>;
  /** After a failure: removes what was written. */
  undo(): Promise<void>;
}

/** What the options say of the results. */
export interface OutputOptions {
  readonly output?: string;
  readonly input: string;
  readonly formats: readonly string[];
  /** Whether the command line names the formats. */
  readonly given: boolean;
}

const BY_ENDING: Readonly<Record<string, ResultFormat>> = {
  parquet: "parquet",
  csv: "csv",
  npy: "npy",
};

/**
 * Looks whether results may go there, before anything is read: nothing is made.
 * @throws UsageError and DataError as {@link openOutput} does
 */
export async function checkOutput(options: OutputOptions): Promise<void> {
  const { output } = options;
  if (output === undefined) return await checkFolder("runs");
  const ending = endingOf(output);
  if (ending !== undefined) {
    formatOf(output, ending, options);
    return await checkFolder(dirname(output));
  }
  await refuseTaken(output, "--output");
  await checkFolder(output);
}

/** The end of a name that is a file's; undefined for a folder. */
function endingOf(output: string): string | undefined {
  return /\.(parquet|npy|csv|tsv|json|jsonl|txt)$/i.exec(output)?.[1].toLowerCase();
}

/**
 * Finds out where results go and proves that they can be written there.
 * @throws UsageError if a run is there already, or the name is of a file that cannot be written
 * @throws DataError if nothing can be written there
 */
export async function openOutput(options: OutputOptions): Promise<Output> {
  const { output, input, formats } = options;
  const ending = output === undefined ? undefined : endingOf(output);
  if (output !== undefined && ending !== undefined) return await oneFile(output, ending, options);
  const path = output ??
    join("runs", await unusedName("runs", runName("predict", input, undefined)));
  const folder = await claimFolder(path, "--output");
  const names: string[] = [];
  const noting: Pick<RunFolder, "write"> = {
    async write(name, content, signal) {
      await folder.write(name, content, signal);
      names.push(name);
    },
  };
  return {
    path,
    async write(assignments, run, how) {
      await writeResults(noting, assignments, { ...how, formats });
      await folder.writeRun(run);
    },
    async undo() {
      for (const name of names) await folder.remove(name);
      await folder.removeIfEmpty();
    },
  };
}

/** @throws UsageError if one file cannot have the results so */
function formatOf(path: string, ending: string, { input, given }: OutputOptions): ResultFormat {
  const format = BY_ENDING[ending];
  if (!format) {
    throw new UsageError(
      `--output must be a folder or a .parquet, .csv or .npy file, got "${basename(path)}"`,
    );
  }
  if (given) {
    throw new UsageError(
      `--formats has no effect: the end of --output, .${ending}, says the format; leave it out`,
    );
  }
  if (resolve(path) === resolve(input)) {
    throw new UsageError(`--output and --input are the same file, ${path}: name another --output`);
  }
  return format;
}

async function oneFile(path: string, ending: string, options: OutputOptions): Promise<Output> {
  const format = formatOf(path, ending, options);
  await checkWritable(dirname(path));
  return {
    path,
    async write(assignments, _run, { signal, bar }) {
      const [file] = resultFiles(assignments, [format]);
      bar.update(0, path);
      await writeAtomic(path, file.parts(), signal);
      bar.done(path);
    },
    undo: () => Promise.resolve(),
  };
}
