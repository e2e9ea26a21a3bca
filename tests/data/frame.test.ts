import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readFrame } from "../../shell/data/read_frame.ts";
import { prepareFrame } from "../../shell/data/prepare.ts";
import { findRoles } from "../../shell/data/roles.ts";
import type { Frame } from "../../shell/data/frame.ts";
import { LIST_SCHEMA, memoryFile, parquetFile, rejects } from "./fixtures.ts";

const test = suite("frame");

const text = (content: string, name = "a.csv", split = "train") =>
  memoryFile(new TextEncoder().encode(content), name, split);
const read = (content: string, options = {}, name = "a.csv") =>
  readFrame({ name, files: [text(content, name)] }, options);
const columnsOf = ({ columns }: Frame) =>
  columns.map(({ name, type, values }) => [name, type, Array.from<unknown>(values)]);

test("CSV: kinds are those of most cells, empty ones are missing", async () => {
  const frame = await read(
    'n,flag,day,word,code,none\n1.5,true,2024-02-29,"x, ""y""",007,\n,FALSE,,NA,010,\n' +
      "-2e3,,2024-03-01T12:30:00+02:00, z ,1,\n",
  );
  assert.equal([frame.n, [...frame.ids]], [3, [0, 1, 2]]);
  assert.equal(columnsOf(frame), [
    ["n", "number", [1.5, NaN, -2000]],
    ["flag", "boolean", [1, 0, NaN]],
    ["day", "date", [Date.UTC(2024, 1, 29), NaN, Date.UTC(2024, 2, 1, 10, 30)]],
    ["word", "string", ['x, "y"', null, "z"]],
    ["code", "string", ["007", "010", "1"]],
    ["none", "string", [null, null, null]],
  ]);
});

test("CSV: decimal commas where no comma lies between cells, and only if a whole column has them", async () => {
  const rows = ["a;b;c;d;e", "25,5;1,234;1,5;1,5;x", "-3;5,678;2.5;;y", "0,125;9,012;3;,25;z", ""];
  const want = [
    ["a", "number", [25.5, -3, 0.125]],
    ["b", "number", [1.234, 5.678, 9.012]],
    ["c", "string", ["1,5", "2.5", "3"]],
    ["d", "number", [1.5, NaN, 0.25]],
    ["e", "string", ["x", "y", "z"]],
  ];
  const frame = await read(rows.join("\n"));
  assert.equal(columnsOf(frame), want);
  const styles = new Map(["a", "b", "d"].map((name) => [name, "25,5"]));
  assert.equal(frame.styles, styles);
  const tabs = await read(rows.join("\n").replaceAll(";", "\t"), {}, "a.tsv");
  assert.equal([columnsOf(tabs), tabs.styles], [want, styles]);
  const plain = await read('a,b\n"25,5",1\n');
  assert.equal([columnsOf(plain)[0], plain.styles], [["a", "string", ["25,5"]], undefined]);
  assert.equal(columnsOf(await read("1,5;2,5;3,5\n4;5;6\n")).map(([, , values]) => values), [
    [1.5, 4],
    [2.5, 5],
    [3.5, 6],
  ]);
  await rejects(
    () => read(`a;b\n${"1,5;2\n".repeat(1000)}1.5;2\n`),
    /line 1002\), column "a": the value is "1.5", but the column has numbers such as 25,5/,
  );
  const notes = prepareFrame(frame, findRoles(frame)).notes!;
  assert.is(notes[1], "decimal commas: a, b, d (25,5 is read as 25.5)");
});

