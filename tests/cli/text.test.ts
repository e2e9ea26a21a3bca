import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { encodeAsSaved } from "../../shell/cli/text/encode.ts";
import { checkTextPreprocessing, type Dataset, decodeModel } from "../../shell/data/index.ts";
import { readAssignments } from "../../shell/data/results/read.ts";
import { writeTinyBert } from "../data/encoders/tiny_bert.ts";
import { withFolder } from "../data/fixtures.ts";
import { devices, release, retain } from "../devices.ts";
import { PEER_FOLDER, testPeer } from "../peer.ts";
import { asterism, refuses, writeTable } from "./asterism.ts";

const test = suite("train on texts");
retain();

const SUBJECTS = [
  "the kitten and the cat lick a paw with whiskers and fur",
  "a bank lends money and credit with interest on the debt",
  "the river flows past a mountain and a valley to the lake",
].map((line) => line.split(" "));

/** Ninety texts of three subjects, in which control characters hide. */
const TEXTS = Array.from({ length: 90 }, (_, i) => {
  const words = SUBJECTS[i % 3];
  const rotated = [...words.slice(i % 7), ...words.slice(0, i % 7)].slice(0, 9 + i % 2);
  return `\u001b[31m${rotated.join(" ")} number${i}`;
});
const SMALL = [
  "--hidden",
  "16",
  "--embedding",
  "4",
  "--epochs",
  "2",
  "--clusters",
  "3",
  "--seed",
  "1",
];

async function writeTexts(path: string, texts = TEXTS): Promise<string> {
  const rows = texts.map((text, i) => `"${text}",${"abc"[i % 3]}`);
  await writeFile(path, `body,subject\n${rows.join("\n")}\n`);
  return path;
}

interface Clusters {
  readonly columns: string[];
  readonly clusters: {
    readonly size: number;
    readonly terms: { readonly term: string }[];
    readonly examples: { readonly id: number; readonly text: string }[];
  }[];
}

test("without the peer: TF-IDF, said plainly; clusters are explained; the encoder is saved", async () => {
  await withFolder(async (dir) => {
    const data = await writeTexts(join(dir, "texts.csv"));
    const { code, out, err } = await asterism([
      ...["train", "--data", data, "--label", "subject", "--out", dir, "--name", "run"],
      ...["--text-size", "6", "--max-share", "0.4", "--device", "wasm", ...SMALL],
    ]);
    assert.is(code, 0, err);
    assert.match(
      err,
      /^texts: encoded by tfidf; sentence embeddings are there after: .*npm install/m,
    );
    assert.match(err, /TF-IDF of \d+ words, SVD to 6 numbers/);
    assert.match(out, /^cluster \d: \d+ texts; /m);
    const { columns, clusters }: Clusters = JSON.parse(
      await readFile(join(dir, "run", "clusters.json"), "utf8"),
    );
    assert.equal(columns, ["body"]);
    assert.is(clusters.reduce((sum, { size }) => sum + size, 0), TEXTS.length);
    for (const { examples } of clusters) {
      for (const { id, text } of examples) {
        assert.is(text, TEXTS[id].replace("\u001b", ""), "the text of that row, made harmless");
      }
    }
    for (const shown of [out, err]) assert.not.ok(shown.includes("\u001b"));
    // New texts become what they were in training.
    const path = join(dir, "run", "model.safetensors");
    const model = decodeModel(new Uint8Array(await readFile(path)), path);
    const preprocessing = checkTextPreprocessing(model.preprocessing);
    assert.is(preprocessing.encoder.kind, "tfidf");
    assert.equal(model.options.input, [6]);
    const device = await devices()[0].open();
    const { signal } = new AbortController();
    const context = { device, signal, memory: Infinity, quiet: true, say() {} };
    const some = { texts: TEXTS.slice(0, 5), n: 5 } as Dataset;
    const { data: rows } = await encodeAsSaved(some, preprocessing, context);
    for (let i = 0; i < 5; i++) {
      const length = Math.hypot(...rows.subarray(6 * i, 6 * i + 6));
      assert.ok(Math.abs(length - Math.sqrt(6)) < 1e-5, `row ${i} has length ${length}`);
    }
    const run = JSON.parse(await readFile(join(dir, "run", "run.json"), "utf8"));
    assert.is(run.settings.encoder, "tfidf");
  });
});

/** More texts, of some 5,000 words. */
const MANY = Array.from({ length: 3000 }, (_, i) => {
  const words = SUBJECTS[i % 3];
  return `${words[i % 7]} ${words[(i + i % 5) % 9]} ${words[i % 4]} number${i} half${i >> 1}`;
});

const codesOf = (dir: string, name: string) => readFile(join(dir, name, "embedding.npy"));

