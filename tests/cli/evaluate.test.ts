/** `asterism evaluate` as a person uses it: real processes, real files. */

import { readFile } from "node:fs/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { near } from "../harness.ts";
import { asterism, type Outcome, refuses } from "./asterism.ts";
import { CLASSES, COUNT, csvOf, type Folder, makeFolder, ROWS } from "./matrices.ts";

const test = suite("evaluate");

let folder: Folder;
/** Clusters: the groups, but for one row that is in another's, and noise. */
const CLUSTERS = CLASSES.map((name, i) => i < 3 ? -1 : i === 4 ? 7 : "abc".indexOf(name) * 7);

test.before(async () => {
  folder = await makeFolder();
  await folder.write("clusters.csv", `cluster\n${CLUSTERS.join("\n")}\n`);
});
test.after(() => folder.remove());

const evaluate = (...args: string[]): Promise<Outcome> =>
  asterism(["evaluate", "--labels", folder.at("clusters.csv"), ...args]);

test("points and classes: every metric, and the table of classes and clusters", async () => {
  const { code, out, err } = await evaluate(
    ...["--input", folder.at("rows.csv"), "--device", "wasm", "--noise", "cluster"],
  );
  assert.is(code, 0, err);
  assert.match(err, /note: 3 rows are noise, which is judged as one more cluster/);
  assert.match(out, /^class +0 +7 +14 +noise\na +29 +0 +0 +1\nb +0 +29 +0 +1\nc +0 +0 +29 +1\n/);
  for (
    const name of ["silhouette", "davies-bouldin", "accuracy +0\\.9667", "v-measure", "noise +3"]
  ) {
    assert.match(out, new RegExp(`\\n${name}`));
  }
});

test("noise is left out unless it shall be a cluster; --json has all of it", async () => {
  const args = ["--input", folder.at("rows.npy"), "--classes", folder.at("rows.csv:kind")];
  const { code, out, err } = await evaluate(...args, "--device", "wasm", "--json", "--quiet");
  assert.is(code, 0, err);
  const { command, result, metrics, contingency, warnings } = JSON.parse(out);
  assert.is(command, "evaluate");
  assert.equal(result, { rows: COUNT, clusters: 3, noise: 3 });
  assert.equal([metrics.accuracy, metrics.nmi, metrics.ari], [1, 1, 1]);
  assert.equal(contingency.clusters, ["0", "7", "14", "noise"]);
  assert.equal(contingency.counts[1], [0, 29, 0, 1]);
  assert.match(warnings[0], /3 of 90 rows are noise and are left out/);
});

test("two labellings are judged without points; rows without a class do not count", async () => {
  const names = CLASSES.map((name, i) => i === 10 ? "" : `${i},${name}`.split(",")[1]);
  const classes = await folder.write(
    "classes.csv",
    `id,kind\n${names.map((n) => `0,${n}`).join("\n")}\n`,
  );
  const { code, out, err } = await evaluate("--classes", `${classes}:kind`, "--json");
  assert.is(code, 0, err);
  const { metrics, warnings } = JSON.parse(out);
  assert.equal(Object.keys(metrics).includes("silhouette"), false);
  assert.is(metrics.accuracy, 1);
  assert.match(warnings.join("\n"), /\n1 row has no class and does not count in accuracy/);
});

test("a silhouette of a sample with its interval, and one of angles", async () => {
  const args = ["--input", folder.at("rows.npy"), "--device", "wasm", "--json", "--quiet"];
  const metrics = async (...more: string[]) => {
    const { code, out, err } = await evaluate(...args, "--metrics", "silhouette", ...more);
    assert.is(code, 0, err);
    return JSON.parse(out).metrics;
  };
  const whole = await metrics();
  const { silhouette, "silhouette, 95% from": low, "silhouette, 95% to": high } = await metrics(
    ...["--sample", "30", "--seed", "3"],
  );
  assert.ok(low < silhouette && silhouette < high && Math.abs(silhouette - whole.silhouette) < 0.1);
  assert.not.equal((await metrics("--metric", "cosine")).silhouette, whole.silhouette);
  // Fewer rows than the usual sample: all of them, an interval of no width.
  const { "silhouette, 95% from": from } = await metrics("--silhouette", "sample", "--seed", "2");
  near([from], [whole.silhouette], { abs: 1e-6 }, "interval");
  assert.equal(await metrics("--silhouette", "exact"), whole);
});

