/** `asterism train METHOD`: which method, what it reads, stopping and going on. */

import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { CHECKPOINT, readCheckpoint } from "../../shell/cli/checkpoint_file.ts";
import { helpOf } from "../../shell/cli/options.ts";
import { OPTIONS } from "../../shell/cli/train_options.ts";
import { encodeModel } from "../../shell/data/index.ts";
import { encodeSafetensors } from "../../shell/data/safetensors.ts";
import { METHODS } from "../../shell/methods/methods.ts";
import { conv, type Layer, mlp } from "../../shell/nn/layers.ts";
import { rejects } from "../data/fixtures.ts";
import { randoms } from "../harness.ts";
import { asterism, N, type Outcome, refuses, writeTable } from "./asterism.ts";

const test = suite("train methods");

let folder = "", good = "";
const at = (...names: string[]) => join(folder, ...names);

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "asterism-methods-"));
  good = await writeTable(at("good.parquet"));
});
test.after(() => rm(folder, { recursive: true, force: true }));

const SMALL = ["--hidden", "16", "--embedding", "3", "--batch", "32", "--starts", "2"];

/** Runs `train ARGS` on a table with a small network. */
function train(data: string, name: string, ...args: string[]): Promise<Outcome> {
  const [method, ...more] = args;
  const where = ["--data", data, "--out", at("runs"), "--name", name, "--device", "wasm"];
  return asterism(["train", method, ...where, ...SMALL, ...more]);
}

const file = (run: string, name: string) => readFile(at("runs", run, name));

/** Asserts that two runs left the same files. */
async function same(a: string, b: string, names: string[]): Promise<void> {
  for (const name of names) {
    assert.ok((await file(a, name)).equals(await file(b, name)), `${name} of ${a} and ${b}`);
  }
}

test("options without effect are refused, each with its reason", async () => {
  const wrong: [args: string[], sentence: RegExp][] = [
    [
      ["dec", "--gamma", "1"],
      /--gamma has no effect on dec: it is an option of idec and dcn, leave it out/,
    ],
    [["autoencoder", "--network", "conv", "--hidden", "9"], /--hidden is for --network dense/],
    [["idec", "--channels", "8,8"], /--channels is for --network conv/],
    [["siamese", "--mining", "hard"], /--mining has no effect on siamese: .* option of triplet/],
    [["triplet", "--mining", "hard"], /--mining is for --pairs labels/],
    [["siamese", "--pairs", "labels", "--neighbours", "3"], /--neighbours is for --pairs neig/],
    [["dcn", "--reconstruct", "clean"], /--reconstruct is for --augment/],
    [["dec", "--pretrained", "m", "--epochs", "2"], /--epochs is of the first phase, which --pre/],
    [["dec", "--device", "wasm", "--adapter", "x"], /--adapter is for --device webgpu/],
    [["dec", "--device", "webgpu", "--workers", "2"], /--workers is for --device wasm/],
  ];
  for (const [args, sentence] of wrong) {
    // Before the data are looked for.
    const { code, err } = await asterism(["train", ...args, "--data", at("missing.parquet")]);
    assert.is(code, 2, args.join(" "));
    assert.match(err, sentence);
    assert.match(err, /leave it out\n$/);
  }
});

