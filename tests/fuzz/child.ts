/**
 * Reads damaged files, `child.ts BEGIN END`, and writes a line before each one, so that whoever
 * watches knows which one it did not survive.
 */

import { readFileSync, writeSync } from "node:fs";
import process from "node:process";
import { DataError } from "../../shell/errors.ts";
import { FORMATS } from "./formats.ts";
import { drawer, mutate } from "./mutate.ts";

/** What became of a file: read, refused as it should be, or what went wrong. */
async function outcome(i: number): Promise<string> {
  const format = FORMATS[i % FORMATS.length];
  const file = `damaged-${i}.${format.name}`;
  const draw = drawer(i);
  const bytes = mutate(format.seeds, draw, format.bodyOf);
  if (draw(2) === 0) format.repair?.(bytes);
  try {
    await format.read(bytes, file);
    return "read";
  } catch (error) {
    const { message } = error as Error;
    if (!(error instanceof DataError)) {
      return `no DataError but ${(error as Error).stack ?? error}`.replaceAll("\n", " | ");
    }
    if (!message.includes(file)) return `does not name the file: ${JSON.stringify(message)}`;
    // deno-lint-ignore no-control-regex
    if (/[\x00-\x1f\x7f-\x9f]/.test(message)) {
      return `control characters: ${JSON.stringify(message)}`;
    }
    return "refused";
  }
}

/** Bytes of memory that this process has had at most, where the system tells; else has now. */
function peakMemory(): number {
  try {
    return 1024 * Number(/VmHWM:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))![1]);
  } catch {
    return process.memoryUsage().rss;
  }
}

const [begin, end, step] = process.argv.slice(2).map(Number);
for (let i = begin; i < end; i += step) {
  writeSync(1, `${i} begins\n`);
  const said = await outcome(i);
  writeSync(1, `${i} ${said}\n`);
}
writeSync(1, `memory ${peakMemory()}\n`);
