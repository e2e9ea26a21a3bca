/** Data that no algorithm likes: one sentence and an exit code, or a defined answer and a note. */

import { mkdir, readFile } from "node:fs/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runName, unusedName } from "../../shell/cli/run_folder.ts";
import { decodeNpy, encodeNpy } from "../../shell/data/index.ts";
import { asterism, refuses } from "./asterism.ts";
import { COUNT, type Folder, makeFolder, ROWS } from "./matrices.ts";

const test = suite("bad input");

let folder: Folder;
test.before(async () => {
  folder = await makeFolder();
  const matrix = (name: string, of: (value: number, at: number) => number) =>
    folder.write(name, encodeNpy(ROWS.map(of), [COUNT, 2]));
  await matrix("infinite.npy", (v, at) => at === 35 ? -Infinity : v);
  await matrix("zero.npy", (v, at) => at >> 1 === 17 ? 0 : v);
  await matrix("same.npy", () => 3);
  await matrix("huge.npy", (v, at) => at === 35 ? 1e16 : v);
  await matrix("tiny.npy", (v) => v * 1e-20);
  await matrix("four.npy", (_, at) => at >> 1 & 1 << (at & 1));
  for (const n of [2, 4]) {
    await folder.write(`${n}.npy`, encodeNpy(ROWS.slice(0, 2 * n), [n, 2]));
  }
  const labels = (name: string, of: (i: number) => number) =>
    folder.write(name, `cluster\n${Array.from({ length: COUNT }, (_, i) => of(i)).join("\n")}\n`);
  await labels("one.csv", () => 5);
  await labels("noise.csv", () => -1);
  await labels("three.csv", (i) => i % 3);
  await folder.write("short.csv", "cluster\n1\n2\n");
});
test.after(() => folder.remove());

const common = () => ["--quiet", "--device", "wasm"];
const out = () => ["--out", folder.at("runs")];

const THREE = ["--clusters", "3"];
const COSINE = ["--metric", "cosine"];
const ALGORITHMS: Record<string, string[]> = {
  kmeans: THREE,
  minibatch: THREE,
  dbscan: [],
  hierarchical: [...THREE, "--linkage", "average"],
  mixture: THREE,
};

test("infinity, numbers that cannot be squared, rows without a direction: the row", async () => {
  const input = (name: string) => ["--input", folder.at(name)];
  for (const [algorithm, args] of Object.entries(ALGORITHMS)) {
    const command = ["cluster", algorithm, ...args, ...common(), ...out()];
    await refuses(algorithm, 1, /infinite\.npy, row 17, column 1 .*: the value is -Infinity/, [
      ...[...command, ...input("infinite.npy")],
    ]);
    if (algorithm === "mixture") continue;
    await refuses(
      algorithm,
      1,
      /zero\.npy, row 17 \(counting from 0\): all numbers are 0, but cosine distances need a/,
      [
        ...[...command, ...input("zero.npy"), ...COSINE],
      ],
    );
  }
  const huge = /huge\.npy, row 17 .*column "1": the value is 10000000000000000, but distances of/;
  const tiny = /tiny\.npy: no column has two values that differ by more than .*e-20, but/;
  const commands: Record<string, string[]> = {
    cluster: ["cluster", ...THREE, ...out()],
    "choose-k": ["choose-k"],
    project: ["project", ...out()],
    evaluate: ["evaluate", "--labels", folder.at("three.csv")],
  };
  for (const [name, args] of Object.entries(commands)) {
    await refuses(name, 1, huge, [...args, ...common(), ...input("huge.npy")]);
  }
  const csv = await folder.write("huge.csv", 'x,"y\nz"\n1,2\n\n3,-1e30\n4,5\n');
  const line =
    /huge\.csv, row 1 \(counting from 0; line 5\), column "y.z": the value is -1e\+30, but/;
  await refuses("line", 1, line, [...commands.cluster, "--input", csv, ...common()]);
  await refuses("tiny", 1, tiny, [...commands.cluster, ...common(), ...input("tiny.npy")]);
  const scores = [...commands.evaluate, ...COSINE, "--metrics", "silhouette"];
  await refuses(
    "silhouette",
    1,
    /: row 17 \(counting from 0\): all numbers are 0, but cosine distances need/,
    [
      ...[...scores, ...common(), ...input("zero.npy")],
    ],
  );
  const map = ["project", "umap", ...COSINE, ...out(), ...common(), ...input("zero.npy")];
  await refuses("umap", 1, /zero\.npy, row 17 .*: all numbers are 0, but cosine/, map);
  const scaled = [...commands.cluster, ...common(), ...input("tiny.npy"), "--standardise"];
  assert.match((await asterism(scaled)).out, /\nsilhouette +0\.[89]/);
});

