/** Slips that a person makes on the command line: refused in a sentence, or told of. */

import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { asterism, refuses } from "./asterism.ts";
import { Runs, SMALL } from "./runs.ts";

const test = suite("slips");

const runs = new Runs();
const at = (...names: string[]) => runs.at(...names);

/** Customers of two kinds: of the classes one has groups, one is different in each row. */
const customers = (n: number) =>
  Array.from({ length: n }, (_, i) => `${i % 2 + i / 100},${i % 3 - i / 90},c${i},${"ab"[i % 2]}`);

test.before(async () => {
  await runs.make();
  const write = (name: string, lines: string[]) =>
    writeFile(at(name), `u,v,customer_id,kind\n${lines.join("\n")}\n`);
  await write("customers.csv", customers(30));
  await write("sorted.csv", customers(30).sort((a, b) => a.at(-1)! < b.at(-1)! ? -1 : 1));
  await write("nearly.csv", [...customers(30), "1,1,c0,a"]);
});
test.after(() => runs.remove());

const train = (...args: string[]) => ["train", ...args, "--out", at("runs"), "--device", "wasm"];
const from = (name: string) => ["--data", at(name)];

test("a class for each row: refused; for most of them: a note", async () => {
  const label = ["--label", "customer_id", "--quiet"];
  const each =
    /"customer_id" of .*s\.csv has another class for each of 30 rows: name one .* --drop/;
  await refuses("clusters", 1, each, train(...from("customers.csv"), ...label));
  await refuses("classifier", 1, each, train("classifier", ...from("customers.csv"), ...label));
  const nearly = await asterism(train(...from("nearly.csv"), ...SMALL, ...label, "--plan"));
  assert.is(nearly.code, 0, nearly.err);
  assert.match(nearly.err, /^note: the column "customer_id" has 30 classes for 31 rows: [^\n]+\n$/);
  const sorted = [...from("sorted.csv"), "--label", "kind"];
  const one = await asterism(train(...sorted, ...SMALL, "--limit", "4", "--plan"));
  assert.match(one.err, /\nclasses: kind, 1 of them for all rows, so scores by it tell nothing\n/);
  const kind = await asterism(
    train(...from("customers.csv"), ...SMALL, "--label", "kind", "--quiet", "--plan"),
  );
  assert.equal([kind.code, kind.err], [0, ""]);
});

test("pairs where triplets are wanted: refused", async () => {
  const pairs = Array.from({ length: 4 }, (_, i) => `${i},${i + 1},${i % 2}`).join("\n");
  await writeFile(at("pairs.csv"), `row,other,same\n${pairs}\n`);
  await writeFile(at("bare.csv"), `a,b,c\n${pairs}\n`);
  const data = [...from("customers.csv"), "--label", "kind", "--quiet", "--plan"];
  for (const name of ["pairs.csv", "bare.csv"]) {
    const sentence = new RegExp(
      `${name} has pairs .* where train triplet needs anchor, .* siamese`,
    );
    await refuses(name, 1, sentence, train("triplet", ...data, "--pairs", at(name)));
  }
  const siamese = await asterism(train("siamese", ...data, "--pairs", at("pairs.csv")));
  assert.is(siamese.code, 0, siamese.err);
});

test("a file as a word: the option that was meant", async () => {
  const file = at("customers.csv");
  const cases: [string, string[]][] = [
    [`unknown method "${file}": did you mean --data ${file}?`, ["train", file]],
    [`unexpected "${file}": did you mean --data ${file}?`, ["train", "dec", file]],
    ['unknown method "nowhere/x": did you mean --data nowhere/x?', ["train", "nowhere/x"]],
    ['unknown method "shell": did you mean --data shell?', ["train", "shell"]],
    [`unknown algorithm "${file}": did you mean --input ${file}?`, ["cluster", file]],
    [`unexpected "${file}": did you mean --input ${file}?`, ["predict", file]],
  ];
  for (const [sentence, args] of cases) {
    const got = await asterism(args);
    assert.equal([got.code, got.err], [2, `asterism: ${sentence}\n`]);
  }
  await refuses("a word", 2, /unknown method "decc": the methods are/, ["train", "decc"]);
});

