/** `asterism cluster`: rows that count more or less, and rows that are more than a device holds. */

import { readFile } from "node:fs/promises";
import { parquetReadObjects } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeNpy, encodeNpy } from "../../shell/data/index.ts";
import { randoms } from "../harness.ts";
import { asterism, type Outcome, refuses, replaced } from "./asterism.ts";
import { CLASSES, COUNT, type Folder, makeFolder, ROWS } from "./matrices.ts";

const test = suite("rows of cluster");

/** 0 to 3, so that copies of rows say the same as weights. */
const WEIGHTS = Array.from({ length: COUNT }, (_, i) => (i * 7 + 1) % 4);

let folder: Folder;
test.before(async () => {
  folder = await makeFolder();
  const lines = WEIGHTS.map((w, i) => `${ROWS[2 * i]},${w},${ROWS[2 * i + 1]},${CLASSES[i]}`);
  await folder.write("weighted.csv", `x,w,y,kind\n${lines.join("\n")}\n`);
  await folder.write("w.csv", `n,w\n${WEIGHTS.map((w, i) => `${i},${w}`).join("\n")}\n`);
  await folder.write("w.npy", encodeNpy(Float32Array.from(WEIGHTS), [COUNT]));
  const column = { name: "w", data: Int32Array.from(WEIGHTS), type: "INT32" as const };
  await folder.write("w.parquet", new Uint8Array(parquetWriteBuffer({ columnData: [column] })));
  const copies = WEIGHTS.flatMap((w, i) => new Array<number>(w).fill(i));
  const rows = Float32Array.from(copies.flatMap((i) => [ROWS[2 * i], ROWS[2 * i + 1]]));
  await folder.write("copies.npy", encodeNpy(rows, [copies.length, 2]));
});
test.after(() => folder.remove());

async function cluster(name: string, ...args: string[]): Promise<Outcome> {
  const where = ["--out", folder.at("runs"), "--name", name, "--device", "wasm", "--json"];
  const outcome = await asterism(["cluster", ...args, ...where]);
  assert.is(outcome.code, 0, outcome.err);
  return outcome;
}

async function centresOf(name: string): Promise<number[]> {
  const { data } = decodeNpy(new Uint8Array(await readFile(folder.at(`runs/${name}/centres.npy`))));
  const rows = Array.from({ length: data.length / 2 }, (_, j) => [data[2 * j], data[2 * j + 1]]);
  return rows.sort((a, b) => a[0] - b[0] || a[1] - b[1]).flat();
}

function near(a: readonly number[], b: readonly number[], what: string): void {
  assert.is(a.length, b.length, what);
  a.forEach((v, i) => assert.ok(Math.abs(v - b[i]) < 1e-5, `${what}: ${v} and ${b[i]}`));
}

test("weights from the input or a file count as copies of rows, and are no feature", async () => {
  const three = ["--clusters", "3"];
  await cluster("copies", "--input", folder.at("copies.npy"), ...three);
  const { inertia } = JSON.parse(
    await readFile(folder.at("runs/copies/run.json"), "utf8"),
  ).result;
  const centres = await centresOf("copies");
  const ways: [string, string, string][] = [
    ["column", "weighted.csv", "w"],
    ["same", "weighted.csv", folder.at("weighted.csv:w")],
    ["csv", "rows.csv", folder.at("w.csv:w")],
    ["npy", "rows.npy", folder.at("w.npy")],
    ["parquet", "rows.npy", folder.at("w.parquet")],
  ];
  for (const [name, input, weights] of ways) {
    const { out } = await cluster(
      name,
      ...["--input", folder.at(input), "--weights", weights, ...three],
    );
    const { data, result, settings } = JSON.parse(out);
    assert.is(data.columns.length, 2, name);
    assert.not(data.columns.includes("w"), name);
    assert.is(settings.weights, weights);
    near([result.inertia], [inertia], name);
    near(await centresOf(name), centres, name);
  }
});

test("weights that cannot be used: one sentence with the file and the row", async () => {
  const rows = folder.at("rows.csv");
  const spoilt = (name: string, value: string) =>
    folder.write(name, `w\n${WEIGHTS.map((w, i) => i === 17 ? value : w).join("\n")}\n`);
  const minus = await spoilt("minus.csv", "-1"), odd = await spoilt("odd.csv", "NaN");
  const short = await folder.write("short.csv", "w\n1\n2\n");
  const zeros = await folder.write("zeros.npy", encodeNpy(new Float32Array(COUNT), [COUNT]));
  const cases: [string, 1 | 2, RegExp, string, string[]][] = [
    ["below 0", 1, /minus\.csv, row 17 .*: the weight is -1, but a weight must be 0/, minus, []],
    ["NaN", 1, /odd\.csv, row 17 .*column "w": the value is "NaN"/, odd, []],
    ["all 0", 1, /zeros\.npy: every weight is 0, but some row must count/, zeros, []],
    ["too few", 1, /short\.csv has 2 weights for the 90 rows of .*rows\.csv: give/, short, []],
    ["no such column", 1, /rows\.csv has no column "q": its columns are x, y, kind/, "q", []],
    ["which column", 1, /several columns of numbers: name one of n, w/, folder.at("w.csv"), []],
    ["a matrix", 1, /copies\.npy has 2 columns: weights must/, folder.at("copies.npy"), []],
    ["no names", 1, /rows\.npy has no names of columns: name a file with the weights/, "w", [
      ...["--input", folder.at("rows.npy")],
    ]],
    ["no feature", 1, /w\.parquet has no column of numbers beside the weights/, "w", [
      ...["--input", folder.at("w.parquet")],
    ]],
    ["a feature, too", 2, /--columns and --weights both name "w": leave it out of one/, "w", [
      ...["--input", folder.at("weighted.csv"), "--columns", "x,w"],
    ]],
    [
      "another algorithm",
      2,
      /--weights has no effect on mixture: .* of kmeans and minibatch/,
      "w",
      [
        ...["--algorithm", "mixture"],
      ],
    ],
  ];
  for (const [what, code, pattern, weights, more] of cases) {
    const args = replaced(["--input", rows, "--weights", weights, "--clusters", "3"], more);
    await refuses(what, code, pattern, ["cluster", ...args, "--quiet", "--device", "wasm"]);
  }
});

