/**
 * Runs uvu test files inside any runtime, a page included, and reports each suite as data. Import
 * it first and the test files dynamically: uvu must find `UVU_DEFER` set when it is loaded.
 */

/** What became of one suite, or of a file that could not be loaded. */
export interface SuiteReport {
  /** Path below `tests/` without `.test.ts`. */
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  /** Tests that `skip` or `only` left out. */
  readonly skipped: number;
  /** Messages of the failures, for people. */
  readonly errors: string;
}

/** The file whose suites begin, a report, or the end. */
export type Message = { readonly begin: string } | SuiteReport | "done";

/** Marks the lines of standard output that carry a message. */
export const MARK = "@@asterism ";

/** Name of the function that the browser driver puts into the page. */
export const REPORT = "asterismReport";

/** What uvu calls a suite: gives [errors or true, passed, skipped, total]. */
type Suite = () => Promise<[string | true, number, number, number]>;

const scope = globalThis as unknown as {
  UVU_DEFER: boolean;
  UVU_INDEX: number;
  UVU_QUEUE: Suite[][];
  asterismReport?: (text: string) => Promise<void>;
  process?: { stdout: { write(text: string): void } };
};
scope.UVU_DEFER = true;
scope.UVU_QUEUE = [];

async function send(message: Message): Promise<void> {
  const text = JSON.stringify(message);
  if (scope.asterismReport) await scope.asterismReport(text);
  else scope.process!.stdout.write(`\n${MARK}${text}\n`);
}

const broken = (file: string, error: unknown): SuiteReport => ({
  file,
  passed: 0,
  failed: 1,
  skipped: 0,
  errors: String(error instanceof Error ? error.stack ?? error : error),
});

/** Loads every file, so that all of them share the devices, then runs their suites in turn. */
export async function collect(files: Record<string, () => Promise<unknown>>): Promise<void> {
  const names = Object.keys(files);
  for (const [i, file] of names.entries()) {
    scope.UVU_INDEX = i;
    scope.UVU_QUEUE[i] = [];
    await send({ begin: file });
    try {
      await files[file]();
      if (scope.UVU_QUEUE[i].length === 0) throw new Error("no suite: is test.run() missing?");
    } catch (error) {
      await send(broken(file, error));
    }
  }
  for (const [i, file] of names.entries()) {
    await send({ begin: file });
    for (const suite of scope.UVU_QUEUE[i]) {
      try {
        const [errors, passed, skipped, total] = await suite();
        const failed = total - passed;
        // uvu swallows what a hook throws.
        const text = errors === true ? failed ? "a hook failed before its tests" : "" : errors;
        await send({ file, passed, failed, skipped, errors: text });
      } catch (error) {
        await send(broken(file, error));
      }
    }
  }
  await send("done");
}
