import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readCsv } from "../../shell/data/csv.ts";
import { readCsvMatrix } from "../../shell/data/csv_matrix.ts";
import { Cancelled } from "../../shell/errors.ts";
import { memoryBuffer, rejects } from "./fixtures.ts";

const test = suite("csv");

const bytes = (text: string) => memoryBuffer(new TextEncoder().encode(text));
const read = (text: string, options = {}, file = "a.csv") =>
  readCsvMatrix(bytes(text), file, options);

async function fields(text: string, file = "a.csv"): Promise<[number, ...string[]][]> {
  const all: [number, ...string[]][] = [];
  for await (const { records } of readCsv(bytes(text), file)) {
    records.forEach(({ line, fields }) => all.push([line, ...fields]));
  }
  return all;
}

test("cuts lines into fields: quotes, line ends of all kinds, empty lines, a last line", async () => {
  assert.equal(await fields('a,b\r\n"1,5","say ""hi"""\n\n"two\nlines", x \n,'), [
    [1, "a", "b"],
    [2, "1,5", 'say "hi"'],
    [4, "two\nlines", " x "],
    [6, "", ""],
  ]);
  assert.equal(await fields("\ufeffa,b\n1,2"), [[1, "a", "b"], [2, "1", "2"]]);
  assert.equal(await fields('"",b\n'), [[1, "", "b"]]);
});

test("a quotation mark within a field is a letter", async () => {
  assert.equal(await fields('size,n\n5" disk,1\n"a ""b"" c",2\n3.5",3\n'), [
    [1, "size", "n"],
    [2, '5" disk', "1"],
    [3, 'a "b" c', "2"],
    [4, '3.5"', "3"],
  ]);
});

test("finds the delimiter in the first line, and takes tabs for .tsv", async () => {
  assert.equal(await fields("a;b;c,d\n1;2;3"), [[1, "a", "b", "c,d"], [2, "1", "2", "3"]]);
  assert.equal(await fields('"a,b,c"\tb\n1\t2'), [[1, "a,b,c", "b"], [2, "1", "2"]]);
  assert.equal(await fields("a,b,c\td\n", "a.tsv"), [[1, "a,b,c", "d"]]);
});

test("is the same wherever a piece ends", async () => {
  // Pieces are 4 MiB: quotes, a two-byte letter and line breaks lie across their ends.
  const row = '"ä\n""x""",12345\n';
  const count = Math.ceil((5 << 20) / new TextEncoder().encode(row).length);
  let seen = 0, last = 0;
  for await (const { records, done } of readCsv(bytes(row.repeat(count)), "a.csv")) {
    for (const { fields, line } of records) {
      if (fields[0] !== 'ä\n"x"' || fields[1] !== "12345") assert.equal(fields, [row]);
      last = line;
      seen++;
    }
    assert.ok(done > 0);
  }
  assert.is(seen, count);
  assert.is(last, 2 * count - 1);
});

test("refuses what is no UTF-8 and quotes that stay open", async () => {
  const refused = (bytes: number[], sentence: RegExp) =>
    rejects(() => readCsvMatrix(memoryBuffer(Uint8Array.from(bytes)), "a.csv"), sentence);
  await refused([0xff, 0xfe, 0x61, 0], /^a.csv is text in UTF-16: save it as UTF-8$/);
  await refused([0x50, 0x4b, 3, 4, 20], /^a.csv is an Excel or zip file: export it as CSV$/);
  await refused([0xd0, 0xcf, 0x11, 0xe0], /^a.csv is an Excel or zip file: export it as CSV$/);
  await refused([0x61, 0x2c, 0, 0xff], /^a.csv has bytes that are no text/);
  // "é" in Latin-1, in the first line and in the third.
  const latin = /^a.csv, line 1: it is not text in UTF-8: save the file as UTF-8$/;
  await refused([0x61, 0xe9, 10, 0x31, 10], latin);
  await refused([0x61, 10, 0x31, 10, 0xe9, 10, 0x32], /^a.csv, line 3: it is not text in UTF-8/);
  await rejects(() => fields('a\n1\n"2\n3\n'), /^a.csv, line 3: a quote is opened and not closed/);
});