test("minibatch: the groups, whose centres are what the distances say", async () => {
  const args = ["--algorithm", "minibatch", "--input", folder.at("rows.csv"), "--batch", "20"];
  const { out, err } = await cluster("mini", ...args, "--silhouette", "none");
  assert.match(err, /minibatch +3 clusters/);
  const { result, metrics, settings } = JSON.parse(out);
  assert.equal([metrics.accuracy, settings.batch, result.stopReason], [1, 20, "patience"]);
  const file = (name: string) => readFile(folder.at(`runs/mini/${name}`));
  const centres = decodeNpy(new Uint8Array(await file("centres.npy")));
  assert.equal(centres.shape, [3, 2]);
  const bytes = new Uint8Array(await file("assignments.parquet"));
  let inertia = 0;
  (await parquetReadObjects({ file: bytes.buffer })).forEach(({ cluster, distance }, i) => {
    const [x, y] = [0, 1].map((j) => ROWS[2 * i + j] - centres.data[2 * cluster + j]);
    near([distance], [Math.hypot(x, y)], `distance of row ${i}`);
    inertia += x * x + y * y;
  });
  near([result.inertia], [inertia], "inertia");
});

test("minibatch: weights of a column, which is no feature", async () => {
  const args = ["--algorithm", "minibatch", "--input", folder.at("weighted.csv"), "--batch", "20"];
  const { code, out, err } = await cluster("heavy", ...args, "--weights", "w", "--clusters", "3");
  assert.is(code, 0, err);
  const { result, data } = JSON.parse(out);
  assert.equal(data.columns, ["x", "y"]);
  const bytes = new Uint8Array(await readFile(folder.at("runs/heavy/assignments.parquet")));
  const table = `${await readFile(folder.at("weighted.csv"))}`.trim().split("\n");
  const w = table.slice(1).map((line) => Number(line.split(",")[table[0].split(",").indexOf("w")]));
  const rows = await parquetReadObjects({ file: bytes.buffer });
  const sum = rows.reduce((all, { distance }, i) => all + w[i] * distance ** 2, 0);
  near([result.inertia], [sum], "inertia");
});

test("minibatch: rows that are sent in pieces, the same bits with one worker and two", async () => {
  const n = 140_000, width = 32;
  const noise = randoms(n * width, 3, -1, 1);
  const values = Float32Array.from(noise, (v, i) => v + 6 * (Math.floor(i / width) % 4 % 3));
  const input = await folder.write("many.npy", encodeNpy(values, [n, width]));
  const args = ["--algorithm", "minibatch", "--input", input, "--clusters", "3", "--epochs", "1"];
  const files: Uint8Array[] = [];
  for (const workers of ["1", "2"]) {
    const name = `many${workers}`;
    const { out } = await cluster(name, ...args, "--silhouette", "none", "--workers", workers);
    assert.equal(
      Object.values<number>(JSON.parse(out).result.sizes).sort((a, b) => a - b),
      [n / 4, n / 4, n / 2],
    );
    files.push(await readFile(folder.at(`runs/${name}/assignments.parquet`)));
  }
  assert.equal(files[0], files[1]);
});

test("minibatch: batches that are more than the rows, fewer distinct rows than clusters", async () => {
  const npy = folder.at("rows.npy");
  await refuses("batch", 2, /--batch must be at most the number of rows, 90, got 91/, [
    ...["cluster", "minibatch", "--input", npy, "--clusters", "3", "--batch", "91", "--quiet"],
    ...["--device", "wasm"],
  ]);
  const few = await folder.write("few.csv", "x,y\n1,7\n2,9\n1,7\n2,9\n");
  const args = ["--algorithm", "minibatch", "--input", few, "--clusters", "3", "--quiet"];
  const { out, err } = await cluster("few", ...args);
  assert.match(
    err,
    /note: only 2 of 3 centres are the nearest of some row: ask for fewer clusters/,
  );
  const { clusters, inertia } = JSON.parse(out).result;
  assert.equal([clusters, inertia], [2, 0]);
});

test.run();
