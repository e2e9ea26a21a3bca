/** What a method reaches on a data set, by seed: the command line's own runs. */

import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { type Measurement, median } from "./measure.ts";

/** Scores that are told apart from one another in the table. */
const SCORES = ["accuracy", "nmi", "ari", "accuracy before", "test accuracy", "test nmi"];

interface Run {
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly seconds: Readonly<Record<string, number>>;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly stopReason: string;
  readonly warnings: readonly string[];
}

/**
 * Trains a method once per seed and tells each run, their median and the worst.
 *
 * @param more options of `asterism train METHOD`; `{seed}` in one of them stands for the seed
 * @param keep a folder where the runs stay, as METHOD-SEED, and are found again; without it they
 * are thrown away
 * @throws Error if a run fails
 */
export async function quality(
  method: string,
  seeds: readonly number[],
  more: readonly string[],
  keep?: string,
): Promise<Measurement[]> {
  const rows: Measurement[] = [];
  for (const seed of seeds) {
    const run = await train(
      method,
      seed,
      more.map((one) => one.replaceAll("{seed}", `${seed}`)),
      keep,
    );
    const seconds = Object.values(run.seconds).reduce((a, b) => a + b, 0);
    const scores = Object.fromEntries(
      SCORES.filter((name) => typeof run.metrics[name] === "number").map((
        name,
      ) => [name, run.metrics[name]]),
    );
    const { stopReason, warnings } = run;
    rows.push({ name: `${method}, seed ${seed}`, ...scores, seconds, stopReason, warnings });
  }
  const summary = (name: string, pick: (values: number[]) => number) => ({
    name: `${method}, ${name} of ${seeds.length}`,
    ...Object.fromEntries(
      [...SCORES, "seconds"].filter((key) => key in rows[0]).map((key) => {
        const values = rows.map((row) => row[key] as number);
        return [key, key === "seconds" && name === "worst" ? Math.max(...values) : pick(values)];
      }),
    ),
    options: more.join(" "),
  });
  return [
    ...rows,
    summary("median", median),
    summary("worst", (values) => Math.min(...values)),
  ];
}

/**
 * One run in a process of its own. Its files are thrown away unless there is a folder for them; one
 * that is there already, of the same command, is not trained again: a long bench can be stopped.
 */
async function train(
  method: string,
  seed: number,
  more: readonly string[],
  keep?: string,
): Promise<Run> {
  const out = keep ?? await mkdtemp(join(tmpdir(), "asterism-quality-"));
  const name = `${method}-${seed}`;
  const args = ["train", method, "--seed", `${seed}`, "--out", out, "--name", name, ...more];
  const command = join(out, `${name}.command`);
  const result = async () => JSON.parse(await readFile(join(out, name, "run.json"), "utf8"));
  if (await readFile(command, "utf8").catch(() => "") === args.join("\n")) return await result();
  const prefix = ["run", "-A", "shell/cli/main.ts"];
  const child = spawn(process.execPath, [...prefix, ...args], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  try {
    const code = await new Promise((resolve) => child.on("close", resolve));
    if (code !== 0) throw new Error(`asterism ${args.join(" ")} ended with code ${code}`);
    if (keep) await writeFile(command, args.join("\n"));
    return await result();
  } finally {
    if (!keep) await rm(out, { recursive: true, force: true });
  }
}
