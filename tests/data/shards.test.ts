import { gzipSync, zipSync } from "fflate";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ReadOptions, Source } from "../../shell/data/dataset.ts";
import { encodeNpy, npyHead } from "../../shell/data/npy.ts";
import { encodeGrayPng } from "../../shell/data/png.ts";
import { readSource } from "../../shell/data/read_source.ts";
import { pickTexts, readerOf } from "../../shell/data/stream/text_reader.ts";
import { deflate, inflate } from "../../shell/data/zlib.ts";
import { imageFile, LIST_SCHEMA, memoryFile, parquetFile, rejects } from "./fixtures.ts";

const test = suite("shards");

/** Images of 2 x 3 pixels, and their classes. */
function images(n: number, from = 0): Uint8Array {
  const rows = Array.from({ length: n }, (_, i) => from + i);
  return imageFile(
    rows.map((i) => encodeGrayPng(Uint8Array.from([i, i + 1, 3, 4, 5, 6]), 3, 2, deflate)),
    rows.map((i) => i % 3),
  );
}

function table(n: number, rowGroupSize: number, from = 0): Uint8Array {
  const names = Array.from({ length: n }, (_, i) => `r${from + i}`);
  const label = Array.from({ length: n }, (_, i) => "ab"[i & 1]);
  return parquetFile([
    { name: "x", data: Float64Array.from({ length: n }, (_, i) => i / 3), type: "DOUBLE" },
    { name: "y", data: Int32Array.from({ length: n }, (_, i) => i * i), type: "INT32" },
    { name: "label", data: label, type: "STRING" },
    { name: "row_id", data: names, type: "STRING" },
  ], { rowGroupSize });
}

const sourceOf = (...files: [Uint8Array, string][]): Source => ({
  name: "parts",
  files: files.map(([bytes, split], i) => memoryFile(bytes, `${i}.parquet`, split)),
});

/** Reads in shards and whole, compares, and gives the first rows of the shards. */
async function compare(source: Source, options: ReadOptions): Promise<readonly number[]> {
  // Scales and means are measured on other rows.
  const all = { ...options, scale: "none", memory: undefined } as const;
  const { data, preprocessing: _, notes, ...whole } = await readSource(source, all);
  const { shards, data: none, preprocessing: __, notes: more, ...rest } = await readSource(source, {
    ...all,
    memory: options.memory,
  });
  // Of missing values those rows tell that scales are measured on.
  const said = (lines: readonly string[] = []) => lines.filter((line) => !/^missing/.test(line));
  assert.equal(said(more).slice(0, said(notes).length), said(notes));
  assert.is(none.length, 0);
  assert.equal(rest, whole);
  assert.ok(shards, "it is more than the memory");
  const { starts, width, type, read } = shards!;
  assert.is(type, data instanceof Uint8Array ? "u8" : "f32");
  assert.is(starts.at(-1), whole.n);
  // In another order than that of the files.
  for (let s = starts.length - 2; s >= 0; s--) {
    assert.equal(await read(s), data.slice(starts[s] * width, starts[s + 1] * width), `shard ${s}`);
  }
  return starts;
}

test("images: row groups are put together up to a 128th of the memory", async () => {
  const source = sourceOf([images(511), "train"], [images(320, 511), "test"]);
  // Row groups of 2 rows of 6 bytes: 3 of them in 36 bytes, and none across files.
  const starts = await compare(source, { inflate, memory: 128 * 36 });
  assert.equal(starts.slice(0, 4), [0, 6, 12, 18]);
  assert.equal(starts.slice(85, 88), [510, 511, 517]);
  assert.equal(starts.slice(-2), [829, 831]);
});

test("tables: large row groups are cut; a limit is shared as without shards", async () => {
  const source = sourceOf([table(50, 20), "train"], [table(30, 30, 50), "test"]);
  const memory = 8 * 8 * 7;
  const starts = await compare(source, { memory });
  assert.ok(starts.every((begin, s) => s === 0 || begin - starts[s - 1] <= 7));
  assert.ok(starts.includes(20) && starts.includes(50), "borders of groups and files");
  assert.is((await compare(source, { memory, limit: 71 })).at(-1), 71);
  const { shards, names } = await readSource(source, { memory });
  assert.ok(shards);
  assert.equal(names, Array.from({ length: 80 }, (_, i) => `r${i}`));
});

test("lists of numbers, and classes that are named", async () => {
  const lists = Array.from({ length: 40 }, (_, i) => [i, -i, i / 2]);
  const file = parquetFile([{ name: "e", data: lists }], { schema: LIST_SCHEMA, rowGroupSize: 9 });
  await compare(sourceOf([file, "train"]), { memory: 12 * 8 * 2 });
});