test("a pre-trained model with other layers: the options that match, before data are read", async () => {
  const tensor = { shape: [1], data: new Float32Array(1) };
  const write = async (name: string, encoder: Layer[] | undefined, tensors: string[]) => {
    const named = Object.fromEntries(tensors.map((tensorName) => [tensorName, tensor]));
    const options = encoder ? { encoder } : {};
    await writeFile(at(name), encodeModel({ method: name.split(".")[0], options, tensors: named }));
    return at(name);
  };
  const layers = conv([{ channels: 8, kernel: 5, stride: 2 }, { channels: 9 }]);
  const images = await write("autoencoder.st", [...layers, ...mlp([10])], ["decoder.0.weight"]);
  const pairs = await write("siamese.st", mlp([16, 3], { activation: "tanh" }), []);
  const normal = await write("triplet.st", mlp([16, 3], { normalise: true, unit: true }), []);
  const classes = await write("classifier.st", undefined, []);
  const cases: [string, string[], RegExp][] = [
    [images, ["dcn"], /give --network conv --channels 8,9 to match them\n/],
    [images, ["dec", "--network", "conv"], /give --channels 8,9 to match them\n/],
    [pairs, ["dec", "--embedding", "3"], /give --hidden 16 --activation tanh to match them\n/],
    [normal, ["dec", "--hidden", "16"], /give --embedding 3 --batch-norm to match them\n/],
    [pairs, ["idec"], /has no decoder, and idec goes on reconstructing: name an autoencoder/],
    [classes, ["dec"], /is a model of classifier, which makes no codes to refine: name one/],
    [at("none.st"), ["dec"], /cannot read .*none\.st: there is no such file/],
  ];
  for (const [path, args, sentence] of cases) {
    const rest = ["--pretrained", path, "--data", at("missing.parquet"), "--quiet"];
    await refuses(`${args}`, 1, sentence, ["train", ...args, ...rest]);
  }
});

test("the help of a method lists what it takes", async () => {
  const lists: Record<string, [string[], string[]]> = {
    dec: [["--alpha"], ["--gamma", "--mining"]],
    idec: [["--gamma"], ["--mining"]],
    siamese: [["--margin"], ["--mining", "--gamma"]],
    triplet: [["--mining"], ["--gamma"]],
  };
  for (const [method, [has, lacks]] of Object.entries(lists)) {
    const { out } = await asterism(["train", method, "--help"]);
    for (const option of has) assert.match(out, `\n  ${option} `, method);
    for (const option of lacks) assert.not.match(out, option, method);
  }
});

test("pairs and triplets of a file: learned from, and refused where they point nowhere", async () => {
  const write = (name: string, text: string) => writeFile(at(name), text);
  // Rows of one class lie three apart.
  const rows = Array.from({ length: 120 }, (_, i) => i);
  await write(
    "pairs.csv",
    `a,b,same\n${rows.flatMap((i) => [[i, i + 3, 1], [i, i + 1, 0]]).join("\n")}\n`,
  );
  await write(
    "triplets.tsv",
    `a\tp\tn\n${rows.map((i) => `${i}\t${i + 3}\t${i + 1}`).join("\n")}\n`,
  );
  for (const [method, file] of [["siamese", "pairs.csv"], ["triplet", "triplets.tsv"]]) {
    const got = await train(good, `from-${file}`, method, "--pairs", at(file), "--epochs", "20");
    assert.is(got.code, 0, got.err);
    const { metrics } = JSON.parse(`${await readFile(at("runs", `from-${file}`, "run.json"))}`);
    assert.ok(metrics.accuracy > 0.9, `${method}: ${metrics.accuracy}`);
  }
  await write("far.csv", "a,b,same\n0,1,1\n0,300,0\n");
  await write("gone.csv", "a,p,n\n0,3,1\n0,300,4\n");
  await write("two.csv", "a,b\n0,1\n");
  await write("mark.csv", "a,b,same\n0,1,2\n");
  const wrong: [method: string, pairs: string, code: number, sentence: RegExp][] = [
    [
      "siamese",
      at("far.csv"),
      1,
      /far\.csv, row 1: there is no row 300 in .*, whose rows are 0 to 299/,
    ],
    ["triplet", at("gone.csv"), 1, /gone\.csv, row 1: there is no row 300/],
    [
      "siamese",
      at("two.csv"),
      1,
      /two\.csv must have 3 columns, row, other row, .*, got 2 columns/,
    ],
    ["siamese", at("mark.csv"), 1, /mark\.csv, row 0: column 3 must be 1 .* or 0, got 2/],
    ["triplet", "lables", 2, /--pairs must be neighbours, labels, or a \.csv, .*, got "lables"/],
  ];
  for (const [method, pairs, code, sentence] of wrong) {
    const got = await train(good, "refused", method, "--pairs", pairs);
    assert.is(got.code, code, got.err);
    assert.match(got.err, sentence);
  }
});