test("options that do not suit the rows: exit code 2", async () => {
  const rows = ["--input", folder.at("rows.npy"), ...common()];
  const few = ["--input", folder.at("4.npy"), ...common()];
  const cases: [RegExp, string[]][] = [
    [/--eps must be a number from 1e-15 to 1e15, got "-1"/, [
      ...["cluster", "dbscan", ...rows, "--eps", "-1"],
    ]],
    [/--eps must be a number from 1e-15 to 1e15, got "0"/, [
      ...["cluster", "dbscan", ...rows, "--eps", "0"],
    ]],
    [/--eps is missing: it can be suggested for --min-points from 2 .* rows, 90, got 91/, [
      ...["cluster", "dbscan", ...rows, ...out(), "--min-points", "91"],
    ]],
    [/--perplexity must be from 1 to 29.66 for 90 rows, got 30/, [
      ...["project", "tsne", ...rows, ...out(), "--perplexity", "30"],
    ]],
    [/--perplexity must be from 1 to 29.66 for 90 rows, got 1000/, [
      ...["project", "tsne", ...rows, ...out(), "--perplexity", "1000"],
    ]],
    [/--neighbours must be from 2 to 4 for 4 rows, got 15/, [
      ...["project", "umap", ...few, ...out(), "--neighbours", "15"],
    ]],
  ];
  for (const [pattern, args] of cases) await refuses(args[1], 2, pattern, args);
});

test("rows that are too few, labels of another length, few distinct rows: exit code 1", async () => {
  const two = ["--input", folder.at("2.npy"), ...common(), ...out()];
  const four = ["--input", folder.at("4.npy"), ...common(), ...out()];
  const short = folder.at("short.csv");
  const cases: [RegExp, string[]][] = [
    [/umap needs at least 3 rows, got 2: take pca/, ["project", "umap", ...two]],
    [/tsne needs at least 5 rows, got 4: take pca/, ["project", "tsne", ...four]],
    [/short\.csv:cluster has 2 labels for the 90 rows of .*rows\.npy: give one label/, [
      ...["evaluate", "--labels", short, "--input", folder.at("rows.npy"), ...common()],
    ]],
    [/three\.csv:cluster has 90 labels for the 2 rows of .*short\.csv/, [
      ...["evaluate", "--labels", short, "--classes", folder.at("three.csv"), "--quiet"],
    ]],
    [/4\.npy has 4 rows for the 90 rows of .*rows\.npy: give a map of all rows/, [
      ...["evaluate", "--projection", folder.at("4.npy"), "--input", folder.at("rows.npy")],
      ...common(),
    ]],
    [/four\.npy has 4 distinct rows: --min must be at most that, got 5/, [
      ...["choose-k", "--input", folder.at("four.npy"), "--min", "5", ...common()],
      ...["--references", "0", "--bootstraps", "0"],
    ]],
    [/--eps is missing, and none can be suggested: every row has 4 others at the same place/, [
      ...["cluster", "dbscan", "--input", folder.at("four.npy"), ...common(), ...out()],
    ]],
  ];
  for (const [pattern, args] of cases) await refuses(`${pattern}`, 1, pattern, args);
});

test("repeated rows, more clusters than distinct ones: a clustering, and a note", async () => {
  const notes: Record<string, RegExp> = {
    kmeans: /^note: kmeans: found 4 clusters, asked for 6: .*\n$/,
    minibatch: /^note: only 4 of 6 centres are the nearest of some row: .*\n$/,
    mixture: /^note: only 4 of 6 components are the most probable of some row: .*\n$/,
    // As scikit-learn: the tree is cut, whatever the heights are.
    hierarchical: /^$/,
  };
  for (const [algorithm, note] of Object.entries(notes)) {
    const args = ["--input", folder.at("four.npy"), "--clusters", "6", "--name", algorithm];
    const got = await asterism(["cluster", algorithm, ...args, "--json", ...common(), ...out()]);
    assert.is(got.code, 0, got.err);
    assert.match(got.err, note, algorithm);
    const { result, metrics } = JSON.parse(got.out);
    assert.is(result.clusters, algorithm === "hierarchical" ? 6 : 4);
    assert.ok(metrics.silhouette > 0.3 && metrics.silhouette <= 1, `${metrics.silhouette}`);
  }
});

test("one cluster, nothing but noise: undefined, with the reason, and never NaN", async () => {
  const undefinedFor: [string, RegExp][] = [
    ["one.csv", /silhouette, davies-bouldin, calinski-harabasz: undefined for one cluster/],
    ["noise.csv", /silhouette, davies-bouldin, calinski-harabasz: undefined for no cluster/],
  ];
  for (const [labels, note] of undefinedFor) {
    const args = ["evaluate", "--labels", folder.at(labels), "--input", folder.at("rows.csv")];
    const shown = await asterism([...args, ...common()]);
    assert.is(shown.code, 0, shown.err);
    assert.match(shown.err, note);
    for (const name of ["silhouette", "davies-bouldin", "calinski-harabasz"]) {
      assert.match(shown.out, new RegExp(`\\n${name} +-\\n`), labels);
    }
    assert.not.match(shown.out, /NaN|Infinity/);
    const { metrics } = JSON.parse((await asterism([...args, "--json", ...common()])).out);
    const { silhouette, accuracy } = metrics;
    assert.equal([silhouette, accuracy], [null, labels === "one.csv" ? 1 / 3 : null]);
  }
});

