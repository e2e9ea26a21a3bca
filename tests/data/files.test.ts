import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { env, execPath, getuid, kill } from "node:process";
import { pathToFileURL } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { checkWritable, fileBuffer, fileError, writeAtomic } from "../../shell/data/files.ts";
import { runtime } from "../../shell/device/platform.ts";
import { Cancelled, DataError } from "../../shell/errors.ts";
import { rejects, withFolder } from "./fixtures.ts";

const test = suite("files");
const root = getuid?.() === 0;

/** Mounts a file system of 64 KiB on a folder; what cannot be mounted is told as a reason. */
function mountSmall(dir: string): string | undefined {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", dir], { stdio: "pipe" });
    return undefined;
  } catch (error) {
    return `mounting is not permitted: ${(error as Error).message.split("\n")[0]}`;
  }
}

/** Runs with a small disk, or names the reason why not. */
async function withSmallDisk(name: string, run: (dir: string) => Promise<void>) {
  await withFolder(async (dir) => {
    const reason = mountSmall(dir);
    if (reason) return console.log(`skipped "${name}": ${reason}`);
    try {
      await run(dir);
    } finally {
      execFileSync("umount", [dir]);
    }
  });
}

test("writes and replaces whole files", () =>
  withFolder(async (dir) => {
    const path = join(dir, "a.txt");
    await writeAtomic(path, "first, and longer");
    await writeAtomic(path, "é");
    assert.is(readFileSync(path, "utf8"), "é");
    const bytes = new Uint8Array(3_000_000).fill(7);
    await writeAtomic(path, bytes.subarray(1));
    assert.is(readFileSync(path).length, 2_999_999);
    await writeAtomic(path, new Uint8Array(0));
    assert.is(readFileSync(path).length, 0);
    assert.equal(readdirSync(dir), ["a.txt"]);
  }));

test("keeps the old file on a full disk, and says so", () =>
  withSmallDisk("full disk", async (dir) => {
    const path = join(dir, "model.bin");
    await writeAtomic(path, "old");
    const full = /^cannot write .*model.bin: the disk is full; free some space/;
    await rejects(() => writeAtomic(path, new Uint8Array(200_000)), full);
    await rejects(() => writeAtomic(path, "x".repeat(200_000)), full);
    await rejects(() => writeAtomic(path, Array(9).fill(new Uint8Array(20_000))), full);
    assert.is(readFileSync(path, "utf8"), "old");
    assert.equal(readdirSync(dir), ["model.bin"]);
    writeFileSync(join(dir, "filler"), new Uint8Array(60 * 1024));
    await rejects(() => checkWritable(dir), /^cannot write to .*: the disk is full/);
    assert.equal(readdirSync(dir).sort(), ["filler", "model.bin"]);
  }));

/** Parts of one byte each, and what happens before the part `at`. */
function* parts(count: number, at = -1, act: () => void = () => {}): Generator<Uint8Array> {
  for (let i = 0; i < count; i++) {
    if (i === at) act();
    yield Uint8Array.of(i);
  }
}

test("writes parts one after another, and nothing unless all are there", () =>
  withFolder(async (dir) => {
    const path = join(dir, "a.bin");
    await writeAtomic(path, parts(5));
    assert.equal([...readFileSync(path)], [0, 1, 2, 3, 4]);
    async function* slowly() {
      for (const part of parts(3)) yield await Promise.resolve(part);
    }
    await writeAtomic(path, slowly());
    assert.equal([...readFileSync(path)], [0, 1, 2]);
    const failing = parts(9, 4, () => {
      throw new DataError("row 4 is bad: mend it");
    });
    await rejects(() => writeAtomic(path, failing), /^row 4 is bad: mend it$/);
    const controller = new AbortController();
    const stopping = parts(9, 4, () => controller.abort());
    let error: unknown;
    await writeAtomic(path, stopping, controller.signal).catch((caught) => error = caught);
    assert.instance(error, Cancelled);
    assert.equal([...readFileSync(path)], [0, 1, 2], "the old file is still there");
    assert.equal(readdirSync(dir), ["a.bin"]);
  }));

/** What a process does that is killed in the middle of a file. */
const KILLED = `
const { writeAtomic } = await import(process.env.MODULE);
async function* parts() {
  for (let i = 0; i < 64; i++) {
    yield new Uint8Array(65536).fill(i);
    if (i === 32) console.log("half");
    if (i >= 32) await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
await writeAtomic(process.env.TARGET, parts());
`;

