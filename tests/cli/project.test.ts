/** `asterism project` as a person uses it: real processes, real files. */

import { readdir, readFile } from "node:fs/promises";
import { parquetReadObjects } from "hyparquet";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeNpy, encodeNpy } from "../../shell/data/index.ts";
import { asterism, type Outcome, refuses } from "./asterism.ts";
import { CLASSES, COUNT, type Folder, makeFolder, ROWS } from "./matrices.ts";

const test = suite("project");

let folder: Folder;
test.before(async () => void (folder = await makeFolder()));
test.after(() => folder.remove());

const project = (...args: string[]): Promise<Outcome> =>
  asterism(["project", "--out", folder.at("runs"), "--device", "wasm", ...args]);

test("a map as .npy and as a table with ids and classes; --json prints what run.json has", async () => {
  const { code, out, err } = await project(
    ...["--input", folder.at("rows.parquet"), "--name", "map", "--json"],
  );
  assert.is(code, 0, err);
  assert.match(err, /90 rows in 2 dimensions/);
  const names = ["components.npy", "projection.npy", "projection.parquet", "run.json"];
  assert.equal((await readdir(folder.at("runs/map"))).sort(), names);
  const { path, ...printed } = JSON.parse(out);
  assert.is(path, folder.at("runs/map"));
  assert.equal(printed, JSON.parse(await readFile(folder.at("runs/map/run.json"), "utf8")));
  assert.equal([printed.command, printed.method, printed.status], ["project", "pca", "finished"]);
  assert.ok(printed.result["explained variance"] > 0.5);
  const map = decodeNpy(new Uint8Array(await readFile(folder.at("runs/map/projection.npy"))));
  assert.equal(map.shape, [COUNT, 2]);
  const bytes = new Uint8Array(await readFile(folder.at("runs/map/projection.parquet")));
  const rows = await parquetReadObjects({ file: bytes.buffer });
  assert.equal(Object.keys(rows[0]), ["id", "x", "y", "label"]);
  rows.forEach(({ id, x, y, label }, i) => {
    assert.equal([id, x, y], [i, map.data[2 * i], map.data[2 * i + 1]]);
    assert.is(label, CLASSES[i]);
  });
});

test("a map can be clustered like any matrix, without its ids", async () => {
  const first = await project(
    "--input",
    folder.at("rows.csv"),
    "--dimensions",
    "1",
    "--name",
    "d1",
  );
  assert.is(first.code, 0, first.err);
  assert.match(first.out, /explained variance +0\.\d+\n/);
  const args = ["--input", folder.at("runs/d1/projection.parquet"), "--name", "again", "--json"];
  const { code, out, err } = await asterism(
    ["cluster", "--out", folder.at("runs"), "--device", "wasm", ...args],
  );
  assert.is(code, 0, err);
  assert.equal(JSON.parse(out).data.columns, ["x"]);
});

test("t-SNE: a map with its divergence, progress per iteration; Ctrl-C leaves nothing", async () => {
  const tsne = (...args: string[]) => ["tsne", "--input", folder.at("rows.csv"), ...args];
  const common = ["--out", folder.at("runs"), "--device", "wasm"];
  const { code, out, err } = await asterism(
    ["project", ...tsne("--iterations", "60", "--perplexity", "10", "--name", "tsne"), ...common],
  );
  assert.is(code, 0, err);
  assert.match(err, /tsne +\d+% {2}(nearest neighbours|iteration \d+\/60)/);
  assert.match(out, /^KL divergence +\d\.\d+\niterations +60\n/);
  const run = JSON.parse(await readFile(folder.at("runs/tsne/run.json"), "utf8"));
  assert.equal(run.result.history.map(({ iteration }: { iteration: number }) => iteration), [
    50,
    60,
  ]);
  const endless = tsne("--iterations", "1000000", "--perplexity", "10", "--name", "stopped");
  const stopped = await asterism(["project", ...endless, ...common], /tsne +0%/);
  assert.is(stopped.code, 130, stopped.err);
  assert.match(stopped.err, /stopped: nothing was written\n$/);
  assert.not((await readdir(folder.at("runs"))).includes("stopped"));
});