test("a method is named by a word or by --method", async () => {
  const more = ["--epochs", "3", "--refine-epochs", "2"];
  const word = await train(good, "word", "dec", ...more);
  assert.is(word.code, 0, word.err);
  const option = await train(good, "option", "--method=dec", ...more);
  assert.is(option.code, 0, option.err);
  await same("word", "option", ["embedding.npy", "assignments.parquet", "model.safetensors"]);
  const run = JSON.parse(`${await file("word", "run.json")}`);
  assert.is(run.method, "dec");
  assert.equal(Object.keys(run.losses), ["pretraining", "refinement"]);
  assert.ok(["stable", "epochs", "guard", "collapsed"].includes(run.stopReason), run.stopReason);
  assert.type(run.metrics["accuracy before"], "number");
  assert.not((await readdir(at("runs", "word"))).includes(CHECKPOINT));
});

test("unlabelled methods do not read the classes: shuffled ones change nothing", async () => {
  const order = randoms(N, 3);
  const labels = Array.from({ length: N }, (_, i) => "abc"[i % 3])
    .map((label, i) => ({ label, key: order[i] })).sort((a, b) => a.key - b.key);
  const shuffled = await writeTable(at("shuffled.parquet"), {
    labels: labels.map(({ label }) => label),
  });
  for (const method of ["dec", "siamese"]) {
    const more = [method, "--epochs", "3"];
    for (const [data, name] of [[good, `${method}-1`], [shuffled, `${method}-2`]]) {
      const { code, err } = await train(data, name, ...more);
      assert.is(code, 0, err);
    }
    await same(`${method}-1`, `${method}-2`, ["embedding.npy", "model.safetensors"]);
    const [one, two] = await Promise.all([1, 2].map(async (i) => {
      const bytes = new Uint8Array(await file(`${method}-${i}`, "assignments.parquet"));
      const rows = await parquetReadObjects({ file: bytes.buffer });
      return rows.map(({ id, cluster, distance }) => ({ id, cluster, distance }));
    }));
    assert.equal(one, two);
  }
});

// Long enough to be stopped; no look at all rows, which could end the refinement early.
const LONG = ["--epochs", "600", "--refine-epochs", "600", "--interval", "1000000"];