test("a process that is killed leaves the old file, or none, under the name", () =>
  withFolder(async (dir) => {
    const TARGET = join(dir, "a.bin");
    const script = join(dir, "killed.mjs");
    writeFileSync(script, KILLED);
    const source = runtime === "deno" ? "shell/data/files.ts" : "dist/data.js";
    const MODULE = pathToFileURL(resolve(source)).href;
    for (const old of [undefined, "old"]) {
      if (old) await writeAtomic(TARGET, old);
      const prefix = runtime === "deno" ? ["run", "-A"] : [];
      const child = spawn(execPath, [...prefix, script], {
        env: { ...env, TARGET, MODULE },
        stdio: ["ignore", "pipe", "inherit"],
      });
      const closed = new Promise((done) => child.on("close", done));
      await new Promise((done) => child.stdout!.on("data", done));
      kill(child.pid!, "SIGKILL");
      await closed;
      const left = readdirSync(dir).filter((name) => name !== "killed.mjs");
      assert.equal(left.filter((name) => !name.endsWith(".tmp")), old ? ["a.bin"] : []);
      assert.ok(left.some((name) => name.endsWith(".tmp")), "it was in the middle");
      if (old) assert.is(readFileSync(TARGET, "utf8"), old);
    }
  }));

test("says that a file system is read-only", () =>
  withSmallDisk("read-only file system", async (dir) => {
    execFileSync("mount", ["-o", "remount,ro", dir]);
    await rejects(() => checkWritable(dir), /^cannot write to .*: the file system is read-only/);
    await rejects(() => writeAtomic(join(dir, "a"), "b"), /the file system is read-only; choose/);
  }));

test("says that permission is denied", () =>
  withFolder(async (dir) => {
    if (root) {
      console.log('skipped "denied" on disk: root may write everywhere');
    } else {
      chmodSync(dir, 0o500);
      await rejects(() => checkWritable(dir), /permission is denied/);
      await rejects(() => writeAtomic(join(dir, "a"), "b"), /permission is denied/);
    }
    const error = fileError({ code: "EACCES" }, "write", "a/b");
    assert.instance(error, DataError);
    assert.match(error.message, /^cannot write a\/b: permission is denied; change its permissions/);
  }));

test("makes missing folders, and leaves nothing in them", () =>
  withFolder(async (dir) => {
    const inner = join(dir, "runs", "one");
    await checkWritable(inner);
    await checkWritable(inner);
    assert.equal(readdirSync(inner), []);
  }));

test("says what is in the way", () =>
  withFolder(async (dir) => {
    const file = join(dir, "file");
    writeFileSync(file, "");
    mkdirSync(join(dir, "folder"));
    await rejects(() => checkWritable(join(file, "inner")), /is a file, not a folder/);
    await rejects(() => checkWritable(file), /is in the way|is a file, not a folder/);
    await rejects(() => writeAtomic(join(file, "inner"), "x"), /is a file, not a folder/);
    await rejects(() => writeAtomic(join(dir, "none", "a"), "x"), /no such file or folder/);
    await rejects(() => writeAtomic(join(dir, "folder"), "x"), /it is a folder, not a file/);
    await rejects(() => writeAtomic(join(dir, "x".repeat(300)), "x"), /name is too long/);
    assert.equal(readdirSync(dir).sort(), ["file", "folder"]);
  }));

test("reads slices of a file", () =>
  withFolder(async (dir) => {
    const path = join(dir, "a");
    writeFileSync(path, Uint8Array.of(1, 2, 3, 4, 5));
    const buffer = await fileBuffer(path);
    assert.is(buffer.byteLength, 5);
    assert.equal(new Uint8Array(await buffer.slice(1, 3)), Uint8Array.of(2, 3));
    assert.equal(new Uint8Array(await buffer.slice(3)), Uint8Array.of(4, 5));
    assert.is((await buffer.slice(2, 2)).byteLength, 0);
    writeFileSync(path, "x");
    await rejects(() => buffer.slice(0, 5), /^cannot read .*: it became shorter/);
  }));

test("says why a file cannot be read", () =>
  withFolder(async (dir) => {
    await rejects(
      () => fileBuffer(join(dir, "none")),
      /^cannot read .*none: there is no such file/,
    );
    await rejects(() => fileBuffer(dir), /^cannot read .*: it is a folder/);
    const other = fileError(new Error("the disk is on fire"), "read", "a");
    assert.is(other.message, "cannot read a: the disk is on fire");
  }));

test("a folder that cannot be made below /proc is refused, not waited for", async () => {
  // Other systems have no such folder, and nothing may be made at their root either.
  await rejects(
    () => checkWritable("/proc/asterism/runs"),
    /^cannot write to \/proc\/asterism\/runs: /,
  );
});

test.run();
