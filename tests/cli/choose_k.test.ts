/** `asterism choose-k` as a person uses it: real processes, real files. */

import { readdir, readFile } from "node:fs/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodePng } from "../../shell/data/png.ts";
import { all, readXml } from "../report/xml.ts";
import { asterism, type Outcome, refuses } from "./asterism.ts";
import { type Folder, makeFolder } from "./matrices.ts";

const test = suite("choose-k");

let folder: Folder;
test.before(async () => void (folder = await makeFolder()));
test.after(() => folder.remove());

const chooseK = (...args: string[]): Promise<Outcome> =>
  asterism(["choose-k", "--device", "wasm", ...args]);

test("a table by the number of clusters, a recommendation and its reason", async () => {
  const { code, out, err } = await chooseK(
    ...["--input", folder.at("rows.csv"), "--min", "2", "--max", "5", "--references", "4"],
  );
  assert.is(code, 0, err);
  assert.match(err, /choose-k +\d+% {2}\d+\/\d+ clusterings\n/);
  const [head, ...lines] = out.split("\n");
  assert.equal(head.trim().split(/ +/), [
    ...["clusters", "inertia", "silhouette", "calinski-harabasz", "davies-bouldin", "gap"],
    "stability",
  ]);
  assert.equal(lines.slice(0, 4).map((line) => line.trim().split(/ +/)[0]), ["2", "3", "4", "5"]);
  assert.match(out, /\nrecommended: 3\n\S.*silhouette.*\n$/);
});

test("--json has the table; scores that are not asked for are left out", async () => {
  const { code, out, err } = await chooseK(
    ...["--input", folder.at("rows.npy"), "--max", "4", "--references", "0", "--bootstraps", "0"],
    ...["--json", "--quiet", "--picture", folder.at("k.svg")],
  );
  assert.is(code, 0, err);
  assert.is(err, "");
  const drawn = all(readXml(await readFile(folder.at("k.svg"), "utf8")), "text");
  assert.ok(drawn.some(({ text }) => text === "recommended: 3"));
  assert.is(drawn.filter(({ text }) => text === "clusters").length, 3);
  const { command, result } = JSON.parse(out);
  assert.equal([command, result.recommended], ["choose-k", 3]);
  assert.equal(result.rows.map(({ k }: { k: number }) => k), [1, 2, 3, 4]);
  assert.equal([result.rows[2].gap, result.rows[2].stability], [null, null]);
  assert.ok(result.rows[2].silhouette > 0.8);
  assert.is(result.choices.silhouette, 3);
});

test("the picture as PNG: the same size, twice as fine", async () => {
  const { code, err } = await chooseK(
    ...["--input", folder.at("rows.npy"), "--max", "3", "--references", "2", "--bootstraps", "0"],
    ...["--quiet", "--picture", folder.at("new/k.PNG")],
  );
  assert.is(code, 0, err);
  const { width, height, data } = decodePng(
    new Uint8Array(await readFile(folder.at("new/k.PNG"))),
  );
  // Four scores, two beside each other.
  assert.equal([width, height], [2 * 640, 2 * (30 + 2 * 210)]);
  assert.ok(new Set(data).size > 50, "letters have many shades");
  assert.equal(await readdir(folder.at("new")), ["k.PNG"]);
});

test("fewer distinct rows than clusters: the table ends, and a note says so", async () => {
  const few = await folder.write("few.csv", "x,y\n1,7\n2,5\n1,7\n2,5\n9,1\n9,1\n");
  const { code, out, err } = await chooseK(
    "--input",
    few,
    "--references",
    "0",
    "--bootstraps",
    "0",
  );
  assert.is(code, 0, err);
  assert.match(err, /note: there are no more than 3 distinct rows: the table ends there/);
  assert.match(out, /\n +3 .*\n\nrecommended/);
});

test("Ctrl-C: exit code 130 and a sentence", async () => {
  const args = ["--input", folder.at("rows.npy"), "--references", "10000"];
  const { code, out, err } = await asterism(
    ["choose-k", "--device", "wasm", ...args],
    /choose-k +\d+%/,
  );
  assert.is(code, 130, err);
  assert.match(err, /stopped: nothing was written\n$/);
  assert.is(out, "");
});

test("bad input: one sentence and the right exit code", async () => {
  const npy = ["--input", folder.at("rows.npy")];
  const cases: [string, 1 | 2, RegExp, string[]][] = [
    ["no input", 2, /--input is missing/, []],
    ["no clusters", 2, /--min must be an integer from 1/, ["--min", "0"]],
    ["an empty range", 2, /--min must be at most --max, 4, got 5/, [
      ...[...npy, "--min", "5", "--max", "4"],
    ]],
    ["more clusters than rows", 2, /--max must be at most the number of rows, 90, got 91/, [
      ...[...npy, "--max", "91"],
    ]],
    ["another picture", 2, /--picture is an SVG or PNG file: end its name .*, got "k.gif"/, [
      ...[...npy, "--picture", "k.gif"],
    ]],
    ["a picture in a file", 1, /cannot write to \S*rows\.npy: /, [
      ...[...npy, "--picture", folder.at("rows.npy/k.svg")],
    ]],
  ];
  for (const [what, code, pattern, args] of cases) {
    await refuses(what, code, pattern, ["choose-k", "--quiet", "--device", "wasm", ...args]);
  }
});

test.run();
