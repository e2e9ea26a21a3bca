/** The command line as a process, and small tables for it. */

import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import process from "node:process";
import { parquetWriteBuffer } from "hyparquet-writer";
import * as assert from "uvu/assert";
import { runtime } from "../../shell/device/platform.ts";
import { randoms } from "../harness.ts";

/** What a process left. */
export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Starts `asterism ARGS` as {@link asterism} does. */
export function start(
  args: string[],
  env: Record<string, string> = {},
  cwd = process.cwd(),
  stdin: "ignore" | "pipe" = "ignore",
) {
  const program = resolve(runtime === "deno" ? "shell/cli/main.ts" : "dist/cli.js");
  const prefix = runtime === "deno" ? ["run", "-A", program] : [program];
  return spawn(process.execPath, [...prefix, ...args], {
    cwd,
    stdio: [stdin, "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
}

/**
 * Runs `asterism ARGS` in the runtime of the test: from source in Deno, from dist/ in Node.
 * @param interruptAfter presses Ctrl-C when standard error matches
 * @param env variables beside those of the test
 * @param cwd where it runs
 */
export function asterism(
  args: string[],
  interruptAfter?: RegExp,
  env?: Record<string, string>,
  cwd?: string,
): Promise<Outcome> {
  const child = start(args, env, cwd);
  let out = "", err = "";
  child.stdout!.on("data", (bytes) => out += bytes);
  child.stderr!.on("data", (bytes) => {
    err += bytes;
    if (interruptAfter?.test(err)) {
      interruptAfter = undefined;
      // Not child.kill: Deno then reports no exit code.
      process.kill(child.pid!, "SIGINT");
    }
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
}

/** Expects one line that says what is wrong, nothing else, and the exit code of whose fault it is. */
export async function refuses(
  what: string,
  code: 1 | 2,
  pattern: RegExp,
  args: string[],
  env?: Record<string, string>,
): Promise<void> {
  const got = await asterism(args, undefined, env);
  assert.is(got.code, code, `${what}: exit code, ${got.err}`);
  assert.match(got.err, pattern, what);
  assert.match(got.err, /^asterism: [^\n]+\n$/, `${what}: one line`);
  assert.is(got.out, "", what);
}

/** Options with their values, of which `more` replaces some: a command takes each one once. */
export function replaced(options: readonly string[], more: readonly string[]): string[] {
  const kept = options.filter((_, i) => !more.includes(options[i - i % 2]));
  return [...kept, ...more];
}

/** Rows and columns of {@link writeTable}. */
export const N = 300, DIM = 4;

/** What a table may have instead of three groups of rows, "a" to "c". */
export interface TableOptions {
  /** Changes values. */
  readonly spoil?: (columns: Float64Array[]) => void;
  /** Class of each row; null for a table without that column. */
  readonly labels?: readonly string[] | null;
  readonly rows?: number;
}

/** Three groups of rows, as a Parquet table. */
export async function writeTable(path: string, options: TableOptions = {}): Promise<string> {
  const { spoil, rows: n = N } = options;
  const noise = randoms(n * DIM, 9, -0.3, 0.3);
  const columns = Array.from(
    { length: DIM },
    (_, j) =>
      Float64Array.from({ length: n }, (_, i) => ((i % 3) * (j + 1)) % 5 + noise[i * DIM + j]),
  );
  spoil?.(columns);
  const { labels = Array.from({ length: n }, (_, i) => "abc"[i % 3]) } = options;
  const buffer = parquetWriteBuffer({
    columnData: [
      ...columns.map((data, j) => ({ name: `x${j}`, data, type: "DOUBLE" as const })),
      ...labels ? [{ name: "label", data: [...labels], type: "STRING" as const }] : [],
    ],
  });
  await writeFile(path, new Uint8Array(buffer));
  return path;
}