test("CSV: points and commas of thousands, where they are proven", async () => {
  const styleOf = async (cells: string[], beside = "7") => {
    const { styles, columns: [{ type, values }] } = await read(
      `a;b\n${cells.map((cell) => `${cell};${beside}`).join("\n")}\n`,
    );
    return [styles?.get("a") ?? type, ...values];
  };
  const german = "1.234,5", english = "1,234.5";
  // What a column proves itself.
  assert.equal(await styleOf(["4.220,86", "-987", "14"]), [german, 4220.86, -987, 14]);
  assert.equal(await styleOf(["1.256", "0,5", "98765"]), [german, 1256, 0.5, 98765]);
  assert.equal(await styleOf(["12.345.678", "1.256", ""]), [german, 12345678, 1256, NaN]);
  assert.equal(await styleOf(["1,234.50", "987", "1,000"]), [english, 1234.5, 987, 1000]);
  assert.equal(await styleOf(["1,234", "0.5"]), [english, 1234, 0.5]);
  assert.equal(await styleOf(["1,234,567", "12"]), [english, 1234567, 12]);
  // What another column proves.
  assert.equal(await styleOf(["1.256", "987"]), ["number", 1.256, 987]);
  assert.equal(await styleOf(["1.256", "987"], "0,5"), [german, 1256, 987]);
  assert.equal(await styleOf(["1.256", "987"], "4.220,86"), [german, 1256, 987]);
  assert.equal(await styleOf(["1.256", "987"], "1,234.5"), ["number", 1.256, 987]);
  assert.equal(await styleOf(["1,256", "987"], "0,5"), ["25,5", 1.256, 987]);
  // What cannot be of thousands.
  assert.equal(await styleOf(["1.256", "0.5"], "0,5"), ["number", 1.256, 0.5]);
  assert.equal(await styleOf(["1.256", "98765"], "0,5"), ["number", 1.256, 98765]);
  assert.equal(await styleOf(["1,234", "12"]), ["string", "1,234", "12"]);
  assert.equal(await styleOf(["1.256", "4.220,86", "0.5"]), ["string", "1.256", "4.220,86", "0.5"]);
  assert.equal(await styleOf(["1.2.3", "1.234.567"]), ["string", "1.2.3", "1.234.567"]);
  const frame = await read("a;b;c\n1.256;0,5;1,234.5\n2.000;1,5;7\n3.001;4;8\n");
  assert.equal(prepareFrame(frame, findRoles(frame)).notes!.slice(1), [
    "decimal commas: b (25,5 is read as 25.5)",
    "decimal commas and points of thousands: a (1.234,5 is read as 1234.5)",
    "commas of thousands: c (1,234.5 is read as 1234.5)",
  ]);
  // Without names the first line is one of numbers.
  assert.equal(columnsOf(await read("4.220,86;1\n1.000,5;2\n")).map(([, , values]) => values), [
    [4220.86, 1000.5],
    [1, 2],
  ]);
});

test("CSV: commas that come late, after whole numbers", async () => {
  const whole = "1200;1,5\n".repeat(1100);
  const frame = await read(`a;b\n${whole}12,5;2,5\n3;4\n1.234,5;5\n`.replace("1.234,5;5\n", ""));
  const [[, , a]] = columnsOf(frame) as [string, string, number[]][];
  assert.equal([a[0], a[1100], a[1101]], [1200, 12.5, 3]);
  assert.equal(frame.styles!.get("a"), "25,5");
  const [beside] = columnsOf(await read(`a;b\n${whole}-1,244;2\n`)) as [string, string, number[]][];
  assert.is(beside[2][1100], -1.244);
  await rejects(
    () => read(`a;b\n${"1200;1\n".repeat(1100)}1,244;2\n`),
    /column "a": the value is "1,244", but the column has finite numbers/,
  );
  await rejects(
    () => read(`a;b\n${"1.5;1\n".repeat(1100)}12,5;2\n`),
    /column "a": the value is "12,5", but the column has finite numbers/,
  );
  await rejects(
    () => read(`a;b\n${"1.256;1\n".repeat(1100)}2.512;2,5\n`),
    /column "b" has decimal commas, but not in its first 1,000 rows, so the points in column "a" may be those of thousands: write/,
  );
});

