/**
 * Damaged files: each is read rightly or refused with its name; none crashes, hangs or takes a
 * gigabyte. 1,000 files by default; FUZZ=10000 reads as many as that.
 */

import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runtime } from "../../shell/device/platform.ts";

const test = suite("fuzz");

const FILES = 10_000;
const COUNT = Number(process.env.FUZZ ?? 1000);
/** Seconds for one file: it takes a few milliseconds, or for ever. */
const HANG = 30;
const GIGABYTE = 1e9;
/** Of the heap; arrays lie beside it. */
const HEAP = "--max-old-space-size=600";

let folder = "";
test.before(async () => {
  // Below the repository, where a bundle finds the packages.
  await mkdir(".cache", { recursive: true });
  folder = await mkdtemp(join(".cache", "fuzz-"));
});
test.after(() => rm(folder, { recursive: true, force: true }));

/** The command that reads files: from source in Deno, as a bundle in Node. */
async function command(): Promise<string[]> {
  if (runtime === "deno") return ["run", "-A", `--v8-flags=${HEAP}`, "tests/fuzz/child.ts"];
  const outfile = join(folder, "child.js");
  await build({
    entryPoints: ["tests/fuzz/child.ts"],
    outfile,
    ...{ bundle: true, format: "esm", platform: "node", packages: "external", logLevel: "silent" },
  });
  return [HEAP, outfile];
}

/** What a child said of each file, and its memory at the end. */
interface Said {
  readonly outcomes: Map<number, string>;
  readonly memory: number;
}

/** Reads files from `begin` on, until all are read or one is not survived. */
function readSome(args: string[], begin: number, step: number): Promise<Said> {
  const child = spawn(process.execPath, [...args, `${begin}`, `${FILES}`, `${step}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const outcomes = new Map<number, string>();
  let memory = 0;
  let clock: ReturnType<typeof setTimeout>;
  const wind = () => {
    clearTimeout(clock);
    clock = setTimeout(() => process.kill(child.pid!, "SIGKILL"), HANG * 1000);
  };
  wind();
  createInterface({ input: child.stdout! }).on("line", (line) => {
    wind();
    const [, what, said] = /^(\w+) (.*)$/.exec(line)!;
    if (what === "memory") memory = Number(said);
    else outcomes.set(Number(what), said);
  });
  return new Promise((resolve) =>
    child.on("close", () => {
      clearTimeout(clock);
      resolve({ outcomes, memory });
    })
  );
}

test(`${COUNT} damaged files are read rightly or refused with their name`, async () => {
  const args = await command();
  const step = Math.max(1, Math.floor(FILES / COUNT));
  const bad: string[] = [];
  const counts = { read: 0, refused: 0 };
  for (let begin = 0; begin < FILES;) {
    const { outcomes, memory } = await readSome(args, begin, step);
    for (const [i, said] of outcomes) {
      if (said === "read" || said === "refused") counts[said]++;
      else bad.push(`${i} ${said === "begins" ? "crashed, hung or took too much memory" : said}`);
    }
    if (memory > GIGABYTE) bad.push(`from ${begin} on, ${(memory / 1e9).toFixed(1)} GB were taken`);
    begin = Math.max(begin, ...outcomes.keys()) + step;
  }
  assert.ok(bad.length === 0, `${bad.length} files:\n${bad.slice(0, 50).join("\n")}`);
  assert.is(counts.read + counts.refused, Math.ceil(FILES / step));
  assert.ok(counts.read > 0 && counts.refused > 0, JSON.stringify(counts));
});

test.run();
