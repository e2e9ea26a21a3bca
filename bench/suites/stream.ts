/** Memory and time of a training whose rows are read in parts. */

import { spawn } from "node:child_process";
import { mkdtemp, open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parquetWriteBuffer } from "hyparquet-writer";
import { encodeNpy } from "../../shell/data/npy.ts";
import { Philox } from "../../shell/random.ts";
import type { Measurement } from "./measure.ts";

/** Points of 8 groups. */
const ROWS = 800_000, DIM = 64, GROUPS = 8;
/** Bytes that rows may take: a sixth of them. */
const MEMORY = "32MB";
const POLL = 50;

/** As `deno task train` starts it. */
const TRAIN = "run -A --v8-flags=--max-semi-space-size=4 shell/cli/main.ts train".split(" ");
const OPTIONS = "--hidden 32 --embedding 8 --epochs 1 --clusters 8 --batch 1024 --starts 1 --quiet"
  .split(" ");

/** The largest resident set of a training in megabytes, and its seconds. */
async function train(data: string, out: string, memory: string, more: string[]) {
  const args = [
    ...TRAIN,
    ...OPTIONS,
    ...more,
    "--device",
    "wasm",
    "--data",
    data,
    "--memory",
    memory,
  ];
  const begin = performance.now();
  const child = spawn(process.execPath, [...args, "--out", out], { stdio: "ignore" });
  let peak = 0;
  const timer = setInterval(async () => {
    const status = await readFile(`/proc/${child.pid}/status`, "utf8").catch(() => "");
    peak = Math.max(peak, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0));
  }, POLL);
  const code = await new Promise((resolve) => child.on("close", resolve));
  clearInterval(timer);
  if (code !== 0) throw new Error(`training on ${data} ended with code ${code}`);
  return { megabytes: peak * 1024 / 1e6, ms: performance.now() - begin };
}

function points(): Float32Array {
  const random = new Philox(1);
  const centres = Array.from({ length: GROUPS * DIM }, () => 4 * random.uniform());
  const values = new Float32Array(ROWS * DIM);
  for (let i = 0; i < values.length; i++) {
    values[i] = centres[Math.floor(i / DIM) % GROUPS * DIM + i % DIM] + random.uniform();
  }
  return values;
}

async function writeCsv(path: string, values: Float32Array): Promise<void> {
  const file = await open(path, "w");
  await file.writeFile(Array.from({ length: DIM }, (_, j) => `c${j}`).join() + "\n");
  const step = 4000;
  for (let row = 0; row < ROWS; row += step) {
    const lines = Array.from(
      { length: Math.min(step, ROWS - row) },
      (_, i) =>
        Array.from(values.subarray((row + i) * DIM, (row + i + 1) * DIM), (v) => v.toFixed(4))
          .join(),
    );
    await file.writeFile(lines.join("\n") + "\n");
  }
  await file.close();
}

/** Texts of 30 words, some of their group's own, of which few are frequent. */
async function writeTexts(path: string): Promise<void> {
  const random = new Philox(2), file = await open(path, "w");
  await file.writeFile("text\n");
  const word = (begin: number, count: number) =>
    `w${(begin + Math.floor(count * random.uniform() ** 3)).toString(36)}`;
  const text = (row: number) =>
    Array.from(
      { length: 30 },
      (_, i) => i % 3 ? word(0, 40_000) : word(40_000 + row % 8 * 900, 900),
    )
      .join(" ");
  for (let row = 0; row < ROWS; row += 4000) {
    const lines = Array.from({ length: Math.min(4000, ROWS - row) }, (_, i) => text(row + i));
    await file.writeFile(lines.join("\n") + "\n");
  }
  await file.close();
}

/**
 * An autoencoder's epoch on 800,000 rows of 64 numbers, or as many texts, read in parts and whole, by
 * format.
 */
export async function stream(): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), "asterism-"));
  try {
    const values = points();
    await writeFile(join(folder, "x.npy"), encodeNpy(values, [ROWS, DIM]));
    await writeCsv(join(folder, "x.csv"), values);
    const columnData = Array.from({ length: DIM }, (_, j) => ({
      name: `c${j}`,
      type: "FLOAT" as const,
      data: Float32Array.from({ length: ROWS }, (_, i) => values[i * DIM + j]),
    }));
    const parquet = parquetWriteBuffer({ columnData, rowGroupSize: 20_000 });
    await writeFile(join(folder, "x.parquet"), new Uint8Array(parquet));
    const found: Measurement[] = [];
    await writeTexts(join(folder, "texts.csv"));
    for (const name of ["x.parquet", "x.npy", "x.csv", "texts.csv"]) {
      const file = join(folder, name), { size } = await stat(file);
      for (const [how, memory] of [["in parts", MEMORY], ["in memory", "100GB"]]) {
        const more = name === "texts.csv" ? ["--encoder", "tfidf"] : [];
        const cost = await train(file, join(folder, "runs"), memory, more);
        found.push({ name: `${name} of ${Math.round(size / 1e6)} MB, ${how}`, ...cost });
      }
    }
    return found;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
