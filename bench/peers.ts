/** Starts the programs of `bench/peers/` and reads their lines. */

import { existsSync } from "node:fs";
import type { Measurement } from "./suites/measure.ts";

/** Debian's interpreter: the one that python3-torch and python3-sklearn belong to. */
const PYTHON = "/usr/bin/python3";

/** Measurements of a peer; none, with a note, where it is not installed. */
export async function runPeer(program: string, args: string[]): Promise<Measurement[]> {
  const python = program.endsWith(".py");
  if (python && !existsSync(PYTHON)) return missing(program);
  const [command, prefix] = python ? [PYTHON, []] : [Deno.execPath(), ["run", "-A"]];
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args: [...prefix, `bench/peers/${program}`, ...args],
  }).output();
  const text = new TextDecoder();
  if (!success) {
    const reason = text.decode(stderr);
    if (reason.includes("ModuleNotFoundError")) return missing(program);
    throw new Error(`${program}: ${reason}`);
  }
  return text.decode(stdout).trim().split("\n").filter(Boolean).map((line) => {
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
