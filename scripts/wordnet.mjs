// Makes a data set of texts with classes: 4,000 glosses of WordNet's nouns, 500 of each of eight
// lexical files. `node scripts/wordnet.mjs [OUT.parquet]`; the dictionary is Debian's wordnet-base,
// or the folder that WORDNET names. Plain JavaScript, because Node 20 runs no TypeScript.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
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
  20: "plant",
  13: "food",
  8: "body",
  27: "substance",
  15: "location",
  28: "time",
  21: "possession",
};
const EACH = 500;

/** The dictionary's nouns. */
export const NOUNS = join(process.env.WORDNET ?? "/usr/share/wordnet", "data.noun");

/** Texts and the names of their classes, evenly spread over each file, class by class. */
export function wordnetGlosses() {
  const files = {};
  for (const line of readFileSync(NOUNS, "utf8").split("\n")) {
    // The licence stands in lines that begin with spaces.
    if (line === "" || line.startsWith("  ")) continue;
    const file = Number(line.split(" ", 2)[1]);
    if (file in CLASSES) (files[file] ??= []).push(line.split("| ")[1].trim());
  }
  const order = [5, 20, 13, 8, 27, 15, 28, 21];
  return order.flatMap((file) =>
    Array.from({ length: EACH }, (_, i) => ({
      text: files[file][Math.floor(i * files[file].length / EACH)],
      label: CLASSES[file],
    }))
  );
}

/** Writes them as a Parquet file. */
export function writeGlosses(path) {
  const rows = wordnetGlosses();
  mkdirSync(dirname(path), { recursive: true });
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: "text", data: rows.map(({ text }) => text), type: "STRING" },
      { name: "label", data: rows.map(({ label }) => label), type: "STRING" },
    ],
  });
  writeFileSync(path, new Uint8Array(buffer));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = process.argv[2] ?? ".cache/wordnet/glosses.parquet";
  if (!existsSync(NOUNS)) {
    process.stderr.write(
      `there is no ${NOUNS}: install it by apt-get install wordnet-base, or set WORDNET to the ` +
        "folder of a WordNet dictionary\n",
    );
    process.exit(1);
  }
  writeGlosses(path);
  process.stdout.write(`wrote ${path}\n`);
}
