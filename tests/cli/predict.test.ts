/** `asterism predict`: what train found is found again; new rows; every way to get it wrong. */

import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { csvParse } from "d3-dsv";
import { parquetReadObjects } from "hyparquet";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeNpy } from "../../shell/data/index.ts";
import { encodeGrayPng } from "../../shell/data/png.ts";
import { deflate } from "../../shell/data/zlib.ts";
import { imageFile, parquetFile } from "../data/fixtures.ts";
import { randoms } from "../harness.ts";
import { asterism, N, type Outcome, refuses, writeTable } from "./asterism.ts";

const test = suite("predict");

let folder = "";
const at = (...names: string[]) => join(folder, ...names);
const file = (...names: string[]) => readFile(at(...names));

const SMALL = ["--embedding", "3", "--batch", "32", "--starts", "2"];

/** Images of 8 x 8 pixels with a bright bar, of three kinds. */
function images(count: number, size = 8): Uint8Array {
  const noise = randoms(count * size * size, 8, 0, 60);
  const pngs = Array.from({ length: count }, (_, i) => {
    const pixels = Uint8Array.from(
      { length: size * size },
      (_, at) => noise[i * size * size + at] + (Math.floor(at / size / 3) === i % 3 ? 190 : 0),
    );
    return encodeGrayPng(pixels, size, size, deflate);
  });
  return imageFile(pngs, pngs.map((_, i) => i % 3));
}

/** Trains a method for some epochs. */
async function train(data: string, name: string, ...args: string[]): Promise<void> {
  const [method, epochs, ...more] = args;
  const where = ["--data", data, "--out", at("runs"), "--name", name, "--device", "wasm"];
  const small = ["--epochs", epochs, "--quiet", ...method === "classifier" ? [] : SMALL];
  const { code, err } = await asterism(["train", method, ...where, ...small, ...more]);
  assert.is(code, 0, err);
}

function predict(model: string, input: string, ...more: string[]): Promise<Outcome> {
  const args = ["--model", model, "--input", input, "--device", "wasm", "--quiet", ...more];
  return asterism(["predict", ...args]);
}

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "asterism-predict-"));
  await writeTable(at("table.parquet"));
  await writeFile(at("images.parquet"), images(60));
  const all = ["--formats", "parquet,npy,csv,tsv"];
  await train(at("table.parquet"), "table", "autoencoder", "10", "--hidden", "16", ...all);
  await train(at("table.parquet"), "classes", "classifier", "10", "--hidden", "12");
});
test.after(() => rm(folder, { recursive: true, force: true }));

/** Files of the results, which must be those of the run to the byte. */
async function same(run: string, found: string, names: string[]): Promise<void> {
  for (const name of names) {
    assert.ok((await file("runs", run, name)).equals(await file(found, name)), `${run}: ${name}`);
  }
}

test("a table: the files of the run again, whatever the number of workers", async () => {
  for (const workers of ["0", "2", "3"]) {
    const out = `again${workers}`;
    const more = ["--formats", "parquet,npy,csv,tsv", "--workers", workers, "--output", at(out)];
    const { code, out: told, err } = await predict(
      at("runs", "table"),
      at("table.parquet"),
      ...more,
    );
    assert.is(code, 0, err);
    for (const word of [/cluster +rows +share/, /accuracy +/, /written to +/]) {
      assert.match(told, word);
    }
    const names = [
      ...["assignments.csv", "assignments.parquet", "embedding.npy", "metadata.tsv"],
      ...["run.json", "vectors.tsv"],
    ];
    assert.equal((await readdir(at(out))).sort(), names);
    await same("table", out, names.filter((name) => name !== "run.json"));
  }
});

test("images, a convolutional dec: the run's clusters, from its model file alone", async () => {
  const conv = ["--network", "conv", "--channels", "4,8", "--clusters", "3"];
  const refined = ["--refine-epochs", "2", "--normalise", "cosine"];
  await train(at("images.parquet"), "images", "dec", "5", ...conv, ...refined);
  const model = at("model.safetensors");
  await cp(at("runs", "images", "model.safetensors"), model);
  const { code, err } = await predict(model, at("images.parquet"), "--output", at("images"));
  assert.is(code, 0, err);
  await same("images", "images", ["assignments.parquet", "embedding.npy"]);
});