test("CSV: a kind is found late where the first thousand cells are empty", async () => {
  const frame = await read(`a,b\n${"1,\n".repeat(1200)}2,7\n`);
  const [, b] = columnsOf(frame) as [string, string, number[]][];
  assert.equal([b[1], b[2].length, b[2][0], b[2][1200]], ["number", 1201, NaN, 7]);
});

test("CSV: a cell that does not fit is named by row, line and column, or its row left out", async () => {
  const bad = "a,b\n1,2\n2,3\n3,4\n4,four\n5,6,7\n6,inf\n7,8\n";
  await rejects(
    () => read(bad),
    /^a.csv, row 3 \(counting from 0; line 5\), column "b": the value is "four", but the column has finite numbers: correct it, .*--categorical b, or leave such rows out with --skip-bad-rows$/,
  );
  await rejects(
    () => read(bad.replace("four", "4")),
    /row 4 .*line 6\) has 3 fields, but there are 2/,
  );
  const frame = await read(bad, { skipBadRows: true });
  assert.equal([...frame.ids], [0, 1, 2, 6]);
  assert.is(frame.badRows!.count, 3);
  assert.match(frame.badRows!.first, /row 3 .*"four"/);
  const words = await read(bad, { words: ["b"], skipBadRows: true });
  assert.equal(columnsOf(words)[1], ["b", "string", ["2", "3", "4", "four", "inf", "8"]]);
});

test("CSV: names of columns are told from values, and none is there twice", async () => {
  assert.equal((await read("1,2\n3,4\n")).columns.map(({ name }) => name), ["x0", "x1"]);
  await rejects(() => read("a,a\n1,2\n"), /^a.csv has two columns called "a": rename one/);
  await rejects(() => read("a,,\n1,2,3\n"), /^a.csv has two columns without a name/);
  await rejects(() => read(""), /^a.csv has no rows/);
  await rejects(() => read("a,b\n"), /^a.csv has no rows/);
  assert.equal(columnsOf(await read("a\tb,c\n1\t2\n", {}, "a.tsv"))[1], ["b,c", "number", [2]]);
});

test("files of several splits: shares of a limit, columns by name", async () => {
  const files = [
    text("a,b\n1,x\n2,y\n3,x\n4,y\n", "train.csv"),
    text("b,a\nz,5\nz,6\n", "test.csv", "test"),
  ];
  const frame = await readFrame({ name: "two", files }, { limit: 3 });
  assert.equal(columnsOf(frame), [["a", "number", [1, 2, 5]], ["b", "string", ["x", "y", "z"]]]);
  assert.equal([...frame.ids], [0, 1, 4]);
  assert.equal(frame.splits, [
    { name: "train", begin: 0, end: 2 },
    { name: "test", begin: 2, end: 3 },
  ]);
  const other = [files[0], text("a,c\n1,2\n", "other.csv")];
  await rejects(
    () => readFrame({ name: "two", files: other }),
    /^other.csv has no column "b", unlike train.csv/,
  );
  const words = [files[0], text("a,b\nx,y\n", "other.csv")];
  await rejects(
    () => readFrame({ name: "two", files: words }),
    /^other.csv has words in column "a", where train.csv has numbers/,
  );
  const mixed = [files[0], memoryFile(parquetFile([{ name: "a", data: [1], type: "INT32" }]))];
  await rejects(() => readFrame({ name: "two", files: mixed }), /^two has files of several kinds/);
});

test("files without rows, or without values in a column, go with any", async () => {
  const files = [
    text("a,b\n,x\n", "a.csv"),
    text("a,b\n1,\n2,y\n", "b.csv"),
    text("a,b\n", "test.csv", "test"),
  ];
  const frame = await readFrame({ name: "three", files });
  assert.equal(columnsOf(frame), [
    ["a", "number", [NaN, 1, 2]],
    ["b", "string", ["x", null, "y"]],
  ]);
  assert.equal(frame.splits.at(-1), { name: "test", begin: 3, end: 3 });
  const lines = [text('{"a":1,"deep":{}}', "a.jsonl"), text('{"b":true}', "b.jsonl")];
  const ragged = await readFrame({ name: "two", files: lines });
  assert.equal(columnsOf(ragged), [["a", "number", [1, NaN]], ["b", "boolean", [NaN, 1]]]);
  assert.equal(ragged.skipped!.map(({ name }) => name), ["deep"]);
});

