/** Results as files, opened with the readers of other projects. */

import { csvParse, tsvParseRows } from "d3-dsv";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { encodeNpy } from "../../shell/data/npy.ts";
import { type Assignments, columnsOf } from "../../shell/data/results/columns.ts";
import { metadataParts } from "../../shell/data/results/csv.ts";
import { whole } from "../../shell/data/results/parts.ts";
import { RESULT_FORMATS, resultFiles, type ResultFormat } from "../../shell/data/results/files.ts";
import { randoms } from "../harness.ts";
import { memoryBuffer } from "./fixtures.ts";

const test = suite("results");

const N = 5, WIDTH = 3;
const TEXTS = ["plain", 'a "quote", and a comma', "tab\there", "line\r\nbreak", " \u0007\u2028 "];
const ALL: Assignments = {
  ids: Int32Array.of(0, 1, 2, 3, 9),
  labels: Int32Array.of(1, -1, 0, 0, 1),
  labelNames: ["ape", "c,at"],
  cluster: Int32Array.of(0, 1, 1, 0, -1),
  clusterNames: ["one", "two"],
  confidence: Float32Array.of(0, 1, 0.1, 1 / 3, 0.9999999),
  distance: randoms(N, 4, 0, 1e-9),
  probability: randoms(N, 5, 0, 1),
  core: Uint8Array.of(1, 0, 1, 0, 1),
  map: randoms(2 * N, 6, -1e9, 1e9),
  texts: TEXTS,
  embedding: { data: randoms(N * WIDTH, 7, -1, 1), width: WIDTH },
};

async function join(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  const out = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  all.reduce((at, part) => (out.set(part, at), at + part.length), 0);
  return out;
}

/** Bytes of the files of some formats, by name. */
async function written(
  assignments: Assignments,
  ...formats: ResultFormat[]
): Promise<Record<string, Uint8Array>> {
  const files = resultFiles(assignments, formats);
  const all = files.map(async ({ name, parts }) => [name, await join(parts())] as const);
  return Object.fromEntries(await Promise.all(all));
}

const text = (bytes: Uint8Array) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);

test("Parquet: every column, with the types that maps of embeddings look for", async () => {
  const { "assignments.parquet": bytes } = await written(ALL, "parquet");
  const { schema, created_by } = parquetMetadata(bytes.buffer as ArrayBuffer);
  const types = schema.slice(1).map(({ name, type, converted_type, repetition_type }) =>
    [name, type, converted_type, repetition_type].filter(Boolean).join(" ")
  );
  assert.is(created_by, "asterism");
  assert.equal(types, [
    "id INT32 REQUIRED",
    "label BYTE_ARRAY UTF8 OPTIONAL",
    "cluster INT32 REQUIRED",
    "predicted BYTE_ARRAY UTF8 OPTIONAL",
    "confidence FLOAT REQUIRED",
    "distance FLOAT REQUIRED",
    "probability FLOAT REQUIRED",
    "core BOOLEAN REQUIRED",
    "x FLOAT REQUIRED",
    "y FLOAT REQUIRED",
    "text BYTE_ARRAY UTF8 REQUIRED",
    "embedding LIST REQUIRED",
    "list REPEATED",
    "element FLOAT REQUIRED",
  ]);
  const rows = await parquetReadObjects({ file: memoryBuffer(bytes) });
  assert.equal(
    rows,
    Array.from(ALL.ids, (id, i) => ({
      id,
      label: ["c,at", null, "ape", "ape", "c,at"][i],
      cluster: ALL.cluster[i],
      predicted: ["one", "two", "two", "one", null][i],
      confidence: ALL.confidence![i],
      distance: ALL.distance![i],
      probability: ALL.probability![i],
      core: i % 2 === 0,
      x: ALL.map![2 * i],
      y: ALL.map![2 * i + 1],
      text: TEXTS[i],
      embedding: Array.from(ALL.embedding!.data.subarray(i * WIDTH, (i + 1) * WIDTH)),
    })),
  );
});

test("Parquet: wide rows come in several row groups, and none is lost between them", async () => {
  const n = 2500, width = 1000;
  const data = Float32Array.from({ length: n * width }, (_, at) => at % 8191);
  const ids = Int32Array.from({ length: n }, (_, i) => i);
  const file = await written({ ids, cluster: ids, embedding: { data, width } }, "parquet");
  const bytes = file["assignments.parquet"];
  const { row_groups } = parquetMetadata(bytes.buffer as ArrayBuffer);
  assert.is(row_groups.length, 10);
  const rows = await parquetReadObjects({ file: memoryBuffer(bytes) });
  assert.is(rows.length, n);
  for (const [i, { id, embedding }] of rows.entries()) {
    assert.is(id, i);
    assert.is(embedding.length, width);
    assert.ok(embedding.every((one: number, j: number) => one === data[i * width + j]), `row ${i}`);
  }
});

test("CSV: the same cells, and numbers that are the same float32 when they are read", async () => {
  const { "assignments.csv": bytes } = await written(ALL, "csv");
  const rows = csvParse(text(bytes));
  assert.equal(rows.columns.slice(-4), ["text", "embedding[0]", "embedding[1]", "embedding[2]"]);
  assert.is(rows.length, N);
  rows.forEach((row, i) => {
    assert.is(row.id, `${ALL.ids[i]}`);
    assert.is(row.label, ["c,at", "", "ape", "ape", "c,at"][i]);
    assert.is(row.predicted, ["one", "two", "two", "one", ""][i]);
    assert.is(row.core, `${i % 2 === 0}`);
    assert.is(row.text, TEXTS[i]);
    for (const name of ["confidence", "distance", "probability"] as const) {
      assert.is(Math.fround(Number(row[name])), ALL[name]![i], `${name} ${row[name]}`);
    }
    assert.is(Math.fround(Number(row.y)), ALL.map![2 * i + 1]);
    for (let j = 0; j < WIDTH; j++) {
      const want = ALL.embedding!.data[i * WIDTH + j];
      assert.is(Math.fround(Number(row[`embedding[${j}]`])), want);
    }
  });
  assert.is(rows[2].confidence, "0.1", "no digits that a float32 does not have");
});

