import process from "node:process";
import type { Dataset } from "../data/index.ts";
import type { Job } from "./job.ts";
import { printable } from "./printable.ts";
import { duration } from "./progress.ts";

/** Prints a line; the result is the exit code of success. */
export function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

/** Says what a person should know, on standard error. */
export function warn(text: string): void {
  process.stderr.write(`note: ${printable(text)}\n`);
}

/** Says what was found in the data; of rows that are lost even if nothing else shall be said. */
export function sayNotes({ notes = [], lost = [] }: Dataset, quiet: boolean): void {
  if (quiet) lost.forEach(warn);
  else notes.forEach((note) => process.stderr.write(`${printable(note)}\n`));
}

/** Prints the result of a run in a few lines. */
export function report(metrics: Record<string, number | null>, job: Job, path: string): number {
  return print(listed({ ...metrics, ...ending(job.times), "written to": path }));
}

/** The last line of a report: how long it all took. */
export function ending(times: Record<string, number>): { readonly time: string } {
  return { time: duration(Object.values(times).reduce((a, b) => a + b, 0)) };
}

/** Names and values, one a line, the values below each other. */
export function listed(values: Record<string, number | string | null>): string {
  const width = Math.max(...Object.keys(values).map((name) => name.length));
  return Object.entries(values)
    .map(([name, value]) =>
      `${name.padEnd(width)}  ${typeof value === "string" ? printable(value) : figure(value)}`
    )
    .join("\n");
}

/** A number as it is printed: four places below 1000, "-" for none. */
export function figure(value: number | null): string {
  if (value === null) return "-";
  if (Number.isInteger(value)) return `${value}`;
  if (value !== 0 && Math.abs(value) < 1e-3) return value.toExponential(3);
  return Math.abs(value) >= 1000 ? value.toFixed(0) : value.toFixed(4);
}

/** So many of something: "1 row", "1,000 rows". */
export function counted(n: number, noun: string): string {
  return `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;
}

/** A table: numbers to the right, words to the left. */
export function table(rows: readonly (readonly (string | number | null)[])[]): string {
  const cells = rows.map((row) =>
    row.map((one) => typeof one === "string" ? printable(one) : figure(one))
  );
  const width = (j: number) => Math.max(...cells.map((row) => row[j].length));
  return cells.map((row, i) =>
    row.map((cell, j) =>
      j > 0 || typeof rows[i][j] !== "string" ? cell.padStart(width(j)) : cell.padEnd(width(j))
    ).join("  ").trimEnd()
  ).join("\n");
}
