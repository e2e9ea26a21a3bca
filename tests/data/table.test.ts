import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readFrame } from "../../shell/data/read_frame.ts";
import { readSource } from "../../shell/data/read_source.ts";
import { applyPreprocessing } from "../../shell/data/table/apply.ts";
import type { TablePreprocessing } from "../../shell/data/table/preprocessing.ts";
import { LIST_SCHEMA, memoryFile, parquetFile, rejects } from "./fixtures.ts";

const test = suite("table");

const source = (text: string, name = "a.csv") => ({
  name,
  files: [memoryFile(new TextEncoder().encode(text), name)],
});
const read = (text: string, options = {}) => readSource(source(text), options);

/** The numbers of one column. */
function column({ data, shape: [width] }: Awaited<ReturnType<typeof read>>, j: number): number[] {
  return Array.from(data).filter((_, at) => at % width === j);
}

/** Applied to new rows after a way through JSON, as a model file keeps it. */
async function apply(preprocessing: object | undefined, text: string) {
  const kept = JSON.parse(JSON.stringify(preprocessing));
  return applyPreprocessing(await readFrame(source(text, "new.csv")), kept);
}

const near = (found: number[], expected: number[]) => {
  assert.is(found.length, expected.length);
  found.forEach((x, i) => assert.ok(Math.abs(x - expected[i]) < 1e-6, `${found}, not ${expected}`));
};

const NUMBERS = "x\n1\n2\n4\n13\n";

test("scales: by deviation, range or quartiles, or not", async () => {
  near(column(await read(NUMBERS), 0), [1, 2, 4, 13].map((x) => (x - 5) / Math.sqrt(22.5)));
  near(column(await read(NUMBERS, { scale: "minmax" }), 0), [0, 1 / 12, 3 / 12, 1]);
  // Quartiles 1.75 and 6.25, median 3.
  near(
    column(await read(NUMBERS, { scale: "robust" }), 0),
    [1, 2, 4, 13].map((x) => (x - 3) / 4.5),
  );
  near(column(await read(NUMBERS, { scale: "none" }), 0), [1, 2, 4, 13]);
  // Quartiles that are equal tell nothing: the deviation does.
  const flat = await read("x\n0\n0\n0\n0\n0\n0\n8\n", { scale: "robust" });
  near(column(flat, 0).slice(5), [0, 8 / Math.sqrt(384 / 49)]);
});

const GAPS = "x,colour\n1,red\n,red\n2,\n2,blue\n7,red\n";

test("missing values: mean, median, most frequent, or rows left out; told", async () => {
  const filled = async (missing: string) =>
    column(await read(GAPS, { missing, scale: "none", label: false }), 0);
  assert.equal(await filled("mean"), [1, 3, 2, 2, 7]);
  assert.equal(await filled("median"), [1, 2, 2, 2, 7]);
  assert.equal(await filled("most-frequent"), [1, 2, 2, 2, 7]);
  const dataset = await read(GAPS, { label: false });
  // The missing colour is red, the most frequent one.
  assert.equal(dataset.columns, ["x", "colour=blue", "colour=red"]);
  assert.equal(column(dataset, 2), [1, 1, 1, 0, 1]);
  assert.ok(
    dataset.notes!.includes(
      "missing: x 1, colour 1; filled with the mean or the most frequent word",
    ),
  );
  const fewer = await read(GAPS, { missing: "drop", scale: "none", label: false });
  assert.equal([fewer.n, [...fewer.ids], column(fewer, 0)], [3, [0, 3, 4], [1, 2, 7]]);
  assert.equal(fewer.splits, [{ name: "train", begin: 0, end: 3 }]);
  assert.ok(fewer.notes!.includes("missing: x 1, colour 1; 2 rows left out"));
  await rejects(
    () => read("a,b\n1,\n,2\n3,\n,4\n", { missing: "drop" }),
    /^a.csv has no row without a missing value \(2 in column "a"\): leave such columns out/,
  );
});

test("names: a number for each, the rarest ones in one", async () => {
  const text = `c,x\n${"ccbbbaaaadee".split("").map((c, i) => `${c},${i * i}`).join("\n")}\n`;
  const all = await read(text, { label: false });
  assert.equal(all.columns, ["c=a", "c=b", "c=c", "c=d", "c=e", "x"]);
  const some = await read(text, { oneHot: 2, label: false });
  assert.equal(some.columns, ["c=a", "c=b", "c=other", "x"]);
  assert.equal(column(some, 2), [1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1]);
  assert.ok(some.notes![0].includes("categorical c (2 and other)"), some.notes![0]);
  // Numbers that are names, in their order.
  const codes = await read("c\n10\n9\n10\n9\n", { categorical: ["c"] });
  assert.equal(codes.columns, ["c=9", "c=10"]);
});

