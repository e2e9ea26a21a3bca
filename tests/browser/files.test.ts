/** Files that a person chooses, where pages read them: the same bits as everywhere. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { loadDataset } from "../../shell/data/browser.ts";
import type { ReadOptions } from "../../shell/data/dataset.ts";
import { encodeNpy } from "../../shell/data/npy.ts";
import { DataError } from "../../shell/errors.ts";

const test = suite("files of a page");

/** Rows with numbers, dates, names and gaps, from a small linear generator. */
const ROWS = Array.from({ length: 300 }, (_, i) => {
  let state = i + 1;
  const next = () => state = (state * 48271) % 2147483647;
  for (let j = 0; j < 9; j++) next();
  const empty = next() % 17 === 0;
  return {
    width: empty ? null : (next() % 100_000) / 700,
    count: next() % 50,
    on: next() % 3 > 0,
    day: new Date(1.6e12 + (next() % 1e6) * 1e6).toISOString(),
    colour: next() % 19 ? ["red", "green", "blue", "grey"][next() % 4] : null,
  };
});
const NAMES = Object.keys(ROWS[0]) as (keyof typeof ROWS[0])[];
const CSV = [NAMES.join(), ...ROWS.map((row) => NAMES.map((name) => row[name] ?? "").join())]
  .join("\n");
const LINES = ROWS.map((row) => JSON.stringify(row)).join("\n");

/** FNV-1a of the bits. */
function digest(data: Uint8Array | Float32Array): string {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash.toString(16);
}

/** Bits that every runtime must find. */
const BITS: [ReadOptions, string][] = [
  [{}, "da95c056"],
  [{ scale: "minmax", missing: "median" }, "7435de7d"],
  [{ scale: "robust", missing: "most-frequent", oneHot: 2 }, "903bcf33"],
  [{ missing: "drop" }, "1293c894"],
];

test("a table is the same bits in CSV, in JSON Lines, compressed, in every runtime", async () => {
  const packed = new Blob([CSV]).stream().pipeThrough(new CompressionStream("gzip"));
  const files = [
    new File([CSV], "a.csv"),
    new File([LINES], "a.jsonl"),
    new File([await new Response(packed).blob()], "a.csv.gz"),
    new Blob([LINES]),
  ];
  for (const [options, bits] of BITS) {
    for (const file of files) {
      const { data } = await loadDataset([file], { label: false, ...options });
      assert.is(digest(data), bits, `${JSON.stringify(options)}`);
    }
  }
});

test("arrays and texts", async () => {
  const npy = encodeNpy(Float32Array.of(1, 2, 3, 6), [2, 2]);
  const matrix = await loadDataset([new File([npy as BlobPart], "a.npy")]);
  assert.equal([...matrix.data], [-1, -1, 1, 1]);
  const lines = ["a cat sat on the mat", "rain fell on the hills", "the dog ran to town"];
  const text = `body\n${lines.join("\n")}\n`;
  assert.equal((await loadDataset([new File([text], "a.csv")])).texts, lines);
});

test("a name that a page cannot read", async () => {
  const error = await loadDataset("iris.csv").catch((caught) => caught);
  assert.instance(error, DataError);
  assert.match(error.message, /^"iris.csv" is no data set that a page can read: give /);
});

test("a file that cannot be read is named", async () => {
  const bad = new File([`${CSV}\n1,2\n`], "bad.csv");
  const error = await loadDataset([bad]).catch((caught) => caught);
  assert.instance(error, DataError);
  assert.match(error.message, /^bad.csv, row 300 \(counting from 0; line 302\) has 2 fields/);
});

test.run();