test("a map is judged by the neighbours that it keeps", async () => {
  const args = ["--input", folder.at("rows.npy"), "--device", "wasm", "--json", "--quiet"];
  const judge = async (map: string) => {
    const { code, out, err } = await asterism(["evaluate", "--projection", map, ...args]);
    assert.is(code, 0, err);
    return JSON.parse(out).metrics;
  };
  assert.equal(await judge(folder.at("rows.npy")), { trustworthiness: 1, continuity: 1 });
  const other = await judge(folder.at("rows.parquet"));
  assert.ok(other.trustworthiness < 0.95 && other.continuity < 0.95);
});

test("clusters of one run that are judged in another space: a note that names the way back", async () => {
  const input = folder.at("rows.csv");
  const common = ["--device", "wasm", "--quiet"];
  const run = async (name: string, ...args: string[]) => {
    const out = ["--out", folder.at("runs"), "--name", name];
    const { code, err } = await asterism(["cluster", "--input", input, ...out, ...common, ...args]);
    assert.is(code, 0, err);
    return folder.at(`runs/${name}/assignments.parquet`);
  };
  const noteOf = async (labels: string, points: string, ...args: string[]) =>
    (await asterism(["evaluate", "--labels", labels, "--input", points, ...common, ...args])).err;
  const [plain, cosine] = [await run("a"), await run("b", "--normalise", "cosine")];
  const only = (change: string) =>
    `note: the clusters were found in another space of these ` +
    `points: only ${change} are scores those of the run\n`;
  assert.is(await noteOf(plain, input), "");
  assert.is(await noteOf(plain, input, "--standardise"), only("without --standardise"));
  assert.is(await noteOf(cosine, input), only("with --normalise cosine"));
  assert.is(await noteOf(cosine, input, "--normalise", "cosine"), "");
  const silhouette = ["--metrics", "silhouette", "--metric", "cosine"];
  assert.is(await noteOf(plain, input, ...silhouette), only("with --metric euclidean"));
  assert.is(await noteOf(plain, input, "--standardise", "--metrics", "accuracy"), "");
  assert.is(await noteOf(plain, input, "--limit", "60"), "", "some rows of the same file");
  // The numbers decide, not the names: rows.npy has the same ones.
  assert.is(await noteOf(plain, folder.at("rows.npy")), "");
  assert.is(await noteOf(cosine, folder.at("rows.npy")), only("with --normalise cosine"));
  const other = await noteOf(plain, folder.at("rows.parquet"));
  assert.match(
    other,
    /^note: .*found in .*rows\.csv \(2 wide\), not in .*rows\.parquet \(4 wide\): /,
  );
  const column = ["--label", "kind", "--columns", "x"];
  assert.match(await noteOf(plain, input, ...column), /rows\.csv \(2 wide\), not in .*\(1 wide\)/);
  const changed = await folder.write("rows2.csv", csvOf(ROWS.map((value) => value + 1)));
  assert.match(
    await noteOf(plain, changed),
    /rows\.csv \(2 wide\), not in .*rows2\.csv \(2 wide\)/,
  );
});

