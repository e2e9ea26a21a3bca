/** `asterism cluster` as a person uses it: real processes, real files. */

import { readdir, readFile } from "node:fs/promises";
import { parquetReadObjects } from "hyparquet";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeNpy, encodeNpy } from "../../shell/data/index.ts";
import { randoms } from "../harness.ts";
import { all, readXml } from "../report/xml.ts";
import { asterism, type Outcome, refuses } from "./asterism.ts";
import { CLASSES, COUNT, csvOf, type Folder, makeFolder, ROWS } from "./matrices.ts";

const test = suite("cluster");

let folder: Folder;
test.before(async () => void (folder = await makeFolder()));
test.after(() => folder.remove());

const cluster = (...args: string[]): Promise<Outcome> =>
  asterism(["cluster", "--out", folder.at("runs"), "--device", "wasm", ...args]);

test("each kind of file: a table of sizes, figures, a folder with the results", async () => {
  for (const kind of ["npy", "csv", "parquet"]) {
    const { code, out, err } = await cluster(
      ...["--input", folder.at(`rows.${kind}`), "--clusters", "3", "--name", kind],
    );
    assert.is(code, 0, err);
    assert.match(err, /90 rows of [24]/, kind);
    assert.match(out, /^cluster {2}rows {2}share\n0 +30 +33\.3%\n1 +30 +33\.3%\n2 +30 /, kind);
    for (const name of ["inertia", "silhouette", "written to"]) assert.match(out, name, kind);
    // The .npy file has no classes.
    assert.is(/accuracy +1\n/.test(out), kind !== "npy", kind);
    const names = await readdir(folder.at(`runs/${kind}`));
    assert.equal(names.sort(), ["assignments.parquet", "centres.npy", "run.json"]);
  }
  const bytes = new Uint8Array(await readFile(folder.at("runs/csv/assignments.parquet")));
  const rows = await parquetReadObjects({ file: bytes.buffer });
  assert.is(rows.length, COUNT);
  const centres = decodeNpy(new Uint8Array(await readFile(folder.at("runs/csv/centres.npy"))));
  assert.equal(centres.shape, [3, 2]);
  rows.forEach(({ id, label, cluster, distance }, i) => {
    assert.is(id, i);
    assert.is(label, CLASSES[i]);
    const [x, y] = [0, 1].map((j) => ROWS[2 * i + j] - centres.data[2 * cluster + j]);
    assert.ok(Math.abs(distance - Math.hypot(x, y)) < 1e-5, `distance of row ${i}`);
  });
});

test("--json prints one object, which run.json has, too; progress is on standard error", async () => {
  const { code, out, err } = await cluster(
    ...[
      "--algorithm",
      "kmeans",
      "--input",
      folder.at("rows.npy"),
      "--classes",
      folder.at("rows.csv:kind"),
    ],
    ...["--name", "json", "--json", "--standardise", "--seed", "3"],
  );
  assert.is(code, 0, err);
  assert.match(err, /kmeans +3 clusters/);
  const { path, ...printed } = JSON.parse(out);
  assert.is(path, folder.at("runs/json"));
  assert.equal(printed, JSON.parse(await readFile(folder.at("runs/json/run.json"), "utf8")));
  assert.is(printed.status, "finished");
  assert.is(printed.algorithm, "kmeans");
  assert.equal([printed.settings.seed, printed.settings.standardise], [3, true]);
  assert.equal(printed.data.classes.names, ["a", "b", "c"]);
  assert.equal(printed.result.sizes, { 0: 30, 1: 30, 2: 30 });
  assert.equal([printed.metrics.accuracy, printed.metrics.nmi, printed.metrics.ari], [1, 1, 1]);
  assert.ok(printed.metrics.silhouette > 0.8 && printed.metrics.silhouette < 1);
});

test("options that are given twice, columns with two uses: exit code 2", async () => {
  const cases: [RegExp, string[]][] = [
    [/--clusters is given twice: give it once/, ["--clusters", "3", "--clusters=4"]],
    [/--columns names "x" twice: name it once/, ["--columns", "x,y, x"]],
    [/--columns and --label both name "y": leave it out of one/, [
      ...["--columns", "x,y", "--label", "y"],
    ]],
  ];
  for (const [pattern, args] of cases) {
    await refuses(`${pattern}`, 2, pattern, [
      ...["cluster", "--input", folder.at("rows.csv"), "--quiet", ...args],
    ]);
  }
});