test("dates are days, truth values 0 and 1, lists a column for each number", async () => {
  const text = "day,flag\n1970-01-02,true\n1970-01-03T12:00,false\n1970-01-05,\n";
  const dataset = await read(text, { scale: "none" });
  assert.equal([column(dataset, 0), column(dataset, 1)], [[1, 2.5, 4], [1, 0, 0.5]]);
  const lists = parquetFile([{ name: "e", data: [[1, 2], [3, 6]] }], { schema: LIST_SCHEMA });
  const { columns, data, preprocessing } = await readSource({
    name: "p",
    files: [memoryFile(lists)],
  });
  assert.equal([columns, [...data]], [["e[0]", "e[1]"], [-1, -1, 1, 1]]);
  assert.equal((preprocessing as TablePreprocessing).inputs[0], {
    column: "e",
    as: "list",
    offset: [2, 4],
    factor: [1, 0.5],
  });
  const odd = parquetFile([{ name: "e", data: [[1, 2], [3]] }], { schema: LIST_SCHEMA });
  await rejects(
    () => readSource({ name: "p", files: [memoryFile(odd)] }),
    /^p, row 1 .*column "e": the row has 1 numbers, but every row needs as many as the first, 2/,
  );
});

test("classes: rows without one are -1, of rows that are left out none", async () => {
  const { labels, labelNames } = await read("x,label\n1,b\n,a\n3,\n5,a\n", { missing: "drop" });
  assert.equal([[...labels!], labelNames], [[1, -1, 0], ["a", "b"]]);
});

const TRAINED = "size,colour,day\n1,red,2024-01-01\n,blue,2024-01-03\n3,red,2024-01-09\n4,blue,\n";

test("the same rows later are the same bits, whatever rows lie beside them", async () => {
  for (const scale of ["standard", "minmax", "robust", "none"]) {
    const { data, preprocessing, n } = await read(TRAINED, { scale, label: false });
    assert.equal((await apply(preprocessing, TRAINED)).data, data);
    const lines = TRAINED.split("\n");
    // Other columns, in another order, do not matter.
    const other = ["note,colour,day,size"].concat(
      lines.slice(1, n + 1).map((line) => line.split(",")).map(([a, b, c]) => `z,${b},${c},${a}`),
    );
    assert.equal((await apply(preprocessing, other.join("\n"))).data, data);
    const one = await apply(preprocessing, [lines[0], lines[3]].join("\n"));
    assert.equal(one.data, data.slice(2 * 4, 3 * 4));
  }
});

test("new rows that do not suit: one sentence", async () => {
  const { preprocessing } = await read(TRAINED, { label: false });
  const refused = (text: string, sentence: RegExp) =>
    rejects(() => apply(preprocessing, text), sentence);
  await refused(
    "size,colour\n1,red\n",
    /^new.csv has no column "day": its columns are size, colour/,
  );
  await refused(
    "size,color,day\n1,red,\n",
    /^new.csv has no column "colour": did you mean color\?/,
  );
  await refused(
    "size,colour,day\n1,red,2024-01-01\n2,green,2024-01-01\n",
    /^new.csv, row 1 \(counting from 0\), column "colour": "green" is none of the categories that were seen in training \(blue, red\)/,
  );
  await refused(
    "size,colour,day\nbig,red,2024-01-01\n",
    /^new.csv: column "size" has words, where the model was trained on numbers/,
  );
  await refused("size,colour,day\n1,red,17\n", /column "day" has numbers, where .* on dates/);
  // A column without a value is of no kind: what is missing is filled as in training.
  assert.is((await apply(preprocessing, "size,colour,day\n,red,\n")).n, 1);
  const strict = await read(TRAINED, { label: false, missing: "drop" });
  await rejects(
    () => apply(strict.preprocessing, "size,colour,day\n,red,2024-01-01\n"),
    /^new.csv, row 0 .*"size": the value is missing, and the model was trained without such rows/,
  );
  const capped = await read(TRAINED, { label: false, oneHot: 1 });
  const { data } = await apply(capped.preprocessing, "size,colour,day\n2,green,2024-01-01\n");
  assert.equal([...data.slice(1, 3)], [0, 1]);
  const raw = await read("x\n1\n2\n", { scale: "none" });
  await rejects(
    () => apply(raw.preprocessing, "x\n1e39\n"),
    /column "x": the value is no finite 32-bit/,
  );
});

test.run();
