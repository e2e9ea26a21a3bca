/** `asterism predict`: what train found is found again; new rows; maps and single files. */

import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { csvParse } from "d3-dsv";
import { parquetReadObjects } from "hyparquet";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeNpy } from "../../shell/data/index.ts";
import { parquetFile } from "../data/fixtures.ts";
import { asterism, N, writeTable } from "./asterism.ts";
import { images, Runs } from "./runs.ts";

const test = suite("predict");

const runs = new Runs();
const at = (...names: string[]) => runs.at(...names);
const file = (...names: string[]) => readFile(at(...names));

test.before(async () => {
  await runs.make();
  await writeTable(at("table.parquet"));
  await writeFile(at("images.parquet"), images(60));
  const all = ["--formats", "parquet,npy,csv,tsv"];
  await runs.train(at("table.parquet"), "table", "autoencoder", "10", "--hidden", "16", ...all);
  await runs.train(at("table.parquet"), "classes", "classifier", "10", "--hidden", "12");
});
test.after(() => runs.remove());

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
    const { code, out: told, err } = await runs.predict(
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
  await runs.train(at("images.parquet"), "images", "dec", "5", ...conv, ...refined);
  const model = at("model.safetensors");
  await cp(at("runs", "images", "model.safetensors"), model);
  const { code, err } = await runs.predict(model, at("images.parquet"), "--output", at("images"));
  assert.is(code, 0, err);
  await same("images", "images", ["assignments.parquet", "embedding.npy"]);
});

const SHADES = ["red", "green", "blue"];
const LINES = [
  "in summer the garden is full of",
  "a rocket carries fuel and",
  "the soup needs salt and",
];
const ENDS = [
  "roses and bees",
  "rain and roses",
  "oxygen for the engine",
  "a crew",
  "pepper",
  "onions",
];

test("a table of words, dates and gaps: prepared as the model's own was", async () => {
  const rows = Array.from({ length: 60 }, (_, i) =>
    [
      `2024-0${1 + i % 9}-11`,
      i % 7 === 3 ? "" : `${(i % 3) * 10 + i % 2}`,
      i % 11 === 5 ? "" : SHADES[i % 3],
      "xyz"[i % 3],
    ].join());
  await writeFile(at("mixed.csv"), `day,size,shade,species\n${rows.join("\n")}\n`);
  const clusters = ["--clusters", "3", "--hidden", "8"];
  for (const missing of ["median", "drop"]) {
    const name = `mixed-${missing}`;
    await runs.train(at("mixed.csv"), name, "autoencoder", "3", ...clusters, "--missing", missing);
    const got = await runs.predict(at("runs", name), at("mixed.csv"), "--output", at(name));
    assert.is(got.code, 0, got.err);
    await same(name, name, ["assignments.parquet", "embedding.npy"]);
  }
});

test("texts: encoded as the model's own were, and kept beside their clusters", async () => {
  const texts = Array.from(
    { length: 60 },
    (_, i) =>
      `${LINES[i % 3]} ${ENDS[2 * (i % 3) + (i >> 2) % 2]}${
        i % 5 === 0 ? "\tindeed\r\nit is" : ""
      }`,
  );
  const data = parquetFile([
    { name: "note", data: texts, type: "STRING" },
    { name: "label", data: texts.map((_, i) => "xyz"[i % 3]), type: "STRING" },
  ]);
  await writeFile(at("texts.parquet"), data);
  const encoder = ["--text", "note", "--encoder", "tfidf", "--max-share", "1"];
  const small = ["--clusters", "3", "--hidden", "8", "--text-size", "4"];
  const formats = ["--formats", "parquet,npy,tsv"];
  await runs.train(
    at("texts.parquet"),
    "texts",
    "autoencoder",
    "3",
    ...encoder,
    ...small,
    ...formats,
  );
  const more = ["--output", at("texts"), ...formats];
  const got = await runs.predict(at("runs", "texts"), at("texts.parquet"), ...more);
  assert.is(got.code, 0, got.err);
  await same("texts", "texts", ["assignments.parquet", "embedding.npy", "metadata.tsv"]);
  const bytes = new Uint8Array(await file("texts", "assignments.parquet"));
  const rows = await parquetReadObjects({ file: bytes.buffer });
  assert.equal(rows.map(({ text }) => text), texts);
  const lines = `${await file("texts", "metadata.tsv")}`.split("\n");
  assert.is(lines.length, 60 + 2);
});

test("a classifier: the names of classes, their probability, the share that is right", async () => {
  const out = ["--output", at("classes"), "--json"];
  const got = await runs.predict(at("runs", "classes"), at("table.parquet"), ...out);
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
  const got = await runs.predict(at("runs", "table"), at("new.parquet"), "--output", csv);
  assert.is(got.code, 0, got.err);
  assert.not.match(got.out, /accuracy/);
  const rows = csvParse(await readFile(csv, "utf8"));
  // The rows of the table that they are like.
  const like = csvParse(await readFile(at("runs", "table", "assignments.csv"), "utf8"));
  assert.equal(rows.map(({ cluster }) => cluster), [1, 0, 2].map((i) => like[i].cluster));
  const npy = at("new.npy");
  assert.is((await runs.predict(at("runs", "table"), at("new.parquet"), "--output", npy)).code, 0);
  assert.equal(decodeNpy(new Uint8Array(await readFile(npy))).shape, [3, 3]);
});

test("the map: the model's by default, another if asked for, none", async () => {
  const places = async (...more: string[]) => {
    const out = at("map.csv");
    const args = [at("table.parquet"), "--output", out, ...more];
    const got = await runs.predict(at("runs", "table"), args[0], ...args.slice(1));
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
  await runs.train(at("table.parquet"), "umap", "siamese", "1", "--hidden", "4", "--map", "umap");
  const rows = await parquetReadObjects({
    file: new Uint8Array(await file("runs", "umap", "assignments.parquet")).buffer,
  });
  assert.ok(rows.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)));
  const got = await runs.predict(
    at("runs", "umap"),
    at("table.parquet"),
    "--output",
    at("map.csv"),
  );
  assert.match(got.err, /^note: the model has no map to place rows on/);
});

test("help", async () => {
  const { code, out } = await asterism(["predict", "--help"]);
  assert.is(code, 0);
  assert.match(out, /Usage: asterism predict --model RUN --input PATH/);
  assert.match(out, /--output DIR\|FILE/);
});

test.run();