test("a classifier: the names of classes, their probability, the share that is right", async () => {
  const out = ["--output", at("classes"), "--json"];
  const got = await predict(at("runs", "classes"), at("table.parquet"), ...out);
  assert.is(got.code, 0, got.err);
  await same("classes", "classes", ["assignments.parquet", "embedding.npy"]);
  const { metrics, result, path, command } = JSON.parse(got.out);
  assert.is(command, "predict");
  assert.is(path, at("classes"));
  const bytes = new Uint8Array(await file("classes", "assignments.parquet"));
  const rows = await parquetReadObjects({ file: bytes.buffer });
  assert.equal(
    Object.keys(rows[0]).join(),
    "id,label,cluster,predicted,confidence,x,y,embedding",
  );
  const right = rows.filter(({ label, predicted }) => label === predicted).length;
  assert.is(metrics.accuracy, right / N);
  assert.ok(metrics.accuracy > 0.9, `${metrics.accuracy}`);
  assert.is(Object.values<number>(result.sizes).reduce((a, b) => a + b), N);
});

test("new rows: no classes, other columns beside, one file", async () => {
  const columns = [3, 2, 1, 0].map((j) => ({
    name: `x${j}`,
    data: Float64Array.of((j + 1) % 5, 0, (2 * (j + 1)) % 5),
    type: "DOUBLE" as const,
  }));
  const spare = { name: "spare", data: ["p", "q", "r"], type: "STRING" as const };
  await writeFile(at("new.parquet"), parquetFile([spare, ...columns]));
  const csv = at("new.csv");
  const got = await predict(at("runs", "table"), at("new.parquet"), "--output", csv);
  assert.is(got.code, 0, got.err);
  assert.not.match(got.out, /accuracy/);
  const rows = csvParse(await readFile(csv, "utf8"));
  // The rows of the table that they are like.
  const like = csvParse(await readFile(at("runs", "table", "assignments.csv"), "utf8"));
  assert.equal(rows.map(({ cluster }) => cluster), [1, 0, 2].map((i) => like[i].cluster));
  const npy = at("new.npy");
  assert.is((await predict(at("runs", "table"), at("new.parquet"), "--output", npy)).code, 0);
  assert.equal(decodeNpy(new Uint8Array(await readFile(npy))).shape, [3, 3]);
});

test("the map: the model's by default, another if asked for, none", async () => {
  const places = async (...more: string[]) => {
    const out = at("map.csv");
    const args = [at("table.parquet"), "--output", out, ...more];
    const got = await predict(at("runs", "table"), args[0], ...args.slice(1));
    assert.is(got.code, 0, got.err);
    return csvParse(await readFile(out, "utf8")).map(({ x, y }) => `${x} ${y}`);
  };
  const own = await places();
  const half = await places("--limit", "150");
  assert.equal(half, own.slice(0, 150), "places do not depend on the other rows");
  assert.is((await places("--map", "none"))[0], "undefined undefined");
  const other = await places("--map", "tsne");
  assert.is(new Set(other).size > N / 2, true);
  assert.is.not(other[0], own[0]);
});

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
    /table\.parquet is not a valid safetensors file/,
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
  const long = ["--data", at("table.parquet"), "--out", folder, "--name", "stopped"];
  const { code } = await asterism(
    ["train", ...long, ...SMALL, "--hidden", "16", "--epochs", "100000", "--device", "wasm"],
    /pretraining \d+\/100000/,
  );
  assert.is(code, 130);
  for (const [what, code, sentence, args] of REFUSED) {
    await refuses(what, code, sentence, ["predict", "--quiet", ...args()]);
  }
  const left = await readdir(at("runs"));
  assert.equal(left.sort(), ["classes", "images", "table"]);
});

test("Ctrl-C: stops in a sentence, and leaves nothing", async () => {
  await train(at("table.parquet"), "wide", "autoencoder", "1", "--hidden", "1000,1000");
  const input = await writeTable(at("many.parquet"), { rows: 40_000 });
  const args = ["--model", at("runs", "wide"), "--input", input, "--device", "wasm"];
  const { code, err } = await asterism(
    ["predict", ...args, "--output", at("halted")],
    /predict +\d+%/,
  );
  assert.is(code, 130, err);
  assert.match(err, /\nstopped: nothing was written\n$/);
  assert.not((await readdir(folder)).includes("halted"));
});

test("help", async () => {
  const { code, out } = await asterism(["predict", "--help"]);
  assert.is(code, 0);
  assert.match(out, /Usage: asterism predict --model RUN --input PATH/);
  assert.match(out, /--output DIR\|FILE/);
});

test.run();
