import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readSource } from "../../shell/data/read_source.ts";
import { readFrame } from "../../shell/data/read_frame.ts";
import { checkOverrides, findRoles } from "../../shell/data/roles.ts";
import { UsageError } from "../../shell/errors.ts";
import { memoryFile, parquetFile, rejects } from "./fixtures.ts";

const test = suite("roles");

const csv = (text: string) => ({
  name: "a.csv",
  files: [memoryFile(new TextEncoder().encode(text), "a.csv")],
});
const rolesOf = async (text: string, overrides = {}) =>
  findRoles(await readFrame(csv(text)), overrides);

/** Rows with a number, a category, a date, a constant, a name for each row, and classes. */
const TABLE = [
  "id,size,colour,day,unit,name,species",
  "1,2.5,red,2024-01-01,cm,ann,x",
  "2,3.5,blue,2024-01-02,cm,bob,y",
  "3,,red,2024-01-04,cm,cyd,x",
  "4,1.5,blue,2024-01-08,cm,dan,y",
].join("\n");

test("finds numbers, categories, dates, classes and ids, and drops what tells nothing", async () => {
  assert.equal(await rolesOf(TABLE), {
    text: [],
    numeric: ["size"],
    categorical: ["colour"],
    dates: ["day"],
    label: "species",
    id: "id",
    dropped: [
      { name: "unit", reason: "constant" },
      { name: "name", reason: "nearly every row has another value" },
    ],
  });
});

test("of several columns that name rows the first is the id, and none is a number", async () => {
  const roles = await rolesOf(",x,user_id,idx\n0,5,71,0\n1,7,12,0\n2,6,33,1\n");
  assert.equal([roles.id, roles.numeric], ["", ["x", "idx"]]);
  assert.equal(roles.dropped, [{ name: "user_id", reason: "it names the rows" }]);
});

test("takes what it is told", async () => {
  const roles = await rolesOf(TABLE, {
    ...{ label: "colour", categorical: ["size"], drop: ["day"], numeric: ["id"], text: [] },
  });
  assert.equal([roles.label, roles.categorical, roles.numeric, roles.id], [
    "colour",
    ["size", "species"],
    ["id"],
    undefined,
  ]);
  assert.equal(roles.dropped.map(({ name }) => name), ["day", "unit", "name"]);
  const few = await rolesOf(TABLE, { columns: ["name", "size"], label: false });
  assert.equal([few.numeric, few.categorical, few.label], [["size"], ["name"], undefined]);
});

const TEXTS = [
  "title,body,section,score",
  '"a cat sat on the mat",one two three four five,pets,3',
  '"rain fell on the hills today",six seven eight nine ten,weather,4',
  '"the dog ran to the mat",,pets,5',
].join("\n");

test("texts come before numbers, joined by a line break", async () => {
  const roles = await rolesOf(TEXTS);
  assert.equal([roles.text, roles.numeric], [["title", "body"], []]);
  const dataset = await readSource(csv(TEXTS), { text: ["title", "body"], label: "section" });
  assert.equal([dataset.kind, dataset.n, dataset.labelNames], ["text", 3, ["pets", "weather"]]);
  assert.equal(dataset.texts, [
    "a cat sat on the mat\none two three four five",
    "rain fell on the hills today\nsix seven eight nine ten",
    "the dog ran to the mat",
  ]);
  const numbers = await rolesOf(TEXTS, { drop: ["title", "body"] });
  assert.equal([numbers.text, numbers.numeric, numbers.label], [[], ["score"], undefined]);
});

test("a class label of the file, and lists of floats before all", async () => {
  const features = { kind: { _type: "ClassLabel", names: ["lo", "hi"] } };
  const file = parquetFile([
    { name: "kind", data: [0n, 1n, 0n] },
    { name: "x", data: [1, 2, 3], type: "DOUBLE" },
  ], {
    kvMetadata: [{ key: "huggingface", value: JSON.stringify({ info: { features } }) }],
  });
  const source = { name: "p", files: [memoryFile(file)] };
  const dataset = await readSource(source);
  assert.equal([dataset.label, dataset.labelNames, [...dataset.labels!]], [
    "kind",
    ["lo", "hi"],
    [0, 1, 0],
  ]);
  const without = await readSource(source, { label: false });
  assert.equal(without.columns, ["kind=hi", "kind=lo", "x"]);
});

test("refuses columns that are not there, two roles, roles that do not suit", async () => {
  await rejects(
    () => rolesOf(TABLE, { numeric: ["sise"] }),
    /^a.csv has no column "sise": did you mean size\?$/,
  );
  await rejects(() => rolesOf(TABLE, { drop: ["zzz"], label: "zzzz" }), /its columns are id, size/);
  for (
    const [overrides, sentence] of [
      [{ numeric: ["size"], drop: ["size"] }, '--numeric and --drop both name "size": leave it'],
      [{ text: ["name", "name"] }, '--text names "name" twice: name it once'],
      [{ label: "size", id: "size" }, '--label and --id both name "size": leave it out of one'],
    ] as const
  ) {
    assert.throws(
      () => checkOverrides(overrides),
      (error: Error) => error instanceof UsageError && error.message.startsWith(sentence),
    );
  }
  await rejects(
    () => rolesOf(TABLE, { numeric: ["colour"] }),
    /"colour" has words, which --numeric/,
  );
  await rejects(
    () => rolesOf(TABLE, { date: ["size"] }),
    /"size" has numbers, which --date cannot/,
  );
  await rejects(() => rolesOf(TABLE, { label: "day" }), /"day" has dates, which --label cannot/);
  await rejects(() => rolesOf(TABLE, { label: "size" }), /"size" has numbers with fractions/);
  await rejects(
    () => rolesOf("a,b\n1,x\n1,y\n"),
    /^a.csv has no column to cluster \("a": constant, "b": nearly every row has another value\)/,
  );
});

test.run();
