/** Tables that people know, as a person clusters them: real files, real processes. */

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeModel } from "../../shell/data/index.ts";
import { asterism, refuses, start } from "./asterism.ts";

const test = suite("train tables");

let folder = "";
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "asterism-tables-"));
});
test.after(() => rm(folder, { recursive: true, force: true }));

/** Palmer penguins (Gorman et al. 2014, CC0), as vega-datasets has them; iris (Fisher 1936). */
const data = (name: string) => join("tests", "data", "golden", `${name}.csv`);
const SMALL = ["--hidden", "16", "--embedding", "3", "--activation", "tanh", "--batch", "16"];

async function train(name: string, seed: number, ...more: string[]) {
  const run = `${name}-${seed}`;
  const { code, err } = await asterism([
    ...["train", "dcn", "--data", data(name), ...SMALL, "--epochs", "100", "--device", "wasm"],
    ...["--workers", "1", "--out", folder, "--name", run, "--seed", `${seed}`, ...more],
  ]);
  assert.is(code, 0, err);
  const json = JSON.parse(await readFile(join(folder, run, "run.json"), "utf8"));
  return { err, metrics: json.metrics, notes: json.data.notes };
}

test("penguins: species are found again, with what was dropped, filled and made of columns", async () => {
  for (const seed of [1, 2, 3]) {
    const { err, metrics, notes } = await train("penguins", seed, "--drop", "Sex");
    assert.ok(metrics.ari >= 0.9, `ARI ${metrics.ari} with seed ${seed}`);
    assert.equal(notes, [
      "columns: numeric Beak Length (mm), Beak Depth (mm), Flipper Length (mm), Body Mass (g); " +
      "categorical Island (3)",
      "dropped: Sex (as told)",
      "missing: Beak Length (mm) 2, Beak Depth (mm) 2, Flipper Length (mm) 2, Body Mass (g) 2; " +
      "filled with the mean",
    ]);
    notes.forEach((note: string) => assert.ok(err.includes(note), note));
    assert.match(err, /classes: Species, 3 of them/);
  }
  const bytes = new Uint8Array(await readFile(join(folder, "penguins-1", "model.safetensors")));
  const { kind, names, inputs } = decodeModel(bytes).preprocessing as Record<string, string[]>;
  assert.equal([kind, names.length, inputs.length], ["table", 7, 5]);
});

test("iris: species are found again from centimetres as they are", async () => {
  for (const seed of [1, 2]) {
    const { metrics } = await train("iris", seed, "--scale", "none");
    assert.ok(metrics.ari >= 0.7, `ARI ${metrics.ari} with seed ${seed}`);
  }
});

/** Pipes text into `train --data -`. */
async function pipe(text: string, ...args: string[]) {
  const child = start(
    ["train", "--data", "-", "--out", folder, "--plan", ...args],
    {},
    undefined,
    "pipe",
  );
  let out = "", err = "";
  child.stdout!.on("data", (bytes) => out += bytes);
  child.stderr!.on("data", (bytes) => err += bytes);
  // A program that refuses its options does not read.
  child.stdin!.on("error", () => {});
  child.stdin!.end(text);
  const code = await new Promise((resolve) => child.on("close", resolve));
  return { code, out, err };
}

test("standard input: by its bytes, or as it is told; bad rows left out and counted", async () => {
  const iris = await readFile(data("iris"), "utf8");
  const found = await pipe(iris);
  assert.is(found.code, 0, found.err);
  assert.match(found.err, /standard input: 150 rows of 4\n.*\nclasses: species, 3 of them/);
  const bad = await pipe(`${iris}1,2,3\n1,2,x,4,setosa\n`, "--format", "csv", "--skip-bad-rows");
  assert.is(bad.code, 0, bad.err);
  assert.match(
    bad.err,
    /skipped: 2 bad rows; the first: standard input, row 150 .*line 152\) has 3/,
  );
  const quiet = ["--format", "csv", "--skip-bad-rows", "--quiet"];
  const lost = await pipe(`${iris}1,2,3\n`, ...quiet);
  assert.match(lost.err, /^note: skipped: 1 bad row; the first: standard input, row 150 .*\n$/);
  assert.is((await pipe(iris, ...quiet)).err, "");
  const refused = await pipe(`${iris}1,2,3\n`);
  assert.is(refused.code, 1);
  assert.match(
    refused.err,
    /asterism: standard input, row 150 .* or leave such rows out with --skip-/,
  );
  assert.match((await pipe("")).err, /asterism: standard input is empty: pipe a table into it\n$/);
  const strange = await pipe("\0\0\0");
  assert.match(
    strange.err,
    /asterism: standard input is of no kind .* name its kind with --format/,
  );
});

/** What must be said for what arguments. */
const REFUSED: [1 | 2, RegExp, string[]][] = [
  [1, /penguins.csv has no column "Sexx": did you mean Sex\?/, ["--drop", "Sexx"]],
  [1, /penguins.csv has no column "species": did you mean Species\?/, ["--label", "species"]],
  [1, /penguins.csv has no column "Zoo": its columns are Species, Island/, ["--id", "Zoo"]],
  [2, /--drop names "Sex" twice: name it once/, ["--drop", "Sex,Sex"]],
  [2, /--drop must be names with commas between, got "Sex,"/, ["--drop", "Sex,"]],
  [2, /--categorical and --drop both name "Sex"/, ["--categorical", "Sex", "--drop", "Sex"]],
  [2, /--missing must be one of mean, median, .*, got "zero"/, ["--missing", "zero"]],
];

test("bad input: one sentence and the right exit code", async () => {
  for (const [code, sentence, args] of REFUSED) {
    const all = ["train", "--data", data("penguins"), "--out", folder, "--quiet", ...args];
    await refuses(args.join(" "), code, sentence, all);
  }
  const texts = join(folder, "texts.csv");
  await writeFile(texts, "body\none two three four\ntwo three four five\nsix five four three\n");
  const few = ["train", "--data", texts, "--out", folder, "--quiet"];
  await refuses("scale", 2, /--scale is for tables, and .*has texts/, [...few, "--scale", "none"]);
});

test.run();