test("JSON Lines: values have their kinds, objects their own columns", async () => {
  const lines = [
    '{"a": 1, "w": "x", "day": "2024-01-01", "e": [1, 2], "deep": {"b": 1}}',
    "",
    '{"w": null, "a": 2.5, "e": [3, 4], "late": true, "toString": "t"}',
    '{"a": null, "w": "7", "day": "2024-01-02T00:00Z", "deep": [["x"]]}',
  ];
  for (const text of [lines.join("\n"), `[${lines.filter(Boolean).join(",\n")}]`]) {
    const frame = await read(text, {}, "a.jsonl");
    assert.equal(columnsOf(frame), [
      ["a", "number", [1, 2.5, NaN]],
      ["w", "string", ["x", null, "7"]],
      ["day", "date", [Date.UTC(2024, 0, 1), NaN, Date.UTC(2024, 0, 2)]],
      ["e", "list", [Float32Array.of(1, 2), Float32Array.of(3, 4), null]],
      ["late", "boolean", [NaN, 1, NaN]],
      ["toString", "string", [null, "t", null]],
    ]);
    assert.equal(frame.skipped, [{
      name: "deep",
      reason: "it is nested: write its values as columns of their own",
    }]);
  }
});

test("JSON Lines: a column that begins after the first thousand rows", async () => {
  const text = `${'{"a":1}\n'.repeat(1500)}{"a":2,"b":"x","c":5,"d":{}}\n`;
  const frame = await read(text, {}, "a.jsonl");
  const [, b, c] = columnsOf(frame) as [string, string, unknown[]][];
  assert.equal([frame.n, b[1], b[2].length, b[2][0], b[2][1500]], [
    1501,
    "string",
    1501,
    null,
    "x",
  ]);
  assert.equal([c[1], c[2].length, c[2][0], c[2][1500]], ["number", 1501, NaN, 5]);
  assert.equal(frame.skipped!.map(({ name }) => name), ["d"]);
});

test("JSON Lines: what is no object, and what does not fit, is named by row and line", async () => {
  const bad = '{"a": 1}\n{"a": 2}\n[3]\n{"a": 4}\n{"a": \n{"a": "x"}\n{"a": 1e999}\n{"a":7}\n';
  await rejects(
    () => read(bad, {}, "a.jsonl"),
    /^a.jsonl, row 2 \(counting from 0; line 3\) is no JSON object: write one object on each line, or/,
  );
  await rejects(
    () => read(bad.replace("[3]", '{"a": 3}'), {}, "a.jsonl"),
    /^a.jsonl, row 4 .*line 5\) is no JSON object/,
  );
  const frame = await read(bad, { skipBadRows: true }, "a.jsonl");
  assert.equal([[...frame.ids], frame.badRows!.count], [[0, 1, 3, 7], 4]);
  await rejects(() => read("[1", {}, "a.json"), /^a.json is no valid JSON: it must be an array/);
  await rejects(
    () => read("[1]", {}, "a.json"),
    /^a.json, row 0 \(counting from 0\) is no JSON object/,
  );
  await rejects(() => read("", {}, "a.json"), /^a.json has no rows/);
  await rejects(() => read("[]", {}, "a.json"), /^a.json has no rows/);
});

