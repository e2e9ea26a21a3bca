/** The command line as a person uses it: real processes, real files. */

import type { Buffer } from "node:buffer";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeNpy, decodeSafetensors } from "../../shell/data/index.ts";
import {
  asterism,
  DIM,
  N,
  type Outcome,
  refuses,
  replaced,
  type TableOptions,
  writeTable,
} from "./asterism.ts";

const test = suite("train");

let folder = "";
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "asterism-cli-"));
});
test.after(() => rm(folder, { recursive: true, force: true }));

/** Three groups of rows, as a Parquet table; `spoil` may change a value. */
function table(name: string, spoil?: TableOptions["spoil"]): Promise<string> {
  return writeTable(join(folder, name), { spoil });
}

const SMALL = [
  "--hidden",
  "16",
  "--embedding",
  "3",
  "--epochs",
  "30",
  "--batch",
  "32",
  "--device",
  "wasm",
];

function train(data: string, ...more: string[]): Promise<Outcome> {
  return asterism(["train", "--data", data, "--out", join(folder, "runs"), ...SMALL, ...more]);
}

test("a table: files that others can read, and a short report", async () => {
  const { code, out, err } = await train(await table("table.parquet"), "--name", "table");
  assert.is(code, 0, err);
  for (const word of ["silhouette", "accuracy", "nmi", "ari", "written to"]) {
    assert.match(out, word);
  }
  const at = (name: string) => join(folder, "runs", "table", name);
  assert.equal((await readdir(join(folder, "runs", "table"))).sort(), [
    "assignments.parquet",
    "embedding.npy",
    "gallery.json",
    "model.json",
    "model.safetensors",
    "report.html",
    "run.json",
  ]);
  const run = JSON.parse(await readFile(at("run.json"), "utf8"));
  assert.is(run.status, "finished");
  assert.is(run.settings.seed, 1);
  assert.ok(run.metrics.accuracy > 0.95, `accuracy ${run.metrics.accuracy}`);
  assert.is(run.losses.pretraining.length, 30);
  assert.is(run.data.rows, N);
  assert.ok(run.versions.asterism && run.versions.runtime && run.device.description);
  assert.ok(run.seconds.training >= 0);
  const embedding = decodeNpy(new Uint8Array(await readFile(at("embedding.npy"))));
  assert.equal(embedding.shape, [N, 3]);
  const { tensors } = decodeSafetensors(new Uint8Array(await readFile(at("model.safetensors"))));
  assert.equal(tensors["encoder.0.weight"].shape, [DIM, 16]);
  const file = new Uint8Array(await readFile(at("assignments.parquet"))).buffer;
  const rows = await parquetReadObjects({ file });
  assert.equal(
    Object.keys(rows[0]).join(),
    "id,label,cluster,confidence,distance,x,y,embedding",
  );
  assert.is(rows.length, N);
  assert.is(rows[4].label, "b");
});

test("the same seed gives the same bytes with one worker and with two", async () => {
  const data = await table("table.parquet");
  const bytes: Buffer[][] = [];
  for (const workers of ["1", "2"]) {
    const name = `workers${workers}`;
    const { code, err } = await train(data, "--name", name, "--workers", workers, "--seed", "7");
    assert.is(code, 0, err);
    const files = ["assignments.parquet", "embedding.npy", "model.safetensors"];
    bytes.push(await Promise.all(files.map((f) => readFile(join(folder, "runs", name, f)))));
  }
  bytes[0].forEach((one, i) => assert.ok(one.equals(bytes[1][i]), `file ${i}`));
});

test("Ctrl-C: stops in a sentence, keeps the model, leaves nothing half-written", async () => {
  const data = await table("table.parquet");
  const runs = join(folder, "runs");
  const args = ["train", "--data", data, "--out", runs, ...replaced(SMALL, ["--epochs", "100000"])];
  const { code, err } = await asterism([...args, "--name", "stopped"], /pretraining \d+\/100000/);
  assert.is(code, 130, err);
  assert.match(err, /stopped; the model as trained so far is in /);
  const names = (await readdir(join(runs, "stopped"))).sort();
  assert.equal(names, ["checkpoint.safetensors", "model.json", "model.safetensors", "run.json"]);
  assert.is(
    JSON.parse(await readFile(join(runs, "stopped", "run.json"), "utf8")).status,
    "stopped",
  );
  const model = await readFile(join(runs, "stopped", "model.safetensors"));
  const { tensors } = decodeSafetensors(new Uint8Array(model));
  assert.ok(tensors["decoder.1.bias"].data.every(Number.isFinite));
});

