import { readdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type HubOptions, openHub } from "../../shell/data/hub/hub.ts";
import type { Source } from "../../shell/data/dataset.ts";
import { readDataset } from "../../shell/data/parquet.ts";
import { loadDataset } from "../../shell/data/source.ts";
import { asterism, start } from "../cli/asterism.ts";
import { rejects, withFolder } from "../data/fixtures.ts";
import { randoms } from "../harness.ts";
import { quick, readFile } from "./fetching.ts";
import { TestHub } from "./server.ts";
import { mnist } from "./sets.ts";

const test = suite("cache of the Hub");

const PATH = "mnist/train/0000.parquet";
/** Enough images for several parts of the usual size. */
const IMAGES = 32_000;

let hub: TestHub;
let bytes: Uint8Array;
test.before(async () => {
  hub = await TestHub.start([mnist(IMAGES, 100)]);
  bytes = hub.sets.get("ylecun/mnist")!.converted![1].bytes;
});
test.before.each(() => hub.reset());
test.after(() => hub.stop());

const open = (cache: string | false, more: HubOptions = {}) =>
  openHub("ylecun/mnist", { endpoint: hub.endpoint, cache, split: "train", ...more }, quick());
const read = async (cache: string) => await readFile(await open(cache), PATH);
const fileOf = ({ files }: Source) => files.find(({ name }) => name.endsWith(PATH))!.open();

