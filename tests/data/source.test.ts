import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { loadDataset, openSource } from "../../shell/data/source.ts";
import { parquetFile, rejects, withFolder } from "./fixtures.ts";

const test = suite("source");

/** Two rows, which differ so that there is something to cluster. */
const file = (value: number) =>
  parquetFile([{ name: "x", data: [value, value + 0.5], type: "FLOAT" }]);
const RAW = { scale: "none" } as const;

test("opens one file", () =>
  withFolder(async (dir) => {
    for (
      const [name, split] of [["iris", "train"], ["test-0", "test"], ["my_val.x", "validation"]]
    ) {
      const path = join(dir, `${name}.parquet`);
      writeFileSync(path, file(3));
      const source = await openSource(path);
      assert.is(source.name, path);
      assert.equal(source.files.map(({ name, split }) => [name, split]), [[path, split]]);
      assert.equal((await loadDataset(path, RAW)).data, Float32Array.of(3, 3.5));
    }
  }));

test("opens a folder: train, validation, test, each by name", () =>
  withFolder(async (dir) => {
    const names = [
      "train-00001-of-00002.parquet",
      "test/0000.parquet",
      "validation/0000.parquet",
      "train-00000-of-00002.parquet",
      "README.md",
      ".hidden.parquet",
    ];
    for (const folder of ["test", "validation"]) mkdirSync(join(dir, folder));
    names.forEach((name, i) => writeFileSync(join(dir, name), file(i)));
    const { data, splits } = await loadDataset(dir, RAW);
    assert.equal(Array.from(data), [3, 3.5, 0, 0.5, 2, 2.5, 1, 1.5]);
    assert.equal(splits, [
      { name: "train", begin: 0, end: 4 },
      { name: "validation", begin: 4, end: 6 },
      { name: "test", begin: 6, end: 8 },
    ]);
  }));

test("takes the name of no folder above for a split", () =>
  withFolder(async (dir) => {
    mkdirSync(join(dir, "test"));
    writeFileSync(join(dir, "test", "a.parquet"), file(1));
    const { splits } = await loadDataset(join(dir, "test"));
    assert.equal(splits, [{ name: "train", begin: 0, end: 2 }]);
  }));

test("refuses an unknown name and says what is accepted", async () => {
  const accepted =
    /give "mnist", a .parquet, .csv, .tsv, .jsonl, .json, .npy, .npz or IDX file, its address, a folder .* or owner\/name of the Hugging Face Hub$/;
  await rejects(() => openSource("minst"), /^unknown data set "minst": give "mnist"/);
  await rejects(() => openSource("minst"), accepted);
  await rejects(() => openSource("toString"), /^unknown data set "toString"/);
  await rejects(() => openSource(""), /^unknown data set ""/);
});

test("splits are chosen by name", () =>
  withFolder(async (dir) => {
    for (const name of ["train", "test", "dev"]) {
      writeFileSync(join(dir, `${name}.parquet`), file(1));
    }
    const of = async (split?: string) =>
      (await openSource(dir, { split })).files.map((f) => f.split);
    assert.equal(await of(), ["train", "validation", "test"]);
    assert.equal(await of("test, train"), ["train", "test"]);
    await rejects(() => of("dev"), /has no split "dev": it has train, validation, test$/);
    await rejects(
      () => openSource(dir, { revision: "v1" }),
      /is not of the Hub and has no revision/,
    );
  }));

test("refuses paths that lead to no data", () =>
  withFolder(async (dir) => {
    const other = join(dir, "a.docx");
    writeFileSync(other, "x\n1\n");
    await rejects(() => openSource(other), /a.docx is of no kind that can be read: give/);
    await rejects(
      () => openSource(dir),
      /has no .parquet, .csv, .tsv, .jsonl, .json, .npy, .npz or IDX file, and no .png or .jpg image: name a folder/,
    );
    await rejects(() => openSource(join(dir, "no.parquet")), /^there is no file or folder .*check/);
    await rejects(() => openSource("no.parquet"), /^there is no file or folder no.parquet/);
    await rejects(() => openSource("./no"), /^there is no file or folder .\/no/);
    await rejects(() => openSource("no/no.parquet"), /^there is no file or folder no\/no.parquet/);
    await rejects(() => openSource(join(other, "a.parquet")), /is a file, not a folder/);
  }));

test("names the file that is empty, no Parquet or cut short", () =>
  withFolder(async (dir) => {
    const path = join(dir, "bad.parquet");
    writeFileSync(path, "");
    await rejects(() => loadDataset(path), /bad.parquet is empty/);
    writeFileSync(path, "x,y\n1,2\n3,4\n5,6\n");
    await rejects(() => loadDataset(path), /bad.parquet is not a Parquet file/);
    const whole = file(1);
    writeFileSync(path, whole.subarray(0, whole.length / 2));
    await rejects(() => loadDataset(dir), /bad.parquet is cut short/);
  }));

test.run();
