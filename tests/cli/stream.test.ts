/** Data that are more than the memory allowed for them, from the command line. */

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { encodeNpy } from "../../shell/data/npy.ts";
import { encodeGrayPng } from "../../shell/data/png.ts";
import { deflate } from "../../shell/data/zlib.ts";
import { imageFile } from "../data/fixtures.ts";
import { bars, WIDTH } from "../methods/bars.ts";
import { asterism, DIM, type Outcome, refuses, writeTable } from "./asterism.ts";

const test = suite("stream");

let folder = "";
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "asterism-stream-"));
});
test.after(() => rm(folder, { recursive: true, force: true }));

const at = (...names: string[]) => join(folder, ...names);

const SMALL = "--hidden 16 --embedding 3 --batch 32 --starts 3 --device wasm --quiet".split(" ");

function train(data: string, name: string, ...more: string[]): Promise<Outcome> {
  return asterism([
    "train",
    "--data",
    data,
    "--out",
    at("runs"),
    "--name",
    name,
    ...SMALL,
    ...more,
  ]);
}

const run = async (name: string) =>
  JSON.parse(await readFile(at("runs", name, "run.json"), "utf8"));
const codes = (name: string) => readFile(at("runs", name, "embedding.npy"));

test("a table: as good as in memory; the same bits for any number of workers", async () => {
  const n = 600, data = await writeTable(at("table.parquet"), { rows: n });
  // A quarter of the rows, in shards of a 32nd.
  const memory = `${n * DIM * 4 / 4}B`;
  const epochs = ["--epochs", "20"];
  for (
    const [name, ...more] of [["whole"], ["one", "--memory", memory], ["two", "--memory", memory]]
  ) {
    const workers = ["--workers", name === "two" ? "2" : "1"];
    const { code, err } = await train(data, name, ...epochs, ...workers, ...more);
    assert.is(code, 0, err);
    assert.ok((await run(name)).metrics.accuracy > 0.95, name);
  }
  assert.equal(await codes("one"), await codes("two"));
  assert.not.equal(await codes("one"), await codes("whole"), "rows come in another order");
  assert.is((await run("one")).settings.memory, "2400");
  assert.is((await run("whole")).settings.memory, undefined);
});

test("predict: the same as from rows in memory", async () => {
  const found = [];
  for (const [name, ...more] of [["in"], ["out", "--memory", "2400B"]]) {
    const args = ["--model", at("runs", "one"), "--input", at("table.parquet"), "--quiet"];
    const output = ["--output", at("predicted", name), "--device", "wasm", ...more];
    const { code, err } = await asterism(["predict", ...args, ...output]);
    assert.is(code, 0, err);
    found.push(await readFile(at("predicted", name, "assignments.parquet")));
  }
  assert.equal(found[0], found[1]);
  assert.equal(await readFile(at("predicted", "out", "embedding.npy")), await codes("one"));
});

test("CSV, JSON Lines and arrays: the same as from Parquet", async () => {
  const columns: Float64Array[] = [];
  await writeTable(at("same.parquet"), { rows: 600, spoil: (all) => columns.push(...all) });
  const rows = Array.from({ length: 600 }, (_, i) => columns.map((column) => column[i]));
  const names = columns.map((_, j) => `x${j}`);
  await writeFile(at("same.csv"), [names, ...rows].map((row) => row.join()).join("\n"));
  const objects = rows.map((row) => Object.fromEntries(row.map((value, j) => [`x${j}`, value])));
  await writeFile(at("same.jsonl"), objects.map((row) => JSON.stringify(row)).join("\n"));
  for (const format of ["csv", "jsonl"]) {
    const args = ["--model", at("runs", "one"), "--input", at(`same.${format}`), "--quiet"];
    const more = ["--output", at("predicted", format), "--device", "wasm", "--memory", "2400B"];
    const { code, err } = await asterism(["predict", ...args, ...more]);
    assert.is(code, 0, err);
    assert.equal(await readFile(at("predicted", format, "embedding.npy")), await codes("one"));
  }
  await writeFile(at("same.npy"), encodeNpy(Float32Array.from(rows.flat()), [600, DIM]));
  const found = [];
  for (const [name, workers] of [["npy1", "1"], ["npy2", "2"]]) {
    const more = ["--epochs", "20", "--memory", "2400B", "--workers", workers];
    const { code, err } = await train(at("same.npy"), name, "--clusters", "3", ...more);
    assert.is(code, 0, err);
    assert.is((await run(name)).settings.memory, "2400");
    found.push(await codes(name));
  }
  assert.equal(found[0], found[1]);
});

test("images: says so, and goes on where it was stopped", async () => {
  const n = 600, side = Math.sqrt(WIDTH);
  const { pixels, labels } = bars(n);
  const images = Array.from(
    { length: n },
    (_, i) => encodeGrayPng(pixels.subarray(i * WIDTH, (i + 1) * WIDTH), side, side, deflate),
  );
  await writeFile(at("images.parquet"), imageFile(images, Array.from(labels, (y) => y % 3)));
  const args = [
    "train",
    "--data",
    at("images.parquet"),
    "--out",
    at("runs"),
    ...SMALL.slice(0, -1),
  ];
  const options = [...args, "--epochs", "40", "--memory", "20kB", "--clusters", "4"];
  const whole = await asterism([...options, "--name", "all"]);
  assert.is(whole.code, 0, whole.err);
  assert.match(whole.err, "more than 20 kB of memory: read from their files again in each epoch");
  const stopped = await asterism([...options, "--name", "stopped"], /pretraining [2-9]\//);
  assert.is(stopped.code, 130, stopped.err);
  const resumed = await asterism(["train", "--resume", at("runs", "stopped"), "--quiet"]);
  assert.is(resumed.code, 0, resumed.err);
  assert.equal(await codes("stopped"), await codes("all"));
});

test("bad input", async () => {
  const data = await writeTable(at("table.parquet"), { rows: 600 });
  const refused = (what: string, code: 1 | 2, pattern: RegExp, ...args: string[]) =>
    refuses(what, code, pattern, ["train", ...args, "--data", data, "--out", at("no"), ...SMALL]);
  await refused("no size", 2, /--memory must be a size such as .*, got "much"/, "--memory", "much");
  await refused("none", 2, /--memory must be a size/, "--memory", "0GB");
  await refused("too little", 1, /a row .* has 16 bytes, .* at least 128$/m, "--memory", "100");
  await refused("nearest rows", 1, /nearest rows of .*--memory/, "siamese", "--memory", "2kB");
  await writeTable(at("bad.parquet"), {
    rows: 600,
    spoil: (columns) => columns[1][555] = Infinity,
  });
  const { code, err } = await train(at("bad.parquet"), "bad", "--memory", "2kB");
  assert.is(code, 1, err);
  assert.match(err, /^asterism: .*bad.parquet, row 555 .*"x1": the value is Infinity[^\n]*\n$/);
});

test.run();