test("DBSCAN: noise, core points, and what is said if everything is noise", async () => {
  const dbscan = (...args: string[]) =>
    asterism([
      ...["cluster", "dbscan", "--input", folder.at("rows.csv"), "--out", folder.at("runs")],
      ...["--device", "wasm", "--json", ...args],
    ]);
  const { code, out, err } = await dbscan("--eps", "0.2", "--min-points", "4", "--name", "dbscan");
  assert.is(code, 0, err);
  const { result, warnings } = JSON.parse(out);
  assert.ok(result.noise > 0 && result.clusters >= 3);
  assert.match(warnings.join("\n"), /\d+ of 90 rows are noise and are left out/);
  const bytes = new Uint8Array(await readFile(folder.at("runs/dbscan/assignments.parquet")));
  const rows = await parquetReadObjects({ file: bytes.buffer });
  assert.equal(Object.keys(rows[0]), ["id", "label", "cluster", "core"]);
  // By the definition: 4 rows or more within eps, itself among them.
  const near = (i: number, j: number) =>
    Math.hypot(ROWS[2 * i] - ROWS[2 * j], ROWS[2 * i + 1] - ROWS[2 * j + 1]) <= 0.2;
  const core = rows.map((_, i) => rows.filter((_, j) => near(i, j)).length >= 4);
  rows.forEach((row, i) => {
    assert.is(row.core, core[i], `core ${i}`);
    const reached = core[i] || rows.some((_, j) => core[j] && near(i, j));
    assert.is(row.cluster >= 0, reached, `noise ${i}`);
  });
  const knee = await dbscan("--name", "knee");
  assert.match(knee.err, /note: --eps 0\.\d+ is the knee of the sorted distances/);
  assert.ok(JSON.parse(knee.out).metrics.accuracy > 0.9);
  const curve = decodeNpy(new Uint8Array(await readFile(folder.at("runs/knee/k_distances.npy"))));
  assert.equal(curve.shape, [COUNT]);
  const drawn = all(
    readXml(await readFile(folder.at("runs/knee/k_distances.svg"), "utf8")),
    "text",
  );
  assert.ok(drawn.some(({ text }) => text.startsWith("eps 0.")));
  const none = await dbscan("--eps", "1e-6", "--name", "noise", "--quiet");
  assert.is(none.code, 0, none.err);
  assert.match(none.err, /note: every point is noise: .* choose a larger eps/);
  assert.equal(JSON.parse(none.out).result.sizes, { "-1": COUNT });
});

test("hierarchical: cut by number or height, and the tree as scipy's linkage matrix", async () => {
  const cut = async (name: string, ...args: string[]) => {
    const { code, out, err } = await cluster(
      ...["--algorithm", "hierarchical", "--input", folder.at("rows.csv"), "--json", "--quiet"],
      ...["--linkage", "average", "--name", name, ...args],
    );
    assert.is(code, 0, err);
    return JSON.parse(out);
  };
  const three = await cut("three");
  assert.equal([three.result.clusters, three.metrics.accuracy], [3, 1]);
  assert.equal((await cut("low", "--height", "2")).result.sizes, three.result.sizes);
  assert.is((await cut("high", "--height", "9")).result.clusters, 1);
  const tree = decodeNpy(new Uint8Array(await readFile(folder.at("runs/three/linkage.npy"))));
  assert.equal(tree.shape, [COUNT - 1, 4]);
  assert.is(tree.data.at(-1), COUNT);
  assert.is(tree.data.at(-2), three.result["highest merge"]);
  const drawn = readXml(await readFile(folder.at("runs/three/dendrogram.svg"), "utf8"));
  assert.ok(all(drawn, "path").length > 20);
});