test("rows that are all equal: the defined answers", async () => {
  const same = ["--input", folder.at("same.npy"), ...common()];
  const note = /note: of 2 columns 2 are constant \(0, 1\)/;
  const chosen = await asterism(["choose-k", ...same, "--references", "2", "--bootstraps", "2"]);
  assert.match(chosen.err, note);
  assert.match(chosen.err, /note: there are no more than 1 distinct row: the table ends there/);
  assert.match(chosen.out, /\nrecommended: 1\n/);
  const labels = ["--labels", folder.at("three.csv"), "--json"];
  const { metrics } = JSON.parse((await asterism(["evaluate", ...labels, ...same])).out);
  // As scikit-learn: 0, 0 and 1 where there is no variance at all.
  assert.equal(metrics, { silhouette: 0, "davies-bouldin": 0, "calinski-harabasz": 1 });
  for (const method of ["pca", "tsne", "umap"]) {
    const few = method === "tsne"
      ? ["--iterations", "30", "--perplexity", "5"]
      : method === "umap"
      ? ["--epochs", "10"]
      : [];
    const args = ["project", method, ...same, ...out(), "--name", method, ...few];
    const { code, err } = await asterism(args);
    assert.is(code, 0, err);
    assert.match(err, note);
    const bytes = await readFile(folder.at(`runs/${method}/projection.npy`));
    const { shape, data } = decodeNpy(new Uint8Array(bytes));
    assert.equal(shape, [COUNT, 2]);
    assert.ok(data.every(Number.isFinite), method);
  }
});

test("results of a clustering as points: refused with the file that has the points", async () => {
  const input = folder.at("rows.csv");
  const run = ["--input", input, "--clusters", "3", "--name", "first", "--silhouette", "none"];
  assert.is((await asterism(["cluster", ...run, ...common(), ...out()])).code, 0);
  const results = folder.at("runs/first/assignments.parquet");
  const refused =
    /assignments\.parquet has the results of a clustering \(cluster, confidence, distance\) .*: give .*rows\.csv as/;
  const commands: Record<string, string[]> = {
    cluster: ["cluster", ...THREE, ...out()],
    "choose-k": ["choose-k"],
    project: ["project", ...out()],
    evaluate: ["evaluate", "--labels", folder.at("three.csv")],
  };
  for (const [name, args] of Object.entries(commands)) {
    await refuses(name, 1, refused, [...args, "--input", results, ...common()]);
  }
  const named = ["--input", results, "--columns", "distance", "--silhouette", "none"];
  const meant = await asterism([...commands.cluster, ...named, ...common()]);
  assert.equal([meant.code, meant.err], [0, ""]);
  const mixed = await folder.write("mixed.csv", `size,cluster\n${"1,0\n2,1\n3,1\n".repeat(9)}`);
  const { code, err } = await asterism(["choose-k", "--input", mixed, ...common()]);
  assert.is(code, 0, err);
  assert.match(err, /^note: the column "cluster" is one of the numbers: if it has the results/);
});

test("a name with control characters: printed as escapes", async () => {
  const csv = await folder.write("evil.csv", 'x,"\x1b[2Jy\nz"\n1,2\n3,2\n');
  const { code, err } = await asterism(["choose-k", "--input", csv, "--device", "wasm"]);
  assert.is(code, 0, err);
  assert.match(err, /\ncolumns: x, \\u001b\[2Jy\\nz\n/);
  assert.match(err, /1 is constant \(\\u001b\[2Jy\\nz\)/);
  assert.not.match(err, "\x1b");
});

test("two runs without a name in one second: another name for the second", async () => {
  const name = runName("kmeans", "rows.npy", 1, new Date(0));
  assert.is(name, "kmeans-rows-seed1-19700101-000000");
  const named: Record<string, string> = {
    "-": "standard_input",
    "two.npz": "two",
    "images/3.png": "3",
    "folder/": "folder",
    "table.csv.gz": "table",
    "https://host/t.parquet?token=secret": "t",
    "--x.csv": "x",
  };
  for (const [data, part] of Object.entries(named)) {
    assert.is(runName("dec", data, undefined, new Date(0)), `dec-${part}-19700101-000000`, data);
  }
  assert.is(await unusedName(folder.path, name), name);
  await mkdir(folder.at(name));
  assert.is(await unusedName(folder.path, name), `${name}-2`);
  await mkdir(folder.at(`${name}-2`));
  assert.is(await unusedName(folder.path, name), `${name}-3`);
});

test.run();
