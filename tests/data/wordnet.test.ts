// Glosses of WordNet: whether texts of one subject are found, with and without a pre-trained encoder.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sentenceEmbeddings, wordnetGlosses } from "../../scripts/wordnet.mjs";
import { kmeans } from "../../shell/cluster/kmeans.ts";
import type { Device } from "../../shell/device/device.ts";
import { accuracy } from "../../shell/metrics/accuracy.ts";
import { data } from "../../shell/plan/tensor.ts";
import { explainClusters } from "../../shell/text/explain.ts";
import { fitLsa } from "../../shell/text/lsa.ts";
import { devices, release, retain } from "../devices.ts";
import { testDictionary } from "../wordnet.ts";

interface Gloss {
  readonly text: string;
  readonly label: string;
}

const test = suite("glosses of WordNet");
retain();

const SEEDS = [1, 2, 3];
const device = devices().find(({ family }) => family.startsWith("wasm"));

async function glosses(each: number): Promise<Gloss[] | undefined> {
  const found = await testDictionary();
  if (typeof found !== "string") return wordnetGlosses(found.dictionary, each);
  console.error(`note: a test did not run: ${found}`);
}

/** Agreement with the lexical files for each seed, and one clustering. */
async function clustered(on: Device, rows: readonly Gloss[], embedding: Float32Array) {
  const names = [...new Set(rows.map(({ label }) => label))];
  const classes = Int32Array.from(rows, ({ label }) => names.indexOf(label));
  const points = data("points", [rows.length, embedding.length / rows.length]);
  on.write(points, embedding);
  const runs = [];
  for (const seed of SEEDS) runs.push(await kmeans(on, points, { clusters: 8, starts: 10, seed }));
  on.free(points);
  return { accuracies: runs.map(({ labels }) => accuracy(classes, labels)), names, run: runs[0] };
}

if (device) {
  test(`${device.name} TF-IDF and K-Means find eight subjects among 4,000 texts, for every seed`, async () => {
    const rows = await glosses(500);
    if (!rows) return;
    const on = await device.open(), texts = rows.map(({ text }) => text);
    const { embedding } = await fitLsa(on, texts);
    const { accuracies, run } = await clustered(on, rows, embedding);
    assert.ok(Math.min(...accuracies) >= 0.5, `accuracies ${accuracies}`);
    const zeros = new Float64Array(rows.length);
    const about = await explainClusters(texts, run.labels, zeros, 8);
    const words = about.flatMap(({ terms }) => terms.map(({ term }) => term));
    for (const word of ["genus", "money", "blood", "city", "acid", "meat"]) {
      assert.ok(words.includes(word), `${word} is not in ${words}`);
    }
    for (const word of ["the", "of", "and", "or", "in"]) assert.not(words.includes(word), word);
  });

  test(`${device.name} a real sentence encoder finds them among 240`, async () => {
    const rows = await glosses(30);
    if (!rows) return;
    const found = await sentenceEmbeddings(rows.map(({ text }) => text));
    const { accuracies } = await clustered(
      await device.open(),
      rows,
      Float32Array.from(found.flat()),
    );
    assert.ok(Math.min(...accuracies) >= 0.7, `accuracies ${accuracies}`);
  });
}

test.after(release);
test.run();
