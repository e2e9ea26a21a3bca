/** Starts the programs of `bench/peers/` and reads their lines. */

import { existsSync } from "node:fs";
import process from "node:process";
import type { Measurement } from "./suites/measure.ts";

/** Debian's interpreter: the one that python3-torch and python3-sklearn belong to. */
const PYTHON = process.env.PYTHON ?? "/usr/bin/python3";

/** Measurements of a peer; none, with a note, where it is not installed. */
export async function runPeer(program: string, args: string[]): Promise<Measurement[]> {
  const python = program.endsWith(".py");
  if (python && !existsSync(PYTHON)) return missing(program);
  const { success, stdout, stderr } = await startPeer(program, args);
  if (!success) {
    if (stderr.includes("ModuleNotFoundError")) return missing(program);
    throw new Error(`${program}: ${stderr}`);
  }
  return linesOf(stdout);
}

/**
 * What a peer printed before a limit of seconds, or why there is nothing: that it does not finish,
 * or fails, is a result too.
 */
export async function tryPeer(
  program: string,
  args: string[],
  seconds: number,
): Promise<{ lines: Measurement[]; note?: string }> {
  const done = await startPeer(program, args, AbortSignal.timeout(1000 * seconds));
  if (done.success) return { lines: linesOf(done.stdout) };
  if (done.signal) return { lines: [], note: `not done after ${seconds} s` };
  // Of a trace, the line with the error.
  const why = done.stderr.split("\n").find((line) => /error/i.test(line)) ?? done.stderr;
  return { lines: [], note: `fails: ${plain(why).slice(0, 120)}` };
}

/** Without a terminal's colours. */
function plain(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/\x1b\[[0-9;]*m/g, "").trim();
}

async function startPeer(program: string, args: string[], signal?: AbortSignal) {
  const python = program.endsWith(".py");
  const [command, prefix] = python ? [PYTHON, []] : [Deno.execPath(), ["run", "-A"]];
  const done = await new Deno.Command(command, {
    args: [...prefix, `bench/peers/${program}`, ...args],
    signal,
  }).output();
  const text = new TextDecoder();
  const [stdout, stderr] = [done.stdout, done.stderr].map((bytes) => text.decode(bytes));
  return { success: done.success, signal: done.signal, stdout, stderr };
}

function linesOf(stdout: string): Measurement[] {
  return stdout.trim().split("\n").filter(Boolean).map((line) => {
    const { median_ms: ms, name, peer, ...more } = JSON.parse(line);
    return name ? { name, ms, ...more } : { name: `${peer} (about)`, ...more };
  });
}

function missing(program: string): Measurement[] {
  console.error(
    `no peer ${program}: apt-get install python3-torch python3-sklearn libopenblas0-openmp`,
  );
  return [];
}