test("few rows: the usual perplexity and neighbours shrink, and a note says so", async () => {
  const few = await folder.write("twelve.npy", encodeNpy(ROWS.slice(0, 24), [12, 2]));
  const expected: Record<string, [string, RegExp, RegExp]> = {
    tsne: [
      "iterations",
      /^note: --perplexity is 3.66, a third of the other 11 rows, instead of 30\n$/,
      /\nperplexity +3\.66/,
    ],
    umap: [
      "epochs",
      /^note: --neighbours is 12, all rows, instead of 15: there are no more\n$/,
      /^neighbours +12\n/,
    ],
  };
  for (const [method, [steps, note, figure]] of Object.entries(expected)) {
    const { code, out, err } = await asterism([
      ...["project", method, "--input", few, "--out", folder.at("runs"), "--device", "wasm"],
      ...["--name", `few-${method}`, `--${steps}`, "20", "--quiet"],
    ]);
    assert.is(code, 0, err);
    assert.match(err, note);
    assert.match(out, figure);
  }
});

test("UMAP: a map of three dimensions, progress per epoch", async () => {
  const { code, out, err } = await asterism([
    ...["project", "umap", "--input", folder.at("rows.csv"), "--dimensions", "3", "--epochs", "40"],
    ...["--out", folder.at("runs"), "--device", "wasm", "--name", "umap"],
  ]);
  assert.is(code, 0, err);
  assert.match(err, /umap +\d+% {2}(nearest neighbours|epoch \d+\/40)/);
  assert.match(out, /^neighbours +15\n/);
  const map = decodeNpy(new Uint8Array(await readFile(folder.at("runs/umap/projection.npy"))));
  assert.equal(map.shape, [COUNT, 3]);
  assert.ok(map.data.every(Number.isFinite));
});

test("bad input: one sentence and the right exit code", async () => {
  const npy = folder.at("rows.npy");
  await folder.write("few.csv", "x,y\n1,2\n2,4\n4,3\n");
  const cases: [string, 1 | 2, RegExp, string[]][] = [
    ["no input", 2, /--input is missing/, []],
    ["an unknown method", 2, /unknown method "tsn": the methods are pca, tsne, umap/, [
      "--method",
      "tsn",
    ]],
    ["an option of another method", 2, /--whiten has no effect on tsne: .* option of pca/, [
      ...["--method", "tsne", "--input", npy, "--whiten"],
    ]],
    ["too few rows for any perplexity", 1, /tsne needs at least 5 rows, got 3: take pca/, [
      ...["--method", "tsne", "--input", folder.at("few.csv")],
    ]],
    ["dimensions of no map", 2, /--dimensions must be 2 or 3 for tsne, got 4/, [
      ...["--method", "tsne", "--input", npy, "--dimensions", "4"],
    ]],
    ["a gap wider than the map", 2, /--min-dist must be at most --spread, 1, got 2/, [
      ...["--method", "umap", "--input", npy, "--min-dist", "2"],
    ]],
    ["no dimensions", 2, /--dimensions must be an integer from 1/, ["--dimensions", "0"]],
    ["too many dimensions", 2, /--dimensions must be at most .* columns, 2, for pca, got 3/, [
      ...["--input", npy, "--dimensions", "3"],
    ]],
    ["a seed without use", 2, /--seed has no effect with --solver covariance/, [
      ...["--input", npy, "--solver", "covariance", "--seed", "3"],
    ]],
  ];
  for (const [what, code, pattern, args] of cases) {
    const common = ["--quiet", "--out", folder.at("refused"), "--device", "wasm"];
    await refuses(what, code, pattern, ["project", ...args, ...common]);
  }
  assert.equal(await readdir(folder.at("refused")), []);
});

test.run();