/** A text table of some 2,500 rows, more than two noted places. */
function csv(n: number, from = 0): string {
  const words = ['"a, ""b"""', "plain", '"two\nlines"', "Grüße €", '" "'];
  const rows = Array.from({ length: n }, (_, k) => {
    const i = from + k;
    // A column that is empty for long, a blank line now and then, quotes inside of words.
    const late = i < 1500 ? "" : i % 3 ? 2.5 : i / 4;
    return `${i / 3},${words[i % 5]},${late},r${i},${i % 7 ? "x" : 'y"y'}\n${
      i % 400 ? "" : " \r\n"
    }`;
  });
  return `\ufeffx,word,late,row_id,label\r\n${rows.join("")}`;
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

const named = (...files: [string, Uint8Array, string?][]): Source => ({
  name: "parts",
  files: files.map(([name, bytes, split = "train"]) => memoryFile(bytes, name, split)),
});

test("CSV: cut between records, wherever they lie", async () => {
  const source = named(["a.csv", bytesOf(csv(2500))], ["b.csv", bytesOf(csv(90, 2500)), "test"]);
  const options = { drop: ["word"], missing: "most-frequent", memory: 8 * 8 * 150 } as const;
  const starts = await compare(source, options);
  assert.equal([starts.at(1), starts.at(-1)], [8, 2590]);
  assert.ok(starts.every((begin, s) => s === 0 || begin - starts[s - 1] <= 9));
  await compare(source, { ...options, limit: 2450 });
});

test("CSV: semicolons and decimal commas, and no names", async () => {
  const lines = Array.from({ length: 1500 }, (_, i) => `${i},${i % 10};${i}`);
  // Whole numbers alone do not tell the comma.
  lines.fill("3;4", 700, 900);
  const memory = 8 * 8 * 50;
  await compare(named(["a.csv", bytesOf(`x;y\n${lines.join("\n")}`)]), { memory });
  lines[800] = "na;3";
  const missing = "most-frequent";
  await compare(named(["a.csv", bytesOf(lines.join("\r\n"))]), { memory, missing });
  const tabs = bytesOf(lines.join("\n").replaceAll(";", "\t"));
  await compare(named(["a.tsv", tabs]), { memory, missing });
});

test("JSON Lines: columns that not all rows have; arrays are read whole", async () => {
  const rows = Array.from({ length: 2100 }, (_, i) => ({
    ...i % 3 && { x: i % 4 ? 5 : i / 7 },
    ...i > 5 && { "größe": i % 3 ? 2 : i % 11 },
    label: i % 2 ? "ja" : "nein",
  }));
  const lines = rows.map((row) => JSON.stringify(row));
  const memory = 8 * 8 * 200;
  const source = named(["a.jsonl", bytesOf(`\ufeff \t\r\n${lines.join("\n\n")}`)]);
  await compare(source, { memory, missing: "most-frequent" });
  const { shards, notes } = await readSource(named(["a.json", bytesOf(`[${lines}]`)]), { memory });
  assert.is(shards, undefined);
  assert.match(`${notes}`, "memory: the rows take 0.017 MB, more than the 0.013 MB allowed");
});

test("arrays: numbers of any type, images with their classes", async () => {
  const head = (type: string, shape: number[]) => [...npyHead(type, shape)];
  const numbers = Float64Array.from({ length: 600 }, (_, i) => i / 9);
  const doubles = Uint8Array.from([
    ...head("<f8", [100, 2, 3]),
    ...new Uint8Array(numbers.buffer),
  ]);
  await compare(named(["a.npy", doubles], ["b.npy", doubles, "test"]), { memory: 24 * 8 * 7 });
  const pixels = Array.from({ length: 50 * 6 }, (_, i) => i & 255);
  const images = Uint8Array.from([...head("|u1", [50, 2, 3]), ...pixels]);
  await compare(named(["a.npy", images], ["b.npy", images, "test"]), { memory: 100, limit: 70 });
  const idx = Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 50, 0, 0, 0, 2, 0, 0, 0, 3, ...pixels]);
  const classes = Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 50, ...pixels.slice(0, 50)]);
  const source = named(["train-images-idx3-ubyte", idx]);
  source.files[0].labels = memoryFile(classes, "train-labels-idx1-ubyte", "train");
  await compare(source, { memory: 100 });
});

