import process from "node:process";
import type { Job } from "./job.ts";
import { duration } from "./progress.ts";

/** Prints a line; the result is the exit code of success. */
export function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

/** Says what a person should know, on standard error. */
export function warn(text: string): void {
  process.stderr.write(`note: ${text}\n`);
}

/** Prints the result of a run in a few lines. */
export function report(metrics: Record<string, number | null>, job: Job, path: string): number {
  const total = Object.values(job.times).reduce((a, b) => a + b, 0);
  const rows = Object.entries(metrics).map(([name, value]) => [
    name,
    value === null ? "-" : Math.abs(value) >= 1000 ? value.toFixed(0) : value.toFixed(4),
  ]);
  rows.push(["time", duration(total)], ["written to", path]);
  const width = Math.max(...rows.map(([name]) => name.length));
  return print(rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n"));
}