const TYPED = () =>
  parquetFile([
    { name: "int", data: [1n, null, 3n], type: "INT64" },
    { name: "flag", data: [true, false, null], type: "BOOLEAN" },
    { name: "word", data: ["a ", null, "b"], type: "STRING" },
    { name: "time", data: [new Date(5), null, new Date(86_400_000)], type: "TIMESTAMP" },
    { name: "deep", data: [{ x: 1 }, { x: 2 }, { x: 3 }], type: "JSON" },
  ]);

test("Parquet: numbers, truth values, words, times and lists, with nulls", async () => {
  const source = { name: "p", files: [memoryFile(TYPED())] };
  const frame = await readFrame(source);
  const [int, flag, word, time] = columnsOf(frame);
  assert.equal(int, ["int", "number", [1, NaN, 3]]);
  assert.equal(flag, ["flag", "boolean", [1, 0, NaN]]);
  assert.equal(word, ["word", "string", ["a", null, "b"]]);
  assert.equal(time, ["time", "date", [5, NaN, 86_400_000]]);
  assert.equal(frame.skipped, [{ name: "deep", reason: "it is JSON, which cannot be read" }]);
  const few = await readFrame(source, { without: ["int", "deep"], limit: 2 });
  assert.equal([few.n, few.columns.length, few.skipped!.length], [2, 3, 2]);
  const e = parquetFile([{ name: "e", data: [[1, 2], [3], null] }], { schema: LIST_SCHEMA });
  const [lists] = columnsOf(await readFrame({ name: "e", files: [memoryFile(e)] }));
  assert.equal(lists, ["e", "list", [Float32Array.of(1, 2), Float32Array.of(3), null]]);
});

test("Parquet: decimals, dates and nested columns in the schema of others", async () => {
  const file = parquetFile([
    { name: "price", data: [12.25, -0.5] },
    { name: "day", data: [new Date(0), new Date(86_400_000)] },
    { name: "who", data: [{ first: "a", last: "b" }, { first: "c", last: "d" }] },
  ], {
    schema: [
      { name: "root", num_children: 3 },
      {
        ...{ name: "price", type: "INT32", converted_type: "DECIMAL", scale: 2, precision: 9 },
        repetition_type: "REQUIRED",
      },
      { name: "day", type: "INT32", converted_type: "DATE", repetition_type: "REQUIRED" },
      { name: "who", num_children: 2, repetition_type: "OPTIONAL" },
      { name: "first", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
      { name: "last", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
    ],
  });
  const frame = await readFrame({ name: "p", files: [memoryFile(file)] });
  assert.equal(columnsOf(frame), [
    ["price", "number", [12.25, -0.5]],
    ["day", "date", [0, 86_400_000]],
  ]);
  assert.equal(frame.skipped, [{ name: "who", reason: "it is STRUCT, which cannot be read" }]);
});

test("Parquet: an infinite number is named by row and column, and so is a column of another kind", async () => {
  const bad = memoryFile(
    parquetFile([{ name: "x", data: [1, Infinity], type: "DOUBLE" }]),
    "bad.parquet",
  );
  await rejects(
    () => readFrame({ name: "p", files: [bad] }),
    /^bad.parquet, row 1 \(counting from 0\), column "x": the value is Infinity/,
  );
  const left = await readFrame({ name: "p", files: [bad, bad] }, { skipBadRows: true });
  assert.equal([[...left.ids], left.badRows!.count], [[0, 2], 2]);
  const good = memoryFile(
    parquetFile([{ name: "x", data: [1, 2], type: "DOUBLE" }]),
    "good.parquet",
  );
  const words = memoryFile(parquetFile([{ name: "x", data: ["a"], type: "STRING" }]), "w.parquet");
  const other = memoryFile(parquetFile([{ name: "y", data: [1], type: "DOUBLE" }]), "y.parquet");
  await rejects(
    () => readFrame({ name: "p", files: [good, words] }),
    /^w.parquet has STRING in column "x", unlike good.parquet/,
  );
  await rejects(
    () => readFrame({ name: "p", files: [good, other] }),
    /^y.parquet has no column "x"/,
  );
});

test.run();