test("takes all numbers by default, and the only words as classes", async () => {
  const text = "id,x,species,y\n7,1,b,-2.5\n8,3e2,a,4\n9,0,b,1\n9,0,b,1\n";
  assert.equal(await read(text), {
    n: 4,
    width: 2,
    data: Float32Array.of(1, -2.5, 300, 4, 0, 1, 0, 1),
    columns: ["x", "y"],
    lines: [2, 3, 4, 5],
    label: "species",
    labels: Int32Array.of(1, 0, 1, 1),
    labelNames: ["a", "b"],
  });
  const chosen = await read(text, { columns: ["y", "id"], label: false, limit: 2 });
  assert.equal(chosen.data, Float32Array.of(-2.5, 7, 4, 8));
  assert.is(chosen.labels, undefined);
});

test("takes a column called label, in the order of its numbers, with gaps", async () => {
  const table = await read("x,label\n1,10\n2,9\n3,\n4,10\n");
  assert.equal(table.columns, ["x"]);
  assert.equal(table.labels, Int32Array.of(1, 0, -1, 1));
  assert.equal(table.labelNames, ["9", "10"]);
  // A word for each row is a name and no class.
  assert.is((await read("name,x\nann,1\nbob,2\n")).label, undefined);
});

test("classes are words or whole numbers: measurements are refused by their line", async () => {
  const text = "x,y\n1,0.5\n2,3\n";
  const sentence = /^a\.csv, line 2, column "y": the value is 0\.5, but labels are words or whole/;
  await rejects(() => read(text, { label: "y" }), sentence);
  const whole = await read("x,y\n1,2.0\n2,1.0\n", { label: "y" });
  assert.equal([whole.labelNames, [...whole.labels!]], [["1.0", "2.0"], [1, 0]]);
  // One that is only called label is a column of numbers.
  assert.equal((await read("x,label\n1,0.5\n2,3\n")).columns, ["x", "label"]);
});

test("tells names from values in the first line", async () => {
  assert.equal((await read("1.5,2\n3,4\n")).columns, ["x0", "x1"]);
  assert.is((await read("1.5,2\n3,4\n")).n, 2);
  const pandas = await read("0,1\n3,4\n");
  assert.equal([pandas.n, ...pandas.columns], [1, "0", "1"]);
  assert.equal((await read(",a\n0,4\n1,5\n")).columns, ["a"]);
});

test("grows with the table", async () => {
  const rows = Array.from({ length: 5000 }, (_, i) => `${i},${-i}`);
  const { n, data } = await read(`a,b\n${rows.join("\n")}`);
  assert.is(n, 5000);
  assert.ok(data.every((value, i) => value === (i % 2 ? -1 : 1) * (i >> 1)));
});

test("names file, row, line and column of a value that is no finite number", async () => {
  const where = (value: string) =>
    new RegExp(
      `^a.csv, row 1 \\(counting from 0; line 3\\), column "y": the value is ${value}, but`,
    );
  await rejects(() => read("x,y\n1,2\n3,\n"), where("missing"));
  await rejects(() => read("x,y\n1,2\n3,NA\n"), where('"NA"'));
  await rejects(() => read("x,y\n1,2\n3,inf\n"), where('"inf"'));
  await rejects(() => read("x,y\n1,2\n3,1e39\n"), where('"1e39"'));
  await rejects(() => read("x,y\n1,2\n3,four\n"), where('"four"'));
  // Also where the first values are the ones that are missing, and after the first hundred.
  await rejects(() => read("x,y\n1,nan\n3,4\n"), /row 0 .*the value is "nan"/);
  const long = Array.from({ length: 300 }, (_, i) => i === 250 ? "x" : "1").join("\n");
  await rejects(() => read(`a\n${long}\n`), /row 250 .*line 252.*the value is "x"/);
});

test("refuses lines of another length, unknown and repeated columns, tables without numbers", async () => {
  await rejects(
    () => read("x,y\n1,2\n3\n"),
    /^a.csv, row 1 \(line 3\) has 1 fields, but there are 2 columns/,
  );
  await rejects(
    () => read("x,y\n1,2\n", { columns: ["z"] }),
    /no column "z": its columns are x, y/,
  );
  await rejects(() => read("x,y\n1,2\n", { label: "z" }), /no column "z"/);
  await rejects(() => read("x,x\n1,2\n"), /two columns called "x"/);
  await rejects(() => read("x,y\na,b\na,c\n"), /no column of numbers: its columns are x, y/);
  await rejects(() => read("x,y\n"), /^a.csv has no rows/);
  await rejects(() => read(""), /^a.csv has no rows/);
});

test("stops when asked", async () => {
  const error = await read("a\n1\n", { signal: AbortSignal.abort() }).catch((e) => e);
  assert.instance(error, Cancelled);
});

test.run();