/** What must be said, in one line and without a stack trace, for what arguments. */
const REFUSED: [string, 1 | 2, RegExp, (path: (name: string) => string) => string[]][] = [
  [
    "an unknown option",
    2,
    /unknown option --epoch: did you mean --epochs\?/,
    () => ["--epoch", "3"],
  ],
  ["an option far from any", 2, /unknown option --frobnicate: .*--help/, () => ["--frobnicate"]],
  [
    "no clusters",
    2,
    /--clusters must be an integer from 1 to 65536, got "0"/,
    () => ["--clusters", "0"],
  ],
  [
    "a word for a number",
    2,
    /--epochs must be an integer .*, got "ten"/,
    () => ["--epochs", "ten"],
  ],
  ["a missing value", 2, /--seed needs a value/, () => ["--seed"]],
  [
    "an unknown device",
    2,
    /--device must be one of auto, webgpu, wasm, got "gpu"/,
    () => ["--device", "gpu"],
  ],
  ["an unknown data set", 1, /unknown data set "mnsit": give "mnist"/, () => ["--data", "mnsit"]],
  ["a missing file", 1, /no file .*nowhere\.parquet/, (at) => ["--data", at("nowhere.parquet")]],
  ["a truncated file", 1, /cut\.parquet/, (at) => ["--data", at("cut.parquet")]],
  ["a file that is not Parquet", 1, /text\.parquet/, (at) => ["--data", at("text.parquet")]],
  [
    "a word among numbers",
    1,
    /word\.csv, row 3 .*line 5.*column "b": the value is "four", but the column has finite numbers/,
    (at) => ["--data", at("word.csv")],
  ],
  ["infinity in the data", 1, /inf\.parquet.*x0/, (at) => ["--data", at("inf.parquet")]],
  [
    "more clusters than rows",
    2,
    /--clusters must be at most the number of rows, 300, got 301/,
    (at) => ["--data", at("good.parquet"), "--clusters", "301"],
  ],
  [
    "a folder that cannot be made",
    1,
    /cannot write to .*good\.parquet/,
    (at) => ["--data", at("good.parquet"), "--out", join(at("good.parquet"), "runs")],
  ],
  [
    "no adapter of that name",
    1,
    /voodoo/,
    (at) => ["--data", at("good.parquet"), "--device", "webgpu", "--adapter", "voodoo"],
  ],
];

test("bad input: one sentence and the right exit code", async () => {
  const good = await table("good.parquet");
  await writeFile(join(folder, "word.csv"), "a,b\n1,2\n2,2.5\n3,4\n4,four\n5,1\n6,2\n");
  await table("inf.parquet", (columns) => columns[0][3] = Infinity);
  const bytes = await readFile(good);
  await writeFile(join(folder, "cut.parquet"), bytes.subarray(0, bytes.length >> 1));
  await writeFile(join(folder, "text.parquet"), "this is not a Parquet file\n");
  for (const [what, code, pattern, args] of REFUSED) {
    const more = args((name) => join(folder, name));
    const out = ["--out", join(folder, "refused")];
    await refuses(what, code, pattern, ["train", "--quiet", ...replaced(out, more)]);
  }
  const left = await readdir(join(folder, "refused")).catch(() => []);
  assert.equal(left.flatMap((name) => name), left.filter((name) => !name.endsWith(".tmp")));
});

test("a name that is taken, an unknown command, an unknown method", async () => {
  const data = await table("table.parquet");
  const taken = await train(data, "--name", "table");
  assert.is(taken.code, 2);
  assert.match(taken.err, /holds a finished run: choose another --name/);
  assert.match((await asterism(["fly"])).err, /unknown command "fly"/);
  assert.match((await asterism(["train", "kmeens"])).err, /unknown method "kmeens"/);
});

test("help on every command, and the program of a step", async () => {
  for (const args of [["--help"], ["train", "--help"], ["train", "classifier", "--help"]]) {
    const { code, out } = await asterism(args);
    assert.is(code, 0);
    assert.match(out, /Usage: asterism/);
  }
  assert.match(
    (await asterism(["train", "--help"])).out,
    /--workers N +threads of the WebAssembly/,
  );
  const { out } = await train(await table("table.parquet"), "--plan", "--name", "plan");
  assert.match(out, /^plan pretraining, batch 32: \d+ calls/);
  assert.match(out, /dense_grad_w/);
});

test("the classifier: a loss for each epoch, unless nothing shall be said", async () => {
  const data = await table("classes.parquet");
  const args = ["train", "classifier", "--data", data, "--out", join(folder, "runs")];
  const few = ["--device", "wasm", "--epochs", "2", "--hidden", "8"];
  const told = await asterism([...args, ...few, "--name", "told"]);
  assert.match(told.out, /^epoch 1 {2}loss \d\.\d+\nepoch 2 /);
  const report = await readFile(join(folder, "runs", "told", "report.html"), "utf8");
  for (
    const part of ["predicted classes", "Predicted classes against the known classes", "PCA 1"]
  ) {
    assert.ok(report.includes(part), part);
  }
  assert.not.match(report, /[^<]cluster 0/);
  const quiet = await asterism([...args, ...few, "--name", "quiet", "--quiet"]);
  assert.is(quiet.code, 0, quiet.err);
  assert.match(quiet.out, /^loss /);
});

test("the classifier needs classes", async () => {
  const data = await table("table.parquet");
  const args = ["train", "classifier", "--data", data, "--out", join(folder, "runs")];
  const { code, out, err } = await asterism([...args, "--name", "classes", "--epochs", "40"]);
  assert.is(code, 0, err);
  assert.match(out, /epoch 40 {2}loss 0\.\d+/);
  const none = await asterism([...args, "--label", "nothing", "--quiet"]);
  assert.is(none.code, 1);
  assert.match(none.err, /nothing/);
});

test.run();
