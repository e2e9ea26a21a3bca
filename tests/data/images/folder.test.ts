import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Dataset } from "../../../shell/data/dataset.ts";
import { loadMatrix } from "../../../shell/data/matrix.ts";
import { loadDataset } from "../../../shell/data/source.ts";
import { encodeGrayPng } from "../../../shell/data/png.ts";
import { deflate } from "../../../shell/data/zlib.ts";
import { fromBase64, rejects, withFolder } from "../fixtures.ts";
import golden from "./golden.json" with { type: "json" };

const test = suite("folder of images");

const png = (value: number) => encodeGrayPng(new Uint8Array(6).fill(value), 3, 2, deflate);
const photo = fromBase64(golden.jpeg.halved.file);

/** Writes files, by name; a number is a gray image of that value. */
function write(dir: string, files: Record<string, number | string | Uint8Array>) {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), typeof content === "number" ? png(content) : content);
  }
}

const values = ({ data }: Dataset) => [...data].filter((_, i) => i % 6 === 0);

test("images in the order of their names, without classes", () =>
  withFolder(async (dir) => {
    write(dir, { "b.png": 2, "a.PNG": 1, "c/d.png": 3 });
    const found = await loadDataset(dir);
    assert.equal(values(found), [1, 2, 3]);
    assert.equal(found.shape, [2, 3, 1]);
    assert.equal([found.name, found.kind, found.n], [dir, "images", 3]);
    assert.is(found.labels, undefined);
    assert.equal(found.splits, [{ name: "train", begin: 0, end: 3 }]);
    assert.equal([...found.ids], [0, 1, 2]);
    assert.equal(found.notes, []);
  }));

test("sub-folders are classes when there are several", () =>
  withFolder(async (dir) => {
    write(dir, { "dog/1.png": 1, "cat/2.png": 2, "cat/more/3.png": 3, "4.png": 4 });
    const { labels, labelNames, label, ...found } = await loadDataset(dir);
    assert.equal(values(found), [4, 2, 3, 1]);
    assert.equal([...labels!], [-1, 0, 0, 1]);
    assert.equal([label, labelNames], ["folder", ["cat", "dog"]]);
    assert.is((await loadDataset(dir, { label: false })).labels, undefined);
  }));

test("folders called train, val and test are splits", () =>
  withFolder(async (dir) => {
    write(dir, {
      "test/cat/1.png": 1,
      "train/dog/2.png": 2,
      "train/cat/3.png": 3,
      "val/dog/4.png": 4,
    });
    const found = await loadDataset(dir);
    assert.equal(values(found), [3, 2, 4, 1]);
    assert.equal([...found.labels!], [0, 1, 1, 0]);
    assert.equal(found.splits, [
      { name: "train", begin: 0, end: 2 },
      { name: "validation", begin: 2, end: 3 },
      { name: "test", begin: 3, end: 4 },
    ]);
  }));

test("a limit takes some of every class and split", () =>
  withFolder(async (dir) => {
    for (let i = 0; i < 8; i++) {
      write(dir, { [`train/${i % 2 ? "cat" : "dog"}/${i}.png`]: i, [`test/cat/${i}.png`]: 10 + i });
    }
    const found = await loadDataset(dir, { limit: 8 });
    assert.equal(values(found), [1, 5, 0, 4, 10, 12, 14, 16]);
    assert.equal([...found.ids], [0, 2, 4, 6, 8, 10, 12, 14]);
    assert.equal(found.splits.map(({ end }) => end), [4, 8]);
    assert.is((await loadDataset(dir, { limit: 100 })).n, 16);
  }));

test("other files are skipped and named, hidden ones and runs left alone", () =>
  withFolder(async (dir) => {
    write(dir, {
      "1.png": 1,
      "2.jpeg": photo,
      "notes.txt": "x",
      "sub/table.csv": "a,b\n",
      ".hidden.png": 9,
      "run/run.json": "{}",
      "run/map.png": 9,
    });
    symlinkSync(join(dir, "1.png"), join(dir, "3.png"));
    symlinkSync(dir, join(dir, "round"));
    const images = { size: [2, 3], colour: "gray" } as const;
    const found = await loadDataset(dir, { images });
    assert.is(found.n, 3);
    assert.equal(found.notes, [
      `skipped: 2 (no .png or .jpg file): notes.txt, ${join("sub", "table.csv")}`,
    ]);
  }));

