import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findPeer, type Peer, requirePeer } from "../../../shell/data/encoders/peer.ts";
import { encodeSentences, type SentenceOptions } from "../../../shell/data/encoders/sentences.ts";
import { Cancelled, DataError } from "../../../shell/errors.ts";
import { near } from "../../harness.ts";
import { testPeer } from "../../peer.ts";
import { withFolder } from "../fixtures.ts";
import { tinyBert, WIDTH, writeTinyBert } from "./tiny_bert.ts";

const test = suite("sentence embeddings");

const TEXTS = [
  "a cat",
  "the dog runs in the park all day and all night long",
  "",
  "a cat",
  "x",
  "two small birds",
];

/** A pipeline that answers what it is told to. */
const answering = (answer: (texts: string[]) => { data: number[]; dims: number[] }): Peer => ({
  env: {} as Peer["env"],
  pipeline: () => Promise.resolve(async (texts: unknown) => await answer(texts as string[])),
});

async function fails(
  type: new (message: string) => Error,
  pattern: RegExp,
  texts: string[],
  options: SentenceOptions,
): Promise<void> {
  const error = await encodeSentences(texts, options).catch((error) => error);
  assert.instance(error, type);
  assert.match(error.message, pattern);
  assert.not.match(error.message, /\n/);
}

test("a tiny BERT gives the numbers of its formula, offline, whatever the batch", async () => {
  const peer = await testPeer();
  if (typeof peer === "string") return console.error(`note: a test did not run: ${peer}`);
  await withFolder(async (dir) => {
    const model = join(dir, "tiny-bert");
    await writeTinyBert(model);
    const forms = [{}, { pooling: "cls" as const }, { normalise: false, batch: 1 }, { batch: 100 }];
    for (const [i, form] of forms.entries()) {
      const found = await encodeSentences(TEXTS, {
        model,
        cache: join(dir, `${i}`),
        peer,
        ...form,
      });
      assert.is(found.dim, WIDTH);
      assert.is(found.known, 1, "a text that is there twice is encoded once");
      TEXTS.forEach((text, row) => {
        const got = found.embedding.subarray(row * WIDTH, (row + 1) * WIDTH);
        near(got, tinyBert(text, form), { abs: 1e-6 }, `"${text}" ${JSON.stringify(form)}`);
      });
    }
    // Other weights in the same folder are another model.
    const seen: string[] = [];
    const before = await encodeSentences(["a cat"], { model, cache: join(dir, "0") });
    await writeTinyBert(model, 7);
    const after = await encodeSentences(["a cat"], {
      ...{ model, cache: join(dir, "0"), peer },
      onProgress: (stage, done, total) => seen.push(`${stage} ${done}/${total}`),
    });
    near(before.embedding, tinyBert("a cat"), { abs: 1e-6 }, "first weights");
    near(after.embedding, tinyBert("a cat", { seed: 7 }), { abs: 1e-6 }, "second weights");
    assert.is(seen.at(-1), "encode 1/1");
    assert.ok(seen.some((line) => line.startsWith("model")));
  });
});

test("a model that cannot be loaded: folder, name, network", async () => {
  const peer = await testPeer();
  if (typeof peer === "string") return console.error(`note: a test did not run: ${peer}`);
  await withFolder(async (dir) => {
    const cache = join(dir, "cache"), model = join(dir, "broken");
    await writeTinyBert(model);
    await writeFile(join(model, "onnx", "model.onnx"), "not a model");
    await fails(DataError, /^cannot load the model .*broken \(.+\): the folder must hold/, ["a"], {
      ...{ model, cache, peer },
    });
    await fails(DataError, /the folder must hold config.json/, ["a"], {
      ...{ model, cache, peer, dtype: "q8" },
    });
    const keep = { ...process.env };
    try {
      // Nothing listens there.
      process.env.HF_ENDPOINT = "http://127.0.0.1:9";
      await fails(
        DataError,
        /^cannot load the model nobody\/nothing \(.+\): check its name/,
        ["a"],
        {
          ...{ model: "nobody/nothing", cache, peer },
        },
      );
      process.env.HF_HUB_OFFLINE = "1";
      await fails(DataError, /not in the cache and HF_HUB_OFFLINE is set/, ["a"], {
        ...{ model: "nobody/nothing", cache, peer },
      });
    } finally {
      for (const name of ["HF_ENDPOINT", "HF_HUB_OFFLINE"]) {
        if (keep[name] === undefined) delete process.env[name];
        else process.env[name] = keep[name];
      }
    }
    assert.equal(
      (await readdir(join(cache, "embeddings"), { recursive: true })).filter((name) =>
        name.endsWith(".safetensors")
      ),
      [],
    );
  });
});