test("clusters of a training: judged by its codes, whatever the file is called", async () => {
  const common = ["--device", "wasm", "--quiet"];
  const { code, err } = await asterism([
    ...["train", "--data", folder.at("rows.parquet"), "--hidden", "8", "--embedding", "2"],
    ...["--epochs", "1", "--clusters", "3", "--normalise", "cosine", "--name", "codes"],
    ...["--out", folder.at("runs"), ...common],
  ]);
  assert.is(code, 0, err);
  const codes = await readFile(folder.at("runs/codes/embedding.npy"));
  const copy = await folder.write("copy.npy", codes);
  const labels = ["--labels", folder.at("runs/codes/assignments.parquet")];
  const judge = (...args: string[]) => asterism(["evaluate", ...labels, ...common, ...args]);
  assert.match((await judge("--input", copy)).err, /: only with --normalise cosine are scores/);
  const same = await judge("--input", copy, "--normalise", "cosine", "--json");
  assert.is(same.err, "");
  const run = JSON.parse(await readFile(folder.at("runs/codes/run.json"), "utf8"));
  near([JSON.parse(same.out).metrics.silhouette], [run.metrics.silhouette], { abs: 1e-6 }, "score");
  const { err: note } = await judge("--input", folder.at("rows.parquet"));
  assert.match(note, /found in .*embedding\.npy \(2 wide\), not in .*rows\.parquet \(4 wide\)/);
});

test("bad input: one sentence and the right exit code", async () => {
  const labels = ["--labels", folder.at("clusters.csv")];
  const csv = folder.at("rows.csv");
  const cases: [string, 1 | 2, RegExp, string[]][] = [
    ["no labels", 2, /--labels is missing: name the file with the clusters/, ["--input", csv]],
    ["nothing to judge by", 2, /name the points by --input, or known classes/, labels],
    ["a map of nothing", 2, /--projection needs --input/, ["--projection", csv]],
    ["an option of maps", 2, /--neighbours is for --projection/, [
      ...[...labels, "--input", csv, "--neighbours", "3"],
    ]],
    ["an option of clusters", 2, /--noise is for --labels/, [
      ...["--projection", csv, "--input", csv, "--noise", "exclude"],
    ]],
    ["a map of other rows", 1, /three\.csv has 3 rows for the 90 rows of .*rows\.csv/, [
      ...["--input", csv, "--device", "wasm"],
      ...["--projection", await folder.write("three.csv", "x\n1\n2\n3\n")],
    ]],
    ["a seed without use", 2, /--seed is for --silhouette sample, nothing else is random/, [
      ...[...labels, "--input", csv, "--seed", "3"],
    ]],
    ["a sample without use", 2, /--sample is for --metric euclidean/, [
      ...[...labels, "--input", csv, "--sample", "9", "--metric", "cosine"],
    ]],
    ["a sample that is exact", 2, /--sample has no effect with --silhouette exact/, [
      ...[...labels, "--input", csv, "--sample", "9", "--silhouette", "exact"],
    ]],
    ["a cosine sample", 2, /--silhouette sample is for --metric euclidean/, [
      ...[...labels, "--input", csv, "--silhouette", "sample", "--metric", "cosine"],
    ]],
    ["an unknown metric", 2, /unknown metric "acc": the metrics are silhouette, /, [
      ...labels,
      ...["--metrics", "acc"],
    ]],
    ["a device without use", 2, /--adapter is for --device webgpu: leave it out/, [
      ...labels,
      ...["--input", csv, "--device", "wasm", "--adapter", "x"],
    ]],
    ["no use of an option", 2, /--standardise has no effect without --input/, [
      ...labels,
      ...["--classes", csv, "--standardise"],
    ]],
    ["other rows", 1, /clusters\.csv:cluster has 90 labels for the 2 rows of .*two\.csv/, [
      ...labels,
      ...["--device", "wasm", "--input", await folder.write("two.csv", "x\n1\n2\n")],
    ]],
    ["no such column", 1, /rows\.csv has no column "q"/, ["--labels", `${csv}:q`, "--input", csv]],
    ["numbers that are no labels", 1, /rows\.parquet.*DOUBLE, but a label must be/, [
      ...["--labels", `${folder.at("rows.parquet")}:x1`, "--input", csv],
    ]],
  ];
  for (const [what, code, pattern, args] of cases) {
    await refuses(what, code, pattern, ["evaluate", "--quiet", ...args]);
  }
});

test("help lists the metrics", async () => {
  const { code, out } = await asterism(["evaluate", "--help"]);
  assert.is(code, 0);
  assert.match(out, /Usage: asterism evaluate --labels FILE/);
  assert.match(out, /\n {2}silhouette +how much nearer/);
});

test.run();