test("a mixture: the probability of each row's cluster", async () => {
  const args = ["--algorithm", "mixture", "--input", folder.at("rows.csv"), "--name", "mixture"];
  const { code, out, err } = await cluster(...args, "--covariance", "diagonal", "--quiet");
  assert.is(code, 0, err);
  assert.match(out, /log-likelihood +-\d.*\nbic +\d+\.\d+\naic /);
  assert.match(out, /accuracy +1\n/);
  const file = (name: string) => readFile(folder.at(`runs/mixture/${name}`));
  const all = decodeNpy(new Uint8Array(await file("probabilities.npy")));
  assert.equal(all.shape, [COUNT, 3]);
  const bytes = new Uint8Array(await file("assignments.parquet"));
  const rows = await parquetReadObjects({ file: bytes.buffer });
  rows.forEach(({ cluster, probability }, i) => {
    const own = all.data.subarray(3 * i, 3 * i + 3);
    assert.is(probability, own[cluster]);
    assert.is(probability, Math.max(...own));
  });
});

test("the same seed gives the same bytes with one worker and with two", async () => {
  const files: Uint8Array[] = [];
  for (const workers of ["1", "2"]) {
    const name = `workers${workers}`;
    const args = ["--input", folder.at("rows.csv"), "--quiet", "--workers", workers];
    const { code, err } = await cluster(...args, "--name", name);
    assert.is(code, 0, err);
    assert.is(err, "");
    files.push(await readFile(folder.at(`runs/${name}/assignments.parquet`)));
  }
  assert.equal(files[0], files[1]);
});

test("notes: constant columns, fewer distinct rows than clusters, an undefined silhouette", async () => {
  const few = await folder.write("few.csv", "x,y,z\n1,7,0\n2,7,0\n1,7,0\n2,7,0\n");
  const args = ["--input", few, "--json", "--quiet"];
  const three = await cluster(...args, "--clusters", "3", "--name", "few");
  assert.is(three.code, 0, three.err);
  assert.match(three.err, /note: of 3 columns 2 are constant \(y, z\): they tell no row from/);
  assert.match(
    three.err,
    /note: .*found 2 clusters, asked for 3: .* distinct points/,
  );
  const { result, warnings } = JSON.parse(three.out);
  assert.equal([result.clusters, result.inertia], [2, 0]);
  assert.ok(warnings.length >= 2);
  const one = await cluster(...args, "--clusters", "1", "--name", "one");
  assert.match(one.err, /note: silhouette: undefined for one cluster/);
  assert.is(JSON.parse(one.out).metrics.silhouette, null);
  const all = await cluster(...args, "--clusters", "1", "--silhouette", "none", "--name", "none");
  assert.not.match(all.err, /silhouette/);
});

test("Ctrl-C: exit code 130, a sentence, nothing written", async () => {
  const n = 20_000, width = 16;
  const input = await folder.write("large.npy", encodeNpy(randoms(n * width, 1), [n, width]));
  const args = ["--clusters", "50", "--starts", "1000", "--tolerance", "0", "--name", "stopped"];
  const { code, out, err } = await asterism(
    ["cluster", "--input", input, "--out", folder.at("runs"), "--device", "wasm", ...args],
    /start \d+\/1000/,
  );
  assert.is(code, 130, err);
  assert.match(err, /stopped: nothing was written\n$/);
  assert.is(out, "");
  assert.not((await readdir(folder.at("runs"))).includes("stopped"));
});

