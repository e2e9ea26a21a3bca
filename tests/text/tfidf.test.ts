import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Cancelled, DataError } from "../../shell/errors.ts";
import { commonShare, fitTfidf, tfidfRows } from "../../shell/text/tfidf.ts";
import golden from "../golden/text.json" with { type: "json" };
import { near } from "../harness.ts";
import { CASES } from "./golden.ts";

const test = suite("tfidf");

for (const [name, want] of Object.entries(CASES)) {
  test(`${name}: vocabulary, weights and rows as in scikit-learn`, async () => {
    const { min_df: minDocuments, max_df: maxShare, max_features: maxTerms } = want.options;
    const tfidf = await fitTfidf(golden.texts, { minDocuments, maxShare, maxTerms });
    assert.equal(tfidf.terms, want.terms);
    near(tfidf.idf, want.idf, { abs: 1e-11 }, "idf");
    const rows = await tfidfRows(tfidf, golden.texts);
    assert.equal(Array.from(rows.start), want.start);
    assert.equal(Array.from(rows.column), want.column);
    near(rows.value, want.value, { rel: 1e-7, abs: 1e-9 }, "weights");
  });
}

test("new texts: words that were never seen count for nothing", async () => {
  const tfidf = await fitTfidf(["red apple", "red pear", "green pear"], {
    minDocuments: 1,
    maxShare: 1,
  });
  const rows = await tfidfRows(tfidf, ["purple plum", "", "pear plum pear"]);
  assert.equal(Array.from(rows.start), [0, 0, 0, 1]);
  assert.equal(tfidf.terms[rows.column[0]], "pear");
  assert.is(rows.value[0], 1);
});

test("by default, what stands in too many texts is no word, however few texts there are", async () => {
  assert.equal([4, 30, 100, 600, 1000].map(commonShare), [1, 1, 0.3, 0.05, 0.05]);
  const texts = Array.from(
    { length: 400 },
    (_, i) => `der ${i % 2 ? "hund" : "katze"} topic${i % 40}`,
  );
  const { terms } = await fitTfidf(texts);
  assert.is(terms.length, 40);
  assert.ok(terms.every((term) => term.startsWith("topic")));
  assert.equal((await fitTfidf(["the cat", "the dog", "the cat"])).terms, ["cat", "the"]);
});

test("texts of few different words: more common ones count, unless a share is given", async () => {
  const topics = [["goal", "team", "coach"], ["oven", "salt", "pan"], ["moon", "orbit", "probe"]];
  const texts = Array.from({ length: 300 }, (_, i) => {
    const words = topics[i % 3], first = Math.floor(i / 3) % 3;
    return `the ${words[first]} and ${words[(first + 1) % 3]} so`;
  });
  const { terms } = await fitTfidf(texts);
  assert.equal(terms, topics.flat().sort());
  try {
    await fitTfidf(texts, { maxShare: 0.05 });
    assert.unreachable("no error");
  } catch (error) {
    assert.match((error as Error).message, /--max-share/);
  }
});

test("a vocabulary without a word is said in one sentence", async () => {
  const fails = async (texts: string[], expected: RegExp) => {
    try {
      await fitTfidf(texts);
    } catch (error) {
      assert.instance(error, DataError);
      return assert.match((error as Error).message, expected);
    }
    assert.unreachable("no error");
  };
  await fails([], /there is no word in the 0 texts/);
  await fails(["?", "!"], /there is no word in the 2 texts: is this the column with the texts\?/);
  await fails(
    ["one", "two"],
    /of the 2 words of the 2 texts none stands in 2 or more of them/,
  );
});

test("options out of range", async () => {
  for (
    const options of [{ minDocuments: 0 }, { maxTerms: 1.5 }, { maxShare: 0 }, { maxShare: 1.1 }]
  ) {
    const error = await fitTfidf(["a b"], options).catch((error) => error);
    assert.instance(error, RangeError, JSON.stringify(options));
  }
});

test("progress, and a stop", async () => {
  const texts = Array.from({ length: 5000 }, (_, i) => `word${i % 300} again`);
  const seen: number[] = [];
  await fitTfidf(texts, { onProgress: (done, total) => seen.push(done / total) });
  assert.is(seen.at(-1), 1);
  assert.ok(seen.length > 1);
  const controller = new AbortController();
  const error = await fitTfidf(texts, {
    signal: controller.signal,
    onProgress: () => controller.abort(),
  }).catch((error) => error);
  assert.instance(error, Cancelled);
});

test.run();