test("more texts than memory: words of a sample, the same texts in all results, predict alike", async () => {
  await withFolder(async (dir) => {
    const data = await writeTexts(join(dir, "texts.csv"), MANY);
    const cache = join(dir, "cache");
    const args = ["--data", data, "--out", dir, "--cache", cache, "--device", "wasm", ...SMALL];
    const text = ["--encoder", "tfidf", "--text-size", "6", "--formats", "parquet,npy,csv,tsv"];
    // Texts take 250 kB, their numbers 72 kB: of these two one or both do not fit.
    for (const [name, memory] of [["memory", "100kB"], ["file", "50kB"], ["again", "50kB"]]) {
      const more = ["--name", name, "--memory", memory];
      const { code, err } = await asterism(["train", ...args, ...text, ...more]);
      assert.is(code, 0, err);
      assert.match(
        err,
        `more than ${memory.replace("kB", " kB")} of memory: read from their files`,
      );
      assert.match(err, /the words that count are those of [\d,]+, not of all/);
      const csv = await readFile(join(dir, name, "assignments.csv"), "utf8");
      const [head, ...lines] = csv.trimEnd().split("\n").map((line) => line.split(","));
      const place = head.indexOf("text");
      assert.equal(lines.map((line) => line[place]), MANY);
      const parquet = await readFile(join(dir, name, "assignments.parquet"));
      const rows = await readAssignments(
        parquet.buffer.slice(
          parquet.byteOffset,
          parquet.byteOffset + parquet.length,
        ) as ArrayBuffer,
        name,
      );
      assert.equal(rows.texts, MANY);
      const gallery = JSON.parse(await readFile(join(dir, name, "gallery.json"), "utf8"));
      for (const { typical } of gallery.clusters) {
        for (const { id, text } of typical) assert.is(text, MANY[id]);
      }
      const { clusters }: Clusters = JSON.parse(
        await readFile(join(dir, name, "clusters.json"), "utf8"),
      );
      for (const { examples, terms } of clusters) {
        assert.ok(terms.length > 0);
        for (const { id, text } of examples) assert.is(text, MANY[id]);
      }
      assert.match(await readFile(join(dir, name, "report.html"), "utf8"), "Clusters");
    }
    assert.equal(await readdir(join(cache, "rows")), [], "no file of numbers is left");
    assert.equal(await codesOf(dir, "again"), await codesOf(dir, "file"));
    const predicted = [];
    for (const [name, ...more] of [["p1"], ["p2", "--memory", "50kB"]]) {
      const { code, err } = await asterism([
        ...["predict", "--model", join(dir, "file"), "--input", data, "--quiet"],
        ...["--cache", cache, "--output", join(dir, name), "--device", "wasm", ...more],
      ]);
      assert.is(code, 0, err);
      predicted.push(await readFile(join(dir, name, "assignments.parquet")));
    }
    assert.equal(predicted[0], predicted[1]);
    assert.equal(await codesOf(dir, "p2"), await codesOf(dir, "file"));
  });
});