test("options that are wrong by themselves: told before anything is read or made", async () => {
  await mkdir(at("runs", "taken"), { recursive: true });
  await writeFile(at("runs", "taken", "run.json"), '{"status": "finished"}');
  const out = ["--out", at("runs")], nowhere = at("nowhere.csv");
  const commands: Record<string, string[]> = {
    train: ["train", "--data", nowhere],
    cluster: ["cluster", "--input", nowhere],
    project: ["project", "--input", nowhere],
  };
  const below = ["--out", at("customers.csv", "x")];
  for (const [name, args] of Object.entries(commands)) {
    await refuses(name, 2, /--name must be letters/, [...args, ...out, "--name", "a/b"]);
    await refuses(name, 2, /taken holds a finished run/, [...args, ...out, "--name", "taken"]);
    await refuses(name, 1, /cannot write to .*customers\.csv/, [...args, ...below]);
    await refuses(name, 1, /nowhere\.csv/, [...args, "--out", at("unmade")]);
  }
  assert.not.ok((await readdir(at())).includes("unmade"));
  const predict = ["predict", "--model", nowhere, "--input", nowhere, "--output"];
  const kinds = /--output must be a folder or a \.parquet, \.csv or \.npy file, got "o\.txt"/;
  await refuses("output", 2, kinds, [...predict, at("o.txt")]);
  await refuses("output", 2, /taken holds a finished run/, [...predict, at("runs", "taken")]);
  const range = ["--min", "5", "--max", "2"];
  const empty = /--min must be at most --max, 2, got 5/;
  await refuses("choose-k", 2, empty, ["choose-k", "--input", nowhere, ...range]);
});

test("few distinct rows: a note on clusters without a row; a single row is no rows", async () => {
  await writeFile(at("three.csv"), `u,v\n${"1,0\n2,5\n3,1\n".repeat(4)}`);
  const few = [...from("three.csv"), ...SMALL, "--hidden", "8", "--epochs", "1", "--name", "few"];
  const got = await asterism(train("autoencoder", ...few));
  assert.is(got.code, 0, got.err);
  assert.match(got.err, /note: only [123] of 10 clusters have rows: take fewer --clusters/);
  const { warnings } = JSON.parse(await readFile(at("runs", "few", "run.json"), "utf8"));
  assert.match(warnings.at(-1), /^only [123] of 10 clusters have rows/);
  await writeFile(at("one.csv"), "u,v\n1,0\n");
  const one = await asterism(["choose-k", "--input", at("one.csv"), "--device", "wasm"]);
  assert.match(one.err, /1 row read\n/);
  assert.match(one.err, /one\.csv: 1 row of 2\n/);
  assert.match(one.err, /1 cluster recommended/);
});

test("no rows to test on: how to have some", async () => {
  const classifier = ["classifier", "--hidden", "4", "--epochs", "1", "--label", "kind"];
  const none = await asterism(train(...classifier, ...from("customers.csv"), "--name", "none"));
  assert.is(none.code, 0, none.err);
  const note = /note: the data have no split called test, .* such as test\.csv beside train\.csv/;
  assert.match(none.err, note);
  await mkdir(at("split"));
  for (const name of ["train.csv", "test.csv"]) {
    await copyFile(at("customers.csv"), at("split", name));
  }
  const both = await asterism(train(...classifier, ...from("split"), "--name", "both"));
  assert.is(both.code, 0, both.err);
  assert.match(both.out, /\ntest accuracy /);
  assert.not.match(both.err, /no split/);
});

test("an option of another command: the one of this", async () => {
  await refuses("project", 2, /unknown option --output: did you mean --out\?/, [
    ...["project", "--input", at("customers.csv"), "--output", at("x")],
  ]);
});

test("rows that take more memory than they may and cannot be read in parts: a note", async () => {
  await writeFile(at("customers.csv.gz"), gzipSync(await readFile(at("customers.csv"))));
  const plan = train("--plan", ...from("customers.csv.gz"), ...SMALL, "--label", "kind");
  const note =
    /memory: the rows take [\d.]+ MB, more than the [\d.]+ MB allowed, because features,/;
  const little = await asterism([...plan, "--memory", "100B"]);
  assert.is(little.code, 0, little.err);
  assert.match(little.err, note);
  assert.not.match((await asterism([...plan, "--memory", "1MB"])).err, note);
});

test("an empty folder: said so", async () => {
  await mkdir(at("empty"));
  const sentence = /empty has no .* IDX file, and no \.png or \.jpg image: name a folder that/;
  await refuses("empty", 1, sentence, train("--data", at("empty"), "--quiet"));
});

test.run();