test("projector: a line a row in both files, and one more for the names of columns", async () => {
  const { "vectors.tsv": vectors, "metadata.tsv": metadata } = await written(ALL, "tsv");
  const numbers = tsvParseRows(text(vectors)).map((row) => row.map((one) => Math.fround(+one)));
  assert.equal(numbers.flat(), Array.from(ALL.embedding!.data));
  assert.is(numbers.length, N);
  const lines = text(metadata).split("\n");
  assert.is(lines.length, 1 + N + 1);
  assert.is(lines.at(-1), "");
  const [names, ...rows] = lines.slice(0, -1).map((line) => line.split("\t"));
  assert.is(
    names.join(),
    "id,label,cluster,predicted,confidence,distance,probability,core,x,y,text",
  );
  assert.ok(rows.every((row) => row.length === names.length));
  assert.equal(rows.map((row) => row.at(-1)), [
    "plain",
    'a "quote", and a comma',
    "tab here",
    "line break",
    "",
  ]);
});

test("projector: one column alone has no header, and no line of it is empty", () => {
  const [column] = columnsOf(ALL).filter(({ name }) => name === "text");
  assert.equal(text(whole(metadataParts([column], N))).split("\n"), [
    "plain",
    'a "quote", and a comma',
    "tab here",
    "line break",
    "-",
    "",
  ]);
});

test("projector: names of classes are shown only if there are some", async () => {
  const { ids, cluster, embedding } = ALL;
  const { "metadata.tsv": metadata } = await written({ ids, cluster, embedding }, "tsv");
  assert.match(text(metadata), /^id\tcluster\n/);
});

test("npy: the bytes of the encoder", async () => {
  const { "embedding.npy": bytes } = await written(ALL, "npy");
  assert.equal(bytes, encodeNpy(ALL.embedding!.data, [N, WIDTH]));
});

test("files by format, in one order; without an embedding there are no vectors", () => {
  const names = (assignments: Assignments, formats?: ResultFormat[]) =>
    resultFiles(assignments, formats).map(({ name }) => name);
  const all = [
    ...["assignments.parquet", "embedding.npy", "assignments.csv", "vectors.tsv", "metadata.tsv"],
  ];
  assert.equal(names(ALL), all);
  assert.equal(names(ALL, ["tsv", "parquet"]), [all[0], all[3], all[4]]);
  const { ids, cluster } = ALL;
  assert.equal(names({ ids, cluster }), [all[0], all[2], all[4]]);
  assert.equal(RESULT_FORMATS.length, 4);
});

test("no rows are no error", async () => {
  const none = { ids: new Int32Array(0), cluster: new Int32Array(0), map: new Float32Array(0) };
  const embedding = { data: new Float32Array(0), width: 2 };
  const files = await written({ ...none, embedding }, ...RESULT_FORMATS);
  assert.equal(
    await parquetReadObjects({ file: memoryBuffer(files["assignments.parquet"]) }),
    [],
  );
  assert.is(text(files["assignments.csv"]), "id,label,cluster,x,y,embedding[0],embedding[1]\n");
  assert.is(text(files["vectors.tsv"]), "");
});

test("refuses what does not fit together", () => {
  const refused = (change: Partial<Assignments>, sentence: RegExp) =>
    assert.throws(
      () => resultFiles({ ...ALL, ...change }),
      (error: unknown) => error instanceof RangeError && sentence.test(error.message),
    );
  refused({ confidence: new Float32Array(4) }, /confidence must have 5 rows, got 4/);
  refused({ texts: ["one"] }, /texts must have 5 rows, got 1/);
  refused({ map: new Float32Array(9) }, /a map of 5 rows needs 10 numbers/);
  refused({ embedding: { data: new Float32Array(9), width: 2 } }, /need 10 numbers/);
  refused({ clusterNames: ["one"] }, /label 1 has no name/);
  refused({ labelNames: [] }, /label 1 has no name/);
});

test("names of rows: text after the row number in every table, whatever is in them", async () => {
  const names = ["007", 'a "b", c', null, "=1+1", "photos/é.png"];
  const one = { ids: ALL.ids, cluster: ALL.cluster, names };
  const files = await written(one, "parquet", "csv", "tsv");
  const rows = await parquetReadObjects({ file: memoryBuffer(files["assignments.parquet"]) });
  assert.equal(Object.keys(rows[0]), ["id", "name", "label", "cluster"]);
  assert.equal(rows.map(({ name }) => name), names);
  const read = csvParse(text(files["assignments.csv"]));
  assert.equal(read.map(({ name }) => name), names.map((name) => name ?? ""));
  const [header, first, second] = tsvParseRows(text(files["metadata.tsv"]));
  assert.equal([header, first[1]], [["id", "name", "cluster"], "007"]);
  assert.is(second[1], read[1].name);
  assert.throws(() => columnsOf({ ...one, names: ["a"] }), /names must have 5 rows, got 1/);
});

test.run();