test("stopped twice by Ctrl-C and resumed: the bytes of a run that was never stopped", async () => {
  const whole = await train(good, "whole", "dec", ...LONG);
  assert.is(whole.code, 0, whole.err);
  const where = ["--data", good, "--out", at("runs"), "--name", "parts", "--device", "wasm"];
  const first = await asterism(["train", "dec", ...where, ...SMALL, ...LONG], /pretraining 9\//);
  assert.is(first.code, 130, first.err);
  assert.match(first.err, /stopped; the model as trained so far is in .*: go on with --resume /);
  const path = at("runs", "parts");
  await cp(path, at("stopped"), { recursive: true });
  const { checkpoint, method, rows } = await readCheckpoint(path);
  assert.equal([checkpoint.phase, method, rows], ["pretraining", "dec", N]);
  const second = await asterism(["train", "--resume", path], /refinement 9\//);
  assert.is(second.code, 130, second.err);
  assert.is((await readCheckpoint(path)).checkpoint.phase, "refinement");
  // The number of workers makes no difference.
  const third = await asterism(["train", "dec", "--resume", path, "--workers", "1", "--quiet"]);
  assert.is(third.code, 0, third.err);
  await same("whole", "parts", ["embedding.npy", "assignments.parquet", "model.safetensors"]);
  const [a, b] = await Promise.all(
    ["whole", "parts"].map(async (name) => JSON.parse(`${await file(name, "run.json")}`)),
  );
  assert.equal(a.losses, b.losses);
  assert.is(b.status, "finished");
  assert.not((await readdir(path)).includes(CHECKPOINT));
});

test("a checkpoint that is damaged", async () => {
  const bytes = await readFile(at("stopped", CHECKPOINT));
  const spoilt = async (content: Uint8Array, sentence: RegExp) => {
    await writeFile(at(CHECKPOINT), content);
    await rejects(() => readCheckpoint(folder), sentence);
  };
  await spoilt(bytes.subarray(0, 1000), /is not a valid safetensors file/);
  await spoilt(encodeSafetensors({}), /does not say what run it is of: start the run again/);
  for (
    const state of [
      "{",
      "null",
      '{"method":"dec"}',
      '{"method":"toString","values":{},"rows":1,"phase":"x","epoch":1,"step":1}',
      '{"method":"dec","values":{},"rows":1,"phase":"x","epoch":-1,"step":1,"parts":{}}',
    ]
  ) {
    await spoilt(encodeSafetensors({}, { asterism_run: state }), /does not say what run/);
  }
  await rm(at(CHECKPOINT));
});

/** What must be said, in one line, for what arguments of `train`. */
const REFUSED: [string[], number, RegExp][] = [
  [["dec", "--method", "idec"], 2, /two methods are named, dec and idec: name one/],
  [["--method", "dbscan"], 2, /unknown method "dbscan": the methods are autoencoder, dec,/],
  [["--resume", "NOWHERE"], 1, /there is no checkpoint in NOWHERE: name the folder of a stopped/],
  [["--resume", "STOPPED", "--epochs", "9"], 2, /settings of the stopped run: leave out --epochs/],
  [["--resume", "STOPPED", "--seed=2"], 2, /leave out --seed/],
  [["idec", "--resume", "STOPPED"], 2, /STOPPED holds a run of dec, not of idec: leave/],
  [["--data", "GOOD", "--network", "conv"], 2, /--network conv is for images, and .* is a table/],
  [["dec", "--data", "GOOD", "--augment"], 2, /--augment is for images, and .* is a table/],
  [["siamese", "--data", "PLAIN", "--pairs", "labels"], 1, /has no column with classes: name it/],
  [["triplet", "--data", "ONE", "--pairs", "labels"], 1, /need two classes or more, got 1/],
  [["classifier", "--data", "ONE"], 1, /classes must be an integer of at least 2, got 1/],
  [["siamese", "--margin", "-1"], 2, /--margin must be a number from .*, got "-1"/],
  [
    ["dec", "--data", "PLAIN", "--clusters", "400"],
    2,
    /--clusters must be at most .* 300, got 400/,
  ],
];

test("bad input: one sentence and the right exit code", async () => {
  await writeTable(at("plain.parquet"), { labels: null });
  await writeTable(at("one.parquet"), { labels: new Array(N).fill("a") });
  const names: Record<string, string> = {
    NOWHERE: at("nowhere"),
    STOPPED: at("stopped"),
    GOOD: good,
    PLAIN: at("plain.parquet"),
    ONE: at("one.parquet"),
  };
  const insert = (text: string) =>
    text.replace(/[A-Z]{3,}/, (name) => names[name]?.replaceAll("\\", "\\\\") ?? name);
  for (const [args, code, sentence] of REFUSED) {
    const where = args.includes("--resume") ? [] : ["--out", at("refused")];
    const got = await asterism(["train", ...args.map(insert), ...where, "--quiet"]);
    assert.is(got.code, code, `${args}: ${got.err}`);
    assert.match(got.err, new RegExp(insert(sentence.source)), `${args}`);
    assert.match(got.err, /^asterism: [^\n]+\n$/, `${args}: one line`);
  }
  assert.equal(await readdir(at("refused")).catch(() => []), [], "nothing is left");
  await rm(good);
  await writeTable(good, { rows: 200 });
  const { code, err } = await asterism(["train", "--resume", at("stopped"), "--quiet"]);
  assert.is(code, 1);
  assert.match(err, /has 200 rows now, and had 300 when the run was stopped: go on with the same/);
});

test("every method has help for each of its options, and the program of a step", async () => {
  assert.equal(Object.keys(OPTIONS), Object.keys(METHODS));
  for (const [method, options] of Object.entries(OPTIONS)) {
    const text = helpOf(options);
    for (const name of Object.keys(options)) assert.match(text, `--${name}`, method);
  }
  const { code, out } = await asterism(["train", "idec", "--help"]);
  assert.is(code, 0);
  for (const word of ["Options of idec:", "--gamma", "improved deep embedded clustering"]) {
    assert.match(out, word);
  }
  const plan = await train(good, "plan", "siamese", "--plan");
  assert.is(plan.code, 0, plan.err);
  assert.match(plan.out, /^plan training, batch 32: \d+ calls/);
  assert.match(plan.out, /contrastive_grad/);
});

test.run();