test("without the peer, one sentence with the command that installs it", async () => {
  if (await findPeer()) return console.error("note: a test did not run: the peer is installed");
  await withFolder(async (dir) => {
    await fails(
      DataError,
      /^the encoder some\/model needs the package @huggingface\/transformers: install it by ONNXRUNTIME_NODE_INSTALL=skip npm install @huggingface\/transformers$/,
      ["a"],
      {
        ...{ model: "some/model", cache: dir },
      },
    );
    const error = await requirePeer("--encoder x").catch((error) => error);
    assert.match(error.message, /^--encoder x needs/);
  });
});

test("what is on disk is not encoded again, nor lost by damage or a stop", async () => {
  await withFolder(async (cache) => {
    const asked: string[] = [];
    const peer = answering((texts) => {
      asked.push(...texts);
      return { data: texts.flatMap((text) => [text.length, 1 / 3]), dims: [texts.length, 2] };
    });
    const run = (texts: string[], more: SentenceOptions = {}) =>
      encodeSentences(texts, { model: "some/model", cache, batch: 2, peer, ...more });
    const first = await run(["aaa", "b", "aaa", "cc"]);
    assert.equal(asked.splice(0), ["b", "cc", "aaa"], "by length");
    assert.equal(Array.from(first.embedding), [3, 1, 3, 2].flatMap((v) => [v, Math.fround(1 / 3)]));
    assert.equal(
      (await run(["cc", "b"], { peer: undefined })).embedding.length,
      4,
      "no peer needed",
    );
    const more = await run(["dddd", "aaa", "\ud800", "\ud801"]);
    assert.equal(asked.splice(0), ["\ud800", "\ud801", "dddd"]);
    assert.is(more.known, 1);
    for (
      const other of [{ revision: "v2" }, { pooling: "cls" as const }, { dtype: "q8" }, {
        normalise: false,
      }, { model: "b/c" }]
    ) {
      await run(["b"], other);
      assert.equal(asked.splice(0), ["b"], JSON.stringify(other));
    }
    const files = (await readdir(join(cache, "embeddings"), { recursive: true }))
      .filter((name) => name.endsWith(".safetensors"));
    assert.is(files.length, 7);
    for (const name of files) await writeFile(join(cache, "embeddings", name), "damaged");
    assert.equal((await run(["b", "cc"])).embedding, Float32Array.of(1, 1 / 3, 2, 1 / 3));
    assert.equal(asked.splice(0), ["b", "cc"], "damaged files are made anew");
    const controller = new AbortController();
    const many = Array.from({ length: 2100 }, (_, i) => `text ${i}`);
    const stopped = await run(many, {
      ...{ batch: 100, signal: controller.signal },
      onProgress: (_, done) => done >= 1200 && controller.abort(),
    }).catch((error) => error);
    assert.instance(stopped, Cancelled);
    const encoded = asked.splice(0).length;
    await run(many);
    assert.ok(encoded < 2100 && asked.length === 2100 - 1024, `${asked.length} texts were left`);
  });
});

test("a model that gives something else", async () => {
  await withFolder(async (cache) => {
    const go = (pattern: RegExp, data: number[], dims: number[]) =>
      fails(DataError, pattern, ["a", "b"], {
        ...{ model: "some/model", cache, peer: answering(() => ({ data, dims })) },
      });
    await go(/gives numbers of shape \[2,3,1\] for 2 texts/, [1, 2, 3, 4, 5, 6], [2, 3, 1]);
    await go(/gives numbers of shape \[1,2\] for 2 texts/, [1, 2], [1, 2]);
    await go(/numbers that are not finite/, [1, NaN], [2, 1]);
    const peer = answering(() => {
      throw new Error("out of\u001b[2J memory\nat somewhere");
    });
    await fails(DataError, /failed on a text: out of \[2J memory$/, ["a"], {
      ...{ model: "some/model", cache, peer },
    });
    await fails(RangeError, /batch must be/, ["a"], { batch: 0, cache });
    await fails(RangeError, /pooling must be mean or cls/, ["a"], {
      pooling: "max" as "mean",
      cache,
    });
    await fails(RangeError, /there must be a text/, [], { cache });
  });
});

test.run();