test("more texts than memory: stopped and resumed; a classifier of them", async () => {
  await withFolder(async (dir) => {
    const data = await writeTexts(join(dir, "texts.csv"), MANY);
    const args = ["--data", data, "--out", dir, "--device", "wasm", "--memory", "50kB"];
    const text = ["--encoder", "tfidf", "--text-size", "6"];
    const small = SMALL.toSpliced(SMALL.indexOf("--epochs"), 2, "--epochs", "30");
    const learn = ["train", ...args, ...text, ...small];
    const whole = await asterism([...learn, "--name", "whole", "--quiet"]);
    assert.is(whole.code, 0, whole.err);
    const stopped = await asterism([...learn, "--name", "stopped"], /pretraining [2-9]\//);
    assert.is(stopped.code, 130, stopped.err);
    const resumed = await asterism(["train", "--resume", join(dir, "stopped"), "--quiet"]);
    assert.is(resumed.code, 0, resumed.err);
    assert.equal(await codesOf(dir, "stopped"), await codesOf(dir, "whole"));
    const taught = await asterism([
      ...["train", "classifier", ...args, ...text, "--label", "subject", "--epochs", "2"],
      ...["--name", "taught", "--quiet"],
    ]);
    assert.is(taught.code, 0, taught.err);
    assert.match(await readFile(join(dir, "taught", "report.html"), "utf8"), "predicted");
  });
});

test("a sentence encoder in a folder, offline; what it encoded once needs it no more", async () => {
  const peer = await testPeer();
  if (typeof peer === "string") return console.error(`note: a test did not run: ${peer}`);
  await withFolder(async (dir) => {
    const data = await writeTexts(join(dir, "texts.csv")), model = join(dir, "tiny-bert");
    await writeTinyBert(model);
    const args = [
      ...["train", "--data", data, "--label", "subject", "--out", dir],
      ...["--encoder", model, "--pooling", "cls", "--cache", join(dir, "cache"), ...SMALL],
    ];
    const { code, err } = await asterism([...args, "--name", "run"], undefined, {}, PEER_FOLDER);
    assert.is(code, 0, err);
    assert.match(err, /tiny-bert, 16 numbers; 90 texts encoded/);
    const path = join(dir, "run", "model.safetensors");
    const saved = decodeModel(new Uint8Array(await readFile(path)), path);
    assert.equal(saved.preprocessing, {
      kind: "text",
      columns: ["body"],
      dim: 16,
      factor: 4,
      encoder: {
        kind: "sentences",
        ...{ model, revision: "main", pooling: "cls", normalise: true, dtype: "fp32" },
      },
    });
    // What is in the cache needs no peer.
    const again = await asterism([...args, "--name", "again"]);
    assert.is(again.code, 0, again.err);
    assert.match(again.err, /0 texts encoded, the others were known/);
    const embedding = (name: string) => readFile(join(dir, name, "embedding.npy"));
    assert.equal(await embedding("run"), await embedding("again"));
    const predicted = await asterism([
      ...["predict", "--model", join(dir, "run"), "--input", data, "--quiet"],
      ...["--cache", join(dir, "cache"), "--output", join(dir, "again.npy")],
    ]);
    assert.is(predicted.code, 0, predicted.err);
    assert.equal(await readFile(join(dir, "again.npy")), await embedding("run"));
    // In parts: encoded once, and then known; not to the bit, since other texts share a batch.
    const parts = [...args, "--memory", "2kB", "--name"];
    const third = await asterism([...parts, "parts"], undefined, {}, PEER_FOLDER);
    assert.is(third.code, 0, third.err);
    assert.match(third.err, /tiny-bert, 16 numbers; 90 texts encoded/);
    const fourth = await asterism([...parts, "known"]);
    assert.is(fourth.code, 0, fourth.err);
    assert.match(fourth.err, /tiny-bert, 16 numbers; 0 texts encoded/);
    assert.equal(await embedding("known"), await embedding("parts"));
  });
});

test("stopped and resumed: the encoder of the stopped run, and the bytes of one never stopped", async () => {
  await withFolder(async (dir) => {
    const data = await writeTexts(join(dir, "texts.csv"));
    const args = [
      ...["train", "--data", data, "--label", "subject", "--out", dir, "--device", "wasm"],
      ...[
        "--hidden",
        "16",
        "--embedding",
        "4",
        "--epochs",
        "400",
        "--clusters",
        "3",
        "--seed",
        "1",
      ],
    ];
    const stopped = await asterism([...args, "--name", "stopped"], /pretraining 9\//);
    assert.is(stopped.code, 130, stopped.err);
    const resumed = await asterism(["train", "--resume", join(dir, "stopped"), "--quiet"]);
    assert.is(resumed.code, 0, resumed.err);
    const whole = await asterism([...args, "--name", "whole", "--quiet"]);
    assert.is(whole.code, 0, whole.err);
    for (const file of ["embedding.npy", "clusters.json"]) {
      const [one, two] = await Promise.all(
        ["stopped", "whole"].map((name) => readFile(join(dir, name, file), "base64")),
      );
      assert.ok(one === two, file);
    }
  });
});

test("bad input: one sentence", async () => {
  await withFolder(async (dir) => {
    const texts = await writeTexts(join(dir, "texts.csv"));
    const table = await writeTable(join(dir, "table.parquet"));
    const on = (
      data: string,
      ...more: string[]
    ) => ["train", "--data", data, "--quiet", "--out", dir, ...more];
    await refuses(
      "a table",
      2,
      /--encoder is for texts, and .* has none/,
      on(table, "--encoder", "tfidf"),
    );
    await refuses("a table", 2, /--vocabulary is for texts/, on(table, "--vocabulary", "100"));
    await refuses("idle", 2, /--pooling is for sentence encoders, and texts are encoded by tfidf/, [
      ...on(texts, "--encoder", "tfidf", "--pooling", "cls"),
    ]);
    await refuses("idle", 2, /--max-share is for --encoder tfidf, and texts are encoded by a\/b/, [
      ...on(texts, "--encoder", "a/b", "--max-share", "0.5"),
    ]);
    await refuses(
      "no peer",
      1,
      /the encoder a\/b needs the package .*: install it by .*npm install .*; or take --encoder tfidf/,
      [
        ...on(texts, "--encoder", "a/b", "--cache", dir),
      ],
    );
    const empty = await writeTexts(
      join(dir, "empty.csv"),
      TEXTS.map((_, i) => `? ! ${"-".repeat(i + 1)}`),
    );
    await refuses("no words", 1, /there is no word in the 90 texts: is this the column/, [
      ...on(empty, "--text", "body", "--label", "subject"),
    ]);
  });
});

test.after(release);
test.run();