test("texts: the same in shards, from CSV, JSON Lines and Parquet, single rows of them too", async () => {
  const words = ["the cat", 'a "dog"', "two\nlines", "Grüße, €", "half a \ud83d\ude42", ""];
  const rows = Array.from({ length: 2100 }, (_, i) => ({
    title: `${words[i % 6]} number ${i} of them`,
    body: `${"word ".repeat(i % 9)}${i}x`,
    label: i % 2 ? "ja" : "nein",
    key: `k${i}`,
  }));
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = rows.map((row) => Object.values(row).map(quoted).join());
  const columns = (["title", "body", "label", "key"] as const).map((name) => ({
    ...{ name, data: rows.map((row) => row[name]), type: "STRING" as const },
  }));
  const options = { text: ["title", "body"], label: "label", id: "key" };
  const memory = 40_000;
  for (
    const source of [
      named(["a.csv", bytesOf(`title,body,label,key\n${lines.join("\n")}`)]),
      named(["a.jsonl", bytesOf(rows.map((row) => JSON.stringify(row)).join("\n"))]),
      named(
        ["a.parquet", parquetFile(columns, { rowGroupSize: 300 })],
        ["b.parquet", parquetFile(columns, { rowGroupSize: 2100 }), "test"],
      ),
    ]
  ) {
    const { texts, notes, ...whole } = await readSource(source, options);
    const { textShards, notes: more, ...rest } = await readSource(source, { ...options, memory });
    assert.equal(rest, whole);
    assert.equal(more, notes);
    const { starts, read } = textShards!;
    assert.is(starts.at(-1), texts!.length);
    for (let s = 0; s + 1 < starts.length; s++) {
      assert.equal(await read(s), texts!.slice(starts[s], starts[s + 1]));
    }
    const reader = readerOf(textShards!);
    for (
      const [begin, end] of [[0, 5], [3, 900], [900, 901], [901, texts!.length], [7, 7], [2, 9]]
    ) {
      assert.equal(await reader(begin, end), texts!.slice(begin, end));
    }
    const picked = await pickTexts(textShards!, [2000, 3, 2, 2000, 0], 12);
    assert.equal(
      picked,
      Object.fromEntries([0, 2, 3, 2000].map((i) => [i, texts![i].slice(0, 12)])),
    );
    const limited = await readSource(source, { ...options, memory, limit: 1500 });
    assert.is(limited.textShards!.starts.at(-1), 1500);
  }
  const source = named([
    "a.csv",
    bytesOf(`title,body,label,key\n${lines.slice(0, 999).join("\n")}`),
  ]);
  await rejects(
    () => readSource(source, { text: ["title"], memory: 1000, skipBadRows: true }),
    /--skip-bad-rows needs all rows/,
  );
});

test("what cannot be read from the middle is read whole", async () => {
  const text = bytesOf(csv(1000));
  for (
    const [name, bytes] of [
      ["a.csv.gz", gzipSync(text)],
      ["a.npz", zipSync({ "x.npy": encodeNpy(new Float32Array(900), [300, 3]) })],
    ] as const
  ) {
    const { shards, notes } = await readSource(named([name, bytes]), { memory: 3000 });
    assert.is(shards, undefined);
    assert.match(
      `${notes}`,
      /memory: the rows take .*, because features, compressed files, .* are not read in parts/,
    );
  }
});

test("rows of text and of arrays that are wrong: told by their number when they are reached", async () => {
  const last = async (name: string, bytes: Uint8Array) => {
    const { shards } = await readSource(named([name, bytes]), { memory: 8 * 8 * 40 });
    const { starts, read } = shards!;
    for (let s = 0; s + 1 < starts.length; s++) await read(s);
  };
  const lines = Array.from({ length: 1400 }, (_, i) => `${i},${i / 2}`);
  const table = (bad: string) =>
    bytesOf(`x,y\n${[...lines, bad, ...lines.slice(0, 9)].join("\n")}`);
  await rejects(
    () => last("a.csv", table("5,oh")),
    /^a.csv, row 1400 \(counting from 0\), column "y": the value is "oh", but the column has finite/,
  );
  await rejects(
    () => last("a.csv", table("1,2,3")),
    /^a.csv, row 1400 .* has 3 fields, but .* 2 col/,
  );
  const json = [...lines.map((_, i) => `{"x": ${i / 2}, "y": ${i % 9}}`), '{"x": "no", "y": 2}']
    .join("\n");
  await rejects(
    () => last("a.jsonl", bytesOf(json)),
    /^a.jsonl, row 1400 .*, column "x": the value/,
  );
  const numbers = new Float32Array(800).fill(1);
  numbers[797] = NaN;
  await rejects(
    () => last("a.npy", encodeNpy(numbers, [400, 2])),
    /^a.npy, row 398, column 1 \(counting from 0\): the value is NaN/,
  );
  await rejects(
    () => last("a.csv", bytesOf(`x,y\n${lines.join("\n")}\n"5,6`)),
    /^a.csv, line 1402: a quote is opened and not closed/,
  );
});

test("what fits is read whole", async () => {
  const source = sourceOf([table(50, 20), "train"]);
  const { shards, data } = await readSource(source, { memory: 50 * 8 });
  assert.is(shards, undefined);
  assert.is(data.length, 100);
});

test("refuses too little memory, and rows that are damaged when they are reached", async () => {
  await rejects(
    () => readSource(sourceOf([table(50, 20), "train"]), { memory: 60 }),
    /^a row of parts has 8 bytes, of which 60 bytes of memory hold too few: allow at least 64$/,
  );
  const png = (width: number) => encodeGrayPng(new Uint8Array(width * 2), width, 2, deflate);
  const read = async (bad: Uint8Array) => {
    const images = Array.from({ length: 20 }, (_, i) => i < 16 ? png(3) : bad);
    const file = imageFile(images, images.map(() => 0));
    const { shards } = await readSource(sourceOf([file, "train"]), { inflate, memory: 100 });
    await shards!.read(0);
    await shards!.read(shards!.starts.length - 2);
  };
  await rejects(() => read(png(3).slice(0, 40)), /^0.parquet, row 18 .* does not decode/);
  await rejects(() => read(png(4)), /^0.parquet, row 18 .* are 2 x 4 x 1, but the first .* 2 x 3/);
});

test.run();
