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

test("a column that counts the rows names them, whatever it is called", async () => {
  const rows = Array.from({ length: 12 }, (_, i) => `${i + 1},${i % 5},${i * 2},${i}`);
  const text = `Nr,x,even,zero\n${rows.join("\n")}\n`;
  const roles = await rolesOf(text);
  assert.equal([roles.id, roles.numeric], ["Nr", ["x", "even"]]);
  assert.equal(roles.dropped, [{ name: "zero", reason: "it names the rows" }]);
  // Rows that a limit or a mistake leaves out do not matter; one that is out of order does.
  const some = await readFrame(csv(text.replace("4,3,6,3", "4,?x,6,3")), { skipBadRows: true });
  assert.equal([some.n, findRoles(some).id], [11, "Nr"]);
  assert.is((await rolesOf(text.replace("\n7,", "\n70,"))).id, "zero");
  assert.equal((await rolesOf(text, { columns: ["Nr", "x"] })).numeric, ["Nr", "x"]);
  await rejects(
    () => rolesOf(rows.map((row) => row.split(",")[0]).join("\n")),
    /no column to cluster \("x0" names the rows\)/,
  );
});

test("words that are meant as dates or numbers: what they are, and how to write them", async () => {
  const columns = {
    us: ["3/14/2023", "12/1/2023", "4/4/2023"],
    german: ["14.03.2023", "01.12.2023 10:00", "4.4.2023"],
    long: ["14 March 2023", "1 Dec 2023", "2-Jan-2023"],
    money: ["$1,234.50", "$7.00", "-$3"],
    euro: ["€ 25,5", "€ 7", "(3) €"],
    share: ["45%", "7%", "12.5%"],
    comma: ["25,5", "1,25", "3,0"],
    thousands: ["1,234,567", "12", "1,000"],
    points: ["4.220,86", "14.502,79", "1.009.284,06"],
    words: ["a1", "7", "b2"],
    version: ["1.2.3", "1.2.4", "2.0.0"],
  };
  const rows = [0, 1, 2].map((i) => Object.values(columns).map((cells) => `"${cells[i]}"`).join());
  const { dropped } = await rolesOf(
    ["n", ...Object.keys(columns)].join() + rows.map((row, i) => `\n${i * i},${row}`).join(""),
  );
  const other = "nearly every row has another value";
  const dates = "dates: write 2024-12-31";
  assert.equal(Object.fromEntries(dropped.map(({ name, reason }) => [name, reason])), {
    ...{ us: dates, german: dates, long: dates },
    money: "numbers with $ and ,: write 1234.50",
    euro: "numbers with , and spaces and €: write 25.5",
    share: "numbers with %: write 45",
    comma: "numbers with ,: write 25.5",
    thousands: "numbers with ,: write 1234567",
    points: "numbers with ,: write 4220.86",
    ...{ words: other, version: other },
  });
  const often = (count: number) =>
    `n,share\n${Array.from({ length: 90 }, (_, i) => `${i * i},${i % count}%`).join("\n")}`;
  assert.equal((await rolesOf(often(30))).dropped, [
    { name: "share", reason: "numbers with %: write 0" },
  ]);
  assert.equal((await rolesOf(often(20), { label: false })).categorical, ["share"]);
  await rejects(
    () => rolesOf(often(30), { numeric: ["share"] }),
    /"share" has numbers with %, which --numeric cannot use: write 0, or use --categorical/,
  );
});

test("a list or a text that stands for its row: what is left out, and how to have it instead", async () => {
  const notesOf = async (one: object) => {
    const lines = [0, 1, 2, 3].map((i) =>
      JSON.stringify({ n: i * i, kind: i % 2 ? "x" : "y", ...one })
    );
    const file = memoryFile(new TextEncoder().encode(lines.join("\n")), "a.jsonl");
    return (await readSource({ name: "a.jsonl", files: [file] })).notes;
  };
  const instead = "(to cluster other columns instead, name them by --columns)";
  assert.equal(await notesOf({ e: [1, 2], who: { name: "ann" } }), [
    "columns: lists e (2 numbers)",
    "dropped: who (it is nested: write its values as columns of their own), " +
    'n (beside the lists "e")',
    `used alone: e ${instead}`,
  ]);
  const [, dropped, alone] = (await notesOf({ e: ["a"] }))!;
  assert.match(`${dropped} ${alone}`, /e \(it is nested: write its values.*\) undefined$/);
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