test("bad input: one sentence and the right exit code", async () => {
  const csv = folder.at("rows.csv"), npy = folder.at("rows.npy");
  const spoilt = async (name: string, value: string) => {
    const values = Array.from(ROWS, String);
    values[2 * 17 + 1] = value;
    return await folder.write(name, csvOf(values));
  };
  const nan = Float32Array.from(ROWS);
  nan[2 * 17 + 1] = NaN;
  const short = await folder.write("short.csv", "cluster\n1\n2\n");
  const same = await folder.write("same.csv", "x,y\n1,2\n1,2\n");
  const three = ["--clusters", "3"];
  const cases: [string, 1 | 2, RegExp, string[]][] = [
    ["no input", 2, /--input is missing: name a file such as points.csv/, three],
    ["no number of clusters", 2, /--clusters is missing: say how many/, ["--input", npy]],
    ["no clusters", 2, /--clusters must be an integer from 1/, ["--clusters", "0"]],
    [
      "more clusters than rows",
      2,
      /--clusters must be at most the number of rows, 90, got 91/,
      ["--input", npy, "--clusters", "91"],
    ],
    ["an unknown algorithm", 2, /unknown algorithm "kmeens": .*kmeans/, ["--algorithm", "kmeens"]],
    ["an option of another algorithm", 2, /--eps has no effect on kmeans: .* option of dbscan/, [
      ...["--input", npy, "--eps", "1"],
    ]],
    ["two ways to cut", 2, /--clusters and --height both cut the tree: leave one out/, [
      ...["--algorithm", "hierarchical", "--input", npy, ...three, "--height", "2"],
    ]],
    ["Ward of angles", 2, /--linkage ward is for --metric euclidean/, [
      ...["--algorithm", "hierarchical", "--input", npy, ...three, "--metric", "cosine"],
    ]],
    ["an eps of 0", 2, /--eps must be a number from .*got "0"/, [
      ...["--algorithm", "dbscan", "--input", npy, "--eps", "0"],
    ]],
    ["an unknown option", 2, /unknown option --starst: did you mean --starts\?/, ["--starst", "3"]],
    ["a device without use", 2, /--adapter is for --device webgpu: leave it out/, [
      ...["--input", npy, "--adapter", "x"],
    ]],
    ["a stray word", 2, /unexpected "extra"/, ["--input", npy, "extra"]],
    ["a missing file", 1, /cannot read .*none\.npy: there is no such file/, [
      ...["--input", folder.at("none.npy")],
    ]],
    ["a missing value", 1, /missing\.csv, row 17 .*line 19.*column "y": .* missing/, [
      ...["--input", await spoilt("missing.csv", "")],
    ]],
    ["a word", 1, /word\.csv, row 17 .*column "y": the value is "two"/, [
      ...["--input", await spoilt("word.csv", "two")],
    ]],
    ["NaN", 1, /nan\.npy, row 17, column 1 .*the value is NaN/, [
      ...["--input", await folder.write("nan.npy", encodeNpy(nan, [COUNT, 2]))],
    ]],
    ["no such column", 1, /rows\.csv has no column "q": its columns are x, y, kind/, [
      ...["--input", csv, "--columns", "x,q"],
    ]],
    ["labels of another length", 1, /short\.csv:cluster has 2 labels for the 90 rows of .*npy/, [
      ...["--input", npy, "--classes", short],
    ]],
    ["classes twice", 2, /--label and --classes both name the classes: leave one out/, [
      ...["--input", csv, "--label", "kind", "--classes", short],
    ]],
    ["two ways to normalise", 2, /--normalise cosine takes standard scores already/, [
      ...["--input", csv, "--normalise", "cosine", "--standardise"],
    ]],
    ["a sample of nothing", 2, /--sample has no effect with --silhouette none/, [
      ...["--input", npy, ...three, "--sample", "9", "--silhouette", "none"],
    ]],
    ["rows without a direction", 1, /same\.csv: all rows are equal, and have no direction/, [
      ...["--input", same, "--normalise", "cosine"],
    ]],
    ["a name that is taken", 2, /runs.npy holds a finished run: choose another --name/, [
      ...["--input", npy, ...three, "--name", "npy"],
    ]],
  ];
  for (const [what, code, pattern, args] of cases) {
    const common = ["--quiet", "--out", folder.at("runs"), "--device", "wasm"];
    await refuses(what, code, pattern, ["cluster", ...args, ...common]);
  }
  const left = await readdir(folder.at("runs"));
  assert.equal(left.filter((name) => /^(kmeans|\.)/.test(name)), []);
});

test("help lists the algorithms and the options of one", async () => {
  const { code, out } = await asterism(["cluster", "--help"]);
  assert.is(code, 0);
  assert.match(out, /Usage: asterism cluster \[ALGORITHM\] --input FILE/);
  assert.match(out, /\n {2}kmeans .*\(default\)\n/);
  assert.match(out, /--clusters N +clusters to find \[number of classes\]/);
});

test.run();
