/**
 * Runs that are killed: no file is left half-written under its own name, and the next run succeeds
 * and finds what a run finds that nobody disturbed. 10 moments by default; KILLS=50 for as many.
 */

import { watch } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parquetReadObjects } from "hyparquet";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeNpy, decodeSafetensors } from "../../shell/data/index.ts";
import { Philox } from "../../shell/random.ts";
import { TestHub } from "../hub/server.ts";
import { mnist } from "../hub/sets.ts";
import { asterism, start, writeTable } from "./asterism.ts";

const test = suite("kill");

const MOMENTS = Number(process.env.KILLS ?? 10);

let folder = "", hub: TestHub;
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "asterism-kill-"));
  hub = await TestHub.start([mnist(400, 100)]);
});
test.after(async () => {
  await hub.stop();
  await rm(folder, { recursive: true, force: true });
});

const at = (...names: string[]) => join(folder, ...names);

/** When a process is killed: after so many milliseconds, writes in its folder, or requests. */
interface Moment {
  readonly after: number;
  readonly what: "ms" | "writes" | "requests";
}

/** Starts a run and kills it; false if it had ended before. */
async function kill(args: string[], dir: string, { after, what }: Moment): Promise<boolean> {
  const child = start(args, { HF_ENDPOINT: hub.endpoint });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  let alive = true, killed = false, left = after;
  const strike = () => {
    // Not child.kill: Deno then reports no end.
    if (alive && !killed) process.kill(child.pid!, "SIGKILL");
    killed ||= alive;
  };
  const count = (event: Moment["what"]) => {
    if (event === what && --left === 0) strike();
  };
  const watcher = watch(dir, () => count("writes"));
  const timer = what === "ms" ? setTimeout(strike, after) : undefined;
  hub.fault = () => {
    count("requests");
    return { delay: 20 };
  };
  child.stdout!.resume();
  child.stderr!.resume();
  await ended;
  alive = false;
  clearTimeout(timer);
  watcher.close();
  hub.reset();
  return killed;
}

/** Reads every file that stands under its own name; gives their names. */
async function readAll(dir: string): Promise<string[]> {
  const names = (await readdir(dir).catch(() => [])).filter((name) => !name.startsWith("."));
  for (const name of names) {
    const bytes = new Uint8Array(await readFile(join(dir, name)));
    if (name.endsWith(".npy")) decodeNpy(bytes, name);
    else if (name.endsWith(".safetensors")) decodeSafetensors(bytes, name);
    else if (name.endsWith(".json")) JSON.parse(new TextDecoder().decode(bytes));
    else if (name.endsWith(".parquet")) {
      assert.ok((await parquetReadObjects({ file: bytes.buffer })).length > 0, name);
    } else if (name.endsWith(".html")) {
      assert.match(new TextDecoder().decode(bytes), /^<!doctype html>[^]*<\/html>\n?$/i, name);
    } else assert.unreachable(`${name} is a kind of file that this test cannot read`);
  }
  return names.sort();
}

const SETTINGS = "--device wasm --workers 1 --hidden 16 --embedding 3 --starts 2 --quiet".split(
  " ",
);

/** Kills runs at moments, lets each be followed by another, and compares with one left alone. */
async function disturb(
  name: string,
  args: (i: number) => string[],
  moments: (duration: number) => readonly Moment[],
): Promise<{ killed: number; resumed: number }> {
  const train = (i: number) =>
    ["train", ...args(i), ...SETTINGS].concat("--out", at("runs"), "--name", `${name}${i}`);
  const env = { HF_ENDPOINT: hub.endpoint };
  const since = performance.now();
  const whole = await asterism(train(0), undefined, env);
  const duration = performance.now() - since;
  assert.is(whole.code, 0, whole.err);
  const files = await readAll(at("runs", `${name}0`));
  const codes = await readFile(at("runs", `${name}0`, "embedding.npy"));
  const count = { killed: 0, resumed: 0 };
  for (const [i, moment] of moments(duration).entries()) {
    const dir = at("runs", `${name}${i + 1}`);
    await mkdir(dir);
    if (await kill(train(i + 1), dir, moment)) count.killed++;
    const left = await readAll(dir);
    if (!left.includes("run.json")) {
      const resume = left.includes("checkpoint.safetensors");
      if (resume) count.resumed++;
      const again = resume ? ["train", "--resume", dir, "--quiet"] : train(i + 1);
      const next = await asterism(again, undefined, env);
      assert.is(next.code, 0, `${moment.after} ${moment.what}, ${left}: ${next.err}`);
      assert.equal((await readdir(dir)).sort(), files, "nothing else is left");
    }
    const found = await readAll(dir);
    for (const file of files) assert.ok(found.includes(file), `${file} of ${found}`);
    assert.equal(await readFile(join(dir, "embedding.npy")), codes, "the same bits");
  }
  return count;
}

test(`killed at ${MOMENTS - 3} moments while it reads, trains and writes`, async () => {
  const data = await writeTable(at("table.parquet"));
  const options = ["dec", "--data", data, "--batch", "8", "--epochs", "60", "--checkpoint", "1"];
  const draws = new Philox(11);
  const moments = (duration: number) =>
    Array.from(
      { length: MOMENTS - 3 },
      (_, i): Moment =>
        i % 2
          ? { after: draws.below(Math.floor(duration)), what: "ms" }
          : { after: 1 + draws.below(24), what: "writes" },
    );
  const { killed, resumed } = await disturb(
    "table",
    () => [...options, "--refine-epochs", "10"],
    moments,
  );
  assert.ok(killed > (MOMENTS - 3) / 2, `${killed} were killed`);
  assert.ok(resumed > 0, "some went on from a checkpoint");
});

test("killed at 2 moments while it downloads", async () => {
  const draws = new Philox(12);
  // Each run has a cache of its own, which its second try finds.
  const args = (i: number) => ["--dataset", "ylecun/mnist", "--cache", at(`cache-${i}`)];
  const { killed } = await disturb(
    "hub",
    (i) => [...args(i), "--epochs", "1"],
    () => [1, 2].map(() => ({ after: 1 + draws.below(6), what: "requests" })),
  );
  assert.is(killed, 2);
});

test("killed while it prepares", async () => {
  const cache = at("prepared");
  const args = ["train", "--data", "mnist", "--limit", "300", "--epochs", "1", ...SETTINGS]
    .concat("--cache", cache, "--out", at("runs"), "--name", "mnist");
  await mkdir(join(cache, "mnist"), { recursive: true });
  // The first write is a probe that the folder takes files.
  const after = 2 + new Philox(13).below(4);
  assert.ok(await kill(args, join(cache, "mnist"), { after, what: "writes" }));
  await readAll(join(cache, "mnist"));
  const next = await asterism(args);
  assert.is(next.code, 0, next.err);
  assert.is((await readAll(join(cache, "mnist"))).length, 2);
});

test.run();