test("damaged images stop it with their name, or are left out with their reason", () =>
  withFolder(async (dir) => {
    write(dir, { "a.png": 1, "b.png": png(2).subarray(0, 50), "c.jpg": "<html>", "d.png": "" });
    writeFileSync(join(dir, "e.png"), png(5));
    await rejects(() => loadDataset(dir), /b.png: the image does not decode \(it is cut short\): /);
    const found = await loadDataset(dir, { skipBadRows: true });
    assert.equal(values(found), [1, 5]);
    assert.equal([...found.ids], [0, 4]);
    assert.equal(found.notes, [
      "skipped: 1 (it is cut short): b.png",
      "skipped: 1 (it is no PNG and no JPEG): c.jpg",
      "skipped: 1 (it is empty): d.png",
    ]);
  }));

test("mixed sizes need an option, which both images' names come with", () =>
  withFolder(async (dir) => {
    write(dir, { "a.png": 1, "b.jpg": photo });
    await rejects(
      () => loadDataset(dir),
      /b.jpg: the image is 27 x 35 x 3 .* but that of .*a.png is 2 x 3 x 1: .*--image-size.* --colour/,
    );
    const images = { size: [5, 4], colour: "rgb" } as const;
    assert.equal((await loadDataset(dir, { images })).shape, [5, 4, 3]);
  }));

test("tables beside a few pictures stay tables", () =>
  withFolder(async (dir) => {
    write(dir, { "a.csv": "x,y\n1,2\n3,4\n", "plot.png": 1 });
    assert.is((await loadDataset(dir)).kind, "table");
  }));

test("images that take more memory than they may come in shards", () =>
  withFolder(async (dir) => {
    const names = Array.from({ length: 20 }, (_, i) => `${"ab"[i & 1]}/${10 + i}.png`);
    write(dir, Object.fromEntries(names.map((name, i) => [name, i])));
    const { data, ...whole } = await loadDataset(dir, { memory: 120 });
    assert.is(whole.shards, undefined);
    const { data: none, shards, ...rest } = await loadDataset(dir, { memory: 119 });
    assert.is(none.length, 0);
    assert.equal(rest, whole);
    const { starts, width, read } = shards!;
    assert.equal([starts.length, width], [21, 6]);
    for (let s = 19; s >= 0; s--) {
      assert.equal(await read(s), data.slice(starts[s] * width, starts[s + 1] * width), `${s}`);
    }
    await rejects(
      () => loadDataset(dir, { memory: 40 }),
      /^a row of .* has 6 bytes, .* at least 48$/,
    );
    const skipping = { memory: 119, skipBadRows: true };
    await rejects(() => loadDataset(dir, skipping), /--skip-bad-rows needs all rows at once/);
  }));

test("images of another size are told when they are reached", () =>
  withFolder(async (dir) => {
    write(dir, {
      ...Object.fromEntries("abcdefgh".split("").map((c) => [`${c}.png`, 1])),
      "z.jpg": photo,
    });
    const { shards } = await loadDataset(dir, { memory: 50 });
    await shards!.read(0);
    await rejects(
      () => shards!.read(shards!.starts.length - 2),
      /z.jpg: the images from here on are 27 x 35 x 3, but the first one is 2 x 3 x 1/,
    );
  }));

test("columns make no sense, and say so", () =>
  withFolder(async (dir) => {
    write(dir, { "a.png": 1 });
    await rejects(
      () => loadDataset(dir, { label: "x" }),
      /no table with columns: leave --label out/,
    );
    await rejects(() => loadDataset(dir, { columns: ["x"] }), /leave --columns out/);
  }));

test("a folder of images is a matrix, too", () =>
  withFolder(async (dir) => {
    write(dir, { "cat/a.png": 51, "dog/b.png": 102 });
    const { data, width, labels } = await loadMatrix(dir);
    assert.is(width, 6);
    assert.equal([...data], [
      ...new Array(6).fill(Math.fround(0.2)),
      ...new Array(6).fill(Math.fround(0.4)),
    ]);
    assert.equal([...labels!], [0, 1]);
  }));

test("one image is a data set of one row", () =>
  withFolder(async (dir) => {
    write(dir, { "a.png": 7 });
    assert.equal(values(await loadDataset(join(dir, "a.png"))), [7]);
  }));

test("many files come in order, also from threads", () =>
  withFolder(async (dir) => {
    const name = (i: number) => `${i}`.padStart(3, "0") + ".png";
    write(dir, Object.fromEntries(Array.from({ length: 200 }, (_, i) => [name(i), i])));
    for (const workers of [0, 2]) {
      assert.equal(
        values(await loadDataset(dir, { workers })),
        Array.from({ length: 200 }, (_, i) => i),
      );
    }
  }));

test.run();
