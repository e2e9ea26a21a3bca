/** `asterism predict`: every way to get it wrong, and Ctrl-C. */

import { mkdir, readdir, writeFile } from "node:fs/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parquetFile } from "../data/fixtures.ts";
import { asterism, refuses, writeTable } from "./asterism.ts";
import { images, Runs, SMALL } from "./runs.ts";

const test = suite("predict, bad input");

const runs = new Runs();
const at = (...names: string[]) => runs.at(...names);

test.before(async () => {
  await runs.make();
  await writeTable(at("table.parquet"));
  await writeFile(at("images.parquet"), images(60));
  await runs.train(at("table.parquet"), "table", "autoencoder", "2", "--hidden", "16");
  const conv = ["--network", "conv", "--channels", "4,8", "--clusters", "3"];
  await runs.train(at("images.parquet"), "images", "siamese", "1", ...conv);
});
test.after(() => runs.remove());

const REFUSED: [what: string, code: 1 | 2, sentence: RegExp, args: () => string[]][] = [
  ["no model named", 2, /--model is missing/, () => ["--input", at("table.parquet")]],
  ["no input named", 2, /--input is missing/, () => ["--model", at("runs", "table")]],
  ["an unknown option", 2, /did you mean --input\?/, () => ["--inptu", "x"]],
  ["a word too many", 2, /unexpected "now"/, () => ["now"]],
  ["an unknown format", 2, /--formats must be some of parquet, .*, got "xls"/, () => [
    "--formats",
    "xls",
  ]],
  [
    "a model that is not there",
    1,
    /nowhere: there is no such file or folder/,
    () => ask({ model: at("nowhere") }),
  ],
  [
    "a folder without a model",
    1,
    /there is no model in .*: name the folder of a finished/,
    () => ask({ model: at("runs") }),
  ],
  [
    "a file that is no model",
    1,
    /table\.parquet is no model of Asterism: name the folder of a run of train, or its/,
    () => ask({ model: at("table.parquet") }),
  ],
  [
    "a stopped run",
    1,
    /holds a run that was stopped.*train --resume/,
    () => ask({ model: at("stopped") }),
  ],
  [
    "a model of a stopped run",
    1,
    /has no clusters: its run was stopped/,
    () => ask({ model: at("stopped", "model.safetensors") }),
  ],
  ["a missing input", 1, /no file .*nowhere\.parquet/, () => ask({ input: at("nowhere.parquet") })],
  ["an empty input", 1, /empty\.parquet has no rows/, () => ask({ input: at("empty.parquet") })],
  [
    "a column that is missing",
    1,
    /short\.parquet.*"x3"/,
    () => ask({ input: at("short.parquet") }),
  ],
  ["infinity in a column", 1, /inf\.parquet.*x2/, () => ask({ input: at("inf.parquet") })],
  ["images for a table", 1, /images\.parquet.*"x0"/, () => ask({ input: at("images.parquet") })],
  [
    "a table for images",
    1,
    /takes images of 8 x 8 x 1, and .* has none/,
    () => ask({ model: at("runs", "images") }),
  ],
  [
    "images of another size",
    1,
    /images of 9 x 9 x 1, and the model takes images of 8 x 8 x 1/,
    () => ask({ model: at("runs", "images"), input: at("large.parquet") }),
  ],
  [
    "an image column for a table",
    2,
    /--image is for models of images/,
    () => [...ask({}), "--image", "x1"],
  ],
  [
    "a name that is taken",
    2,
    /holds a finished run: choose another --output/,
    () => [...ask({}), "--output", at("runs", "table")],
  ],
  [
    "an output below a file",
    1,
    /cannot write to .*table\.parquet/,
    () => [...ask({}), "--output", at("table.parquet", "x.csv")],
  ],
  [
    "an output of no known kind",
    2,
    /a folder or a \.parquet, \.csv or \.npy file, got "x\.tsv"/,
    () => [...ask({}), "--output", at("x.tsv")],
  ],
  [
    "two formats",
    2,
    /--formats has no effect: the end of --output, \.csv/,
    () => [...ask({}), "--output", at("x.csv"), "--formats", "csv"],
  ],
  [
    "the input as output",
    2,
    /--output and --input are the same file/,
    () => [...ask({}), "--output", at("table.parquet")],
  ],
];

function ask({ model = at("runs", "table"), input = at("table.parquet") }): string[] {
  return ["--model", model, "--input", input];
}

test("bad input: one sentence and the right exit code", async () => {
  await writeFile(at("empty.parquet"), parquetFile([{ name: "x0", data: [], type: "DOUBLE" }]));
  const three = [0, 1, 2].map((j) => ({ name: `x${j}`, data: [1, 2], type: "DOUBLE" as const }));
  await writeFile(at("short.parquet"), parquetFile(three));
  await writeTable(at("inf.parquet"), { spoil: (columns) => columns[2][17] = Infinity });
  await writeFile(at("large.parquet"), images(3, 9));
  const long = ["--data", at("table.parquet"), "--out", runs.path, "--name", "stopped"];
  const { code } = await asterism(
    ["train", ...long, ...SMALL, "--hidden", "16", "--epochs", "100000", "--device", "wasm"],
    /pretraining \d+\/100000/,
  );
  assert.is(code, 130);
  const before = await readdir(at("runs"));
  for (const [what, code, sentence, args] of REFUSED) {
    await refuses(what, code, sentence, ["predict", "--quiet", ...args()]);
  }
  assert.equal(await readdir(at("runs")), before);
});

test("a file that cannot be written: none of the others is left", async () => {
  // Written after the assignments.
  await mkdir(at("blocked", "embedding.npy"), { recursive: true });
  const { code, err } = await runs.predict(
    ...[at("runs", "table"), at("table.parquet"), "--output", at("blocked")] as const,
  );
  assert.is(code, 1);
  assert.match(err, /^asterism: cannot write .*embedding\.npy: .*\n$/);
  assert.equal(await readdir(at("blocked")), ["embedding.npy"]);
});

test("Ctrl-C: stops in a sentence, and leaves nothing", async () => {
  await runs.train(at("table.parquet"), "wide", "autoencoder", "1", "--hidden", "1000,1000");
  const input = await writeTable(at("many.parquet"), { rows: 40_000 });
  const args = ["--model", at("runs", "wide"), "--input", input, "--device", "wasm"];
  const { code, err } = await asterism(
    ["predict", ...args, "--output", at("halted")],
    /predict +\d+%/,
  );
  assert.is(code, 130, err);
  assert.match(err, /\nstopped: nothing was written\n$/);
  assert.not((await readdir(runs.path)).includes("halted"));
});

test.run();