/** Paths of all files below a folder. */
function filesBelow(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

/** The parts that are there, by number. */
function partsBelow(dir: string): { path: string; index: number }[] {
  return filesBelow(dir).filter((path) => path.includes("train") && /[/\\]\d+$/.test(path))
    .map((path) => ({ path, index: Number(/\d+$/.exec(path)) }))
    .sort((a, b) => a.index - b.index);
}

/** Bytes of the digest behind each part. */
const DIGEST = 32;

/** Everything that has its final name is a piece of the file. */
function checkParts(dir: string): void {
  let at = 0;
  for (const { path } of partsBelow(dir)) {
    const part = new Uint8Array(readFileSync(path)).subarray(0, -DIGEST);
    const found = path.endsWith("/0") ? 0 : Math.max(at, bytes.length - part.length);
    assert.ok(
      equal(part, bytes.subarray(at, at + part.length)) ||
        equal(part, bytes.subarray(found, found + part.length)),
      path,
    );
    at += part.length;
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

test("what was fetched is not fetched again", () =>
  withFolder(async (dir) => {
    assert.ok(equal(await read(dir), bytes));
    assert.ok(partsBelow(dir).length > 2);
    checkParts(dir);
    hub.reset();
    assert.ok(equal(await read(dir), bytes));
    assert.equal(hub.fetched, []);
    const told: number[] = [];
    const onProgress = (stage: string, done: number) => stage === "download" && told.push(done);
    await readFile(await open(dir, { onProgress }), PATH);
    assert.is(told.at(-1), bytes.length);
  }));

test("loadDataset keeps below the cache folder what it fetches", () =>
  withFolder(async (dir) => {
    const options = { endpoint: hub.endpoint, cache: dir, limit: 50 };
    assert.is((await loadDataset("ylecun/mnist", options)).n, 50);
    assert.ok(hub.fetched.length > 0);
    hub.reset();
    assert.is((await loadDataset("ylecun/mnist", options)).n, 50);
    assert.equal(hub.fetched, []);
  }));

test("another revision is another file", () =>
  withFolder(async (dir) => {
    await read(dir);
    const set = hub.sets.get("ylecun/mnist")!;
    const commit = hub.commit;
    hub.commit = (_set, revision) => commit.call(hub, set, revision).replace(/^.{6}/, "abcdef");
    hub.reset();
    // The test Hub knows no such commit: what counts is that it is asked.
    await rejects(() => read(dir), /does not give ylecun\/mnist.*404/);
    assert.match(hub.seen.at(-1)!.path, /resolve\/abcdef/);
    hub.commit = commit;
  }));

test("many slices at once, over parts that come and go", () =>
  withFolder(async (dir) => {
    const drawn = randoms(360, 5, 0, 1);
    let at = 0;
    const random = (below: number) => Math.floor(drawn[at++ % drawn.length] * below);
    for (const cache of [dir, dir, false] as const) {
      const file = await fileOf(await open(cache));
      const slices = Array.from({ length: 60 }, () => {
        const [begin, end] = [random(bytes.length), random(bytes.length)].sort((a, b) => a - b);
        // Short ones, which lie in one part or two, and long ones over all.
        return [begin, random(2) ? end : Math.min(end, begin + 5000)];
      });
      const found = await Promise.all(slices.map(([begin, end]) => file.slice(begin, end)));
      found.forEach((slice, i) =>
        assert.ok(equal(new Uint8Array(slice), bytes.subarray(...slices[i])), `${slices[i]}`)
      );
    }
  }));

test("parts of another size are fetched again", () =>
  withFolder(async (dir) => {
    await read(dir);
    const [, second] = partsBelow(dir);
    truncateSync(second.path, 1000);
    hub.reset();
    assert.ok(equal(await read(dir), bytes));
    assert.is(hub.fetched.length, 1);
    assert.is(hub.fetched[0].range, `bytes=${1 << 20}-${(2 << 20) - 1}`);
    checkParts(dir);
  }));

test("parts with other bytes of the same number are fetched again", () =>
  withFolder(async (dir) => {
    await read(dir);
    const parts = partsBelow(dir);
    // A bit of the second part, and one of the digest of the first.
    for (const [{ path }, at] of [[parts[1], 12_345], [parts[0], -1]] as const) {
      const file = readFileSync(path);
      file[at < 0 ? file.length + at : at] ^= 4;
      writeFileSync(path, file);
    }
    hub.reset();
    assert.ok(equal(await read(dir), bytes));
    assert.ok(hub.fetched.length > 0);
    checkParts(dir);
    hub.reset();
    assert.ok(equal(await read(dir), bytes));
    assert.equal(hub.fetched, []);
  }));

test("parts under another ETag are not mixed with new ones", () =>
  withFolder(async (dir) => {
    await read(dir);
    const parts = partsBelow(dir);
    truncateSync(parts[1].path, 1000);
    hub.reset();
    hub.fault = ({ at }) => at === "cdn" ? { etag: "moved" } : undefined;
    const file = await fileOf(await open(dir));
    assert.is(new Uint8Array(await file.slice(0, 1))[0], bytes[0]);
    await rejects(() => file.slice(0), /changed on the Hub while it was read: run again$/);
    hub.reset();
    hub.fault = ({ at }) => at === "cdn" ? { etag: "moved" } : undefined;
    assert.ok(equal(await read(dir), bytes));
    assert.equal(hub.fetched.map(({ range }) => range), [undefined], "all of it");
  }));

test("what is no Parquet file is not kept", () =>
  withFolder(async (dir) => {
    hub.fault = ({ at }) => at === "cdn" ? { body: new Uint8Array(bytes.length) } : undefined;
    await rejects(async () => readDataset(await open(dir)), /is not a Parquet file/);
    hub.reset();
    assert.is((await readDataset(await open(dir))).n, IMAGES);
  }));

test("what killed processes left is removed, what others are writing stays", () =>
  withFolder(async (dir) => {
    await read(dir);
    const folder = join(partsBelow(dir)[0].path, "..");
    const [old, fresh] = [join(folder, ".1.old.tmp"), join(folder, ".1.fresh.tmp")];
    for (const path of [old, fresh]) writeFileSync(path, "half");
    const hourAgo = Date.now() / 1000 - 3600;
    utimesSync(old, hourAgo, hourAgo);
    await read(dir);
    assert.equal(readdirSync(folder).filter((name) => name.endsWith(".tmp")), [".1.fresh.tmp"]);
  }));

test("a folder that cannot be written to: one sentence", () =>
  withFolder(async (dir) => {
    writeFileSync(join(dir, "hub"), "a file");
    await rejects(
      () => read(dir),
      /^cannot keep what was fetched in .*: make room, or choose another/,
    );
    await rejects(
      () => loadDataset("ylecun/mnist", { endpoint: hub.endpoint, cache: dir }),
      /^cannot write to .*hub/,
    );
  }));

const TRAIN = ["train", "--dataset", "ylecun/mnist", "--limit", "31000", "--hidden", "8"]
  .concat(
    "--embedding",
    "2",
    "--epochs",
    "1",
    "--batch",
    "512",
    "--starts",
    "1",
    "--device",
    "wasm",
  );

test("a process that is killed in mid-download: the next one goes on", () =>
  withFolder(async (dir) => {
    hub.fault = (seen) =>
      seen.at === "cdn" && seen.range?.startsWith("bytes=0-") ? { silent: 1_500_000 } : undefined;
    const args = ["train", "--dataset", "ylecun/mnist", "--cache", dir, "--out", join(dir, "runs")];
    const child = start(args, { HF_ENDPOINT: hub.endpoint });
    const closed = new Promise((resolve) => child.on("close", resolve));
    child.stdout!.resume();
    child.stderr!.resume();
    for (let i = 0; i < 600; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      if (filesBelow(dir).some((path) => /train.*[/\\]0$/.test(path))) break;
    }
    process.kill(child.pid!, "SIGKILL");
    await closed;
    checkParts(dir);
    assert.equal(partsBelow(dir).map(({ index }) => index).slice(0, 1), [0]);
    hub.reset();
    assert.ok(equal(await read(dir), bytes));
    assert.equal(hub.fetched.map(({ range }) => /=(\d+)/.exec(range!)![1]), [`${1 << 20}`]);
  }));

test("two processes share a cache", () =>
  withFolder(async (dir) => {
    hub.fault = ({ at }) => at === "cdn" ? { delay: 50 } : undefined;
    const run = (name: string) =>
      asterism(
        [...TRAIN, "--quiet", "--cache", dir, "--out", join(dir, "runs"), "--name", name],
        undefined,
        {
          HF_ENDPOINT: hub.endpoint,
        },
      );
    const outcomes = await Promise.all([run("a"), run("b")]);
    for (const { code, err } of outcomes) assert.is(code, 0, err);
    const result = (name: string) => readFileSync(join(dir, "runs", name, "assignments.parquet"));
    assert.ok(result("a").equals(result("b")));
    checkParts(dir);
    assert.equal(filesBelow(join(dir, "hub")).filter((path) => path.endsWith(".tmp")), []);
    hub.reset();
    assert.ok(equal(await read(dir), bytes));
    assert.equal(hub.fetched, []);
  }));

test.run();
