/**
 * Runs that are killed: no file is left half-written under its own name, and the next run succeeds
 * and finds what a run finds that nobody disturbed. 10 moments by default; KILLS=50 for as many.
 */

import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { watch } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parquetReadObjects } from "hyparquet";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeNpy, decodeSafetensors } from "../../shell/data/index.ts";
import { Philox } from "../../shell/random.ts";
import { asterism, N, start, writeTable } from "./asterism.ts";

const test = suite("kill");

const MOMENTS = Number(process.env.KILLS ?? 10);

let folder = "";
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "asterism-kill-"));
});
test.after(() => rm(folder, { recursive: true, force: true }));

const at = (...names: string[]) => join(folder, ...names);

/** When a process is killed: so many milliseconds after it began, or after so many writes. */
type Moment = { readonly ms: number } | { readonly writes: number };

/** Starts a run and kills it; false if it had ended before. */
async function kill(args: string[], dir: string, moment: Moment): Promise<boolean> {
  const child = start(args);
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  let alive = true;
  const end = () => {
    if (!alive) return;
    alive = false;
    // Not child.kill: Deno then reports no end.
    process.kill(child.pid!, "SIGKILL");
  };
  let killed = false;
  const watcher = watch(dir, () => {
    if ("writes" in moment && --left === 0) end(), killed = true;
  });
  let left = "writes" in moment ? moment.writes : 0;
  const timer = "ms" in moment ? setTimeout(() => (killed = alive, end()), moment.ms) : undefined;
  child.stdout!.resume();
  child.stderr!.resume();
  await ended;
  alive = false;
  clearTimeout(timer);
  watcher.close();
  return killed;
}

/** Reads every file that stands under its own name; gives their names. */
async function readAll(dir: string): Promise<string[]> {
  const names = (await readdir(dir)).filter((name) => !name.startsWith("."));
  for (const name of names) {
    const bytes = new Uint8Array(await readFile(join(dir, name)));
    if (name.endsWith(".npy")) decodeNpy(bytes, name);
    else if (name.endsWith(".safetensors")) decodeSafetensors(bytes, name);
    else if (name.endsWith(".json")) JSON.parse(new TextDecoder().decode(bytes));
    else if (name.endsWith(".parquet")) {
      assert.is((await parquetReadObjects({ file: bytes.buffer })).length, N, name);
    } else assert.unreachable(`${name} is a kind of file that this test cannot read`);
  }
  return names;
}

test(`killed at ${MOMENTS} moments while it reads, trains and writes`, async () => {
  const data = await writeTable(at("table.parquet"));
  const options = ["--data", data, "--out", at("runs"), "--device", "wasm", "--workers", "1"]
    .concat("--hidden 16 --embedding 3 --batch 8 --epochs 60 --starts 2 --quiet".split(" "))
    .concat("--refine-epochs", "10", "--checkpoint", "1");
  const train = (name: string) => ["train", "dec", ...options, "--name", name];
  const since = performance.now();
  const whole = await asterism(train("whole"));
  const duration = performance.now() - since;
  assert.is(whole.code, 0, whole.err);
  const codes = await readFile(at("runs", "whole", "embedding.npy"));
  const files = await readAll(at("runs", "whole"));
  const draws = new Philox(11);
  const count = { killed: 0, resumed: 0 };
  for (let i = 0; i < MOMENTS; i++) {
    const name = `run-${i}`, dir = at("runs", name);
    await mkdir(dir);
    const moment = i % 2
      ? { ms: draws.below(Math.floor(duration)) }
      : { writes: 1 + draws.below(24) };
    if (await kill(train(name), dir, moment)) count.killed++;
    const left = await readAll(dir);
    if (!left.includes("run.json")) {
      const resume = left.includes("checkpoint.safetensors");
      if (resume) count.resumed++;
      const next = await asterism(
        resume ? ["train", "--resume", dir, "--quiet"] : train(name),
      );
      assert.is(next.code, 0, `${JSON.stringify(moment)}, ${left}: ${next.err}`);
      assert.equal((await readdir(dir)).sort(), files.sort(), "nothing else is left");
    }
    for (const file of files) assert.ok((await readAll(dir)).includes(file), file);
    assert.equal(await readFile(join(dir, "embedding.npy")), codes, "the same bits");
  }
  assert.ok(count.killed > MOMENTS / 2, `${count.killed} of ${MOMENTS} were killed`);
  assert.ok(count.resumed > 0, "some went on from a checkpoint");
});

test.run();
