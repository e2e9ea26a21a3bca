import { suite } from "uvu";
import * as assert from "uvu/assert";
import { clusterTerms } from "../../shell/text/cluster_terms.ts";
import { explainClusters } from "../../shell/text/explain.ts";
import { harmless } from "../../shell/text/harmless.ts";
import type { TextSource } from "../../shell/text/walk.ts";
import golden from "../golden/text.json" with { type: "json" };

const test = suite("explain clusters of texts");

test("class-based TF-IDF by its formula", async () => {
  const { labels, terms, scores } = golden.describing;
  const found = await clusterTerms(golden.texts, labels, 2, {
    terms: terms.length,
    minDocuments: 1,
    minLift: 0,
  });
  found.forEach((list, c) => {
    const want = terms.flatMap((term, t) =>
      scores[c][t] > 0 ? [{ term, score: scores[c][t] }] : []
    );
    assert.is(list.length, want.length);
    for (const { term, score } of want) {
      const got = list.find((one) => one.term === term);
      assert.ok(got && Math.abs(got.score - score) < 1e-8, `${term} of cluster ${c}`);
    }
    list.slice(1).forEach(({ score }, i) => assert.ok(score <= list[i].score));
  });
});

test("words that are everywhere describe nothing", async () => {
  const texts = Array.from(
    { length: 400 },
    (_, i) =>
      i % 4 === 0
        ? "the the goal of a team"
        : `the ${["bank", "court", "song"][i % 4 - 1]} of the year`,
  );
  const found = await clusterTerms(texts, texts.map((_, i) => i % 4), 4, { terms: 2 });
  assert.equal(found.map((list) => list.map(({ term }) => term)), [
    ["goal", "team"],
    ["bank"],
    ["court"],
    ["song"],
  ]);
});

test("examples: nearest first, none twice; noise and empty clusters", async () => {
  const texts = ["cat one", "cat two", "cat one", "dog", "noise", ""];
  const found = await explainClusters(texts, [0, 0, 0, 2, -1, 0], [2, 3, 1, 0, 0, 0], 3, {
    examples: 3,
    minDocuments: 1,
  });
  assert.equal(found.map(({ size }) => size), [4, 0, 1]);
  assert.equal(found[0].examples, [{ row: 2, text: "cat one" }, { row: 1, text: "cat two" }]);
  assert.equal(found[1], { cluster: 1, size: 0, terms: [], examples: [] });
  assert.equal(found[2].terms.map(({ term }) => term), ["dog"]);
  const error = await explainClusters(texts, [0], [], 3).catch((e) => e);
  assert.instance(error, RangeError);
  assert.instance(await clusterTerms(texts, [0], 3).catch((e) => e), RangeError);
});

/** The same texts, three at a time. */
function inParts(texts: readonly string[]): TextSource {
  const starts = Array.from({ length: Math.ceil(texts.length / 3) + 1 }, (_, s) => 3 * s);
  starts[starts.length - 1] = texts.length;
  return { starts, read: (s) => Promise.resolve(texts.slice(starts[s], starts[s + 1])) };
}

test("texts that come in parts are explained as those in memory", async () => {
  const texts = [...golden.texts, "", "one more text", "one more text", "one last text"];
  const labels = texts.map((_, i) => i % 3), distances = texts.map((_, i) => i * 7 % 5);
  const whole = await explainClusters(texts, labels, distances, 3, { minDocuments: 1 });
  const parts = await explainClusters(inParts(texts), labels, distances, 3, { minDocuments: 1 });
  assert.equal(parts, whole);
  assert.ok(whole.every(({ examples }) => examples.length > 0));
  assert.ok(whole.some(({ terms }) => terms.length > 0));
  const error = await explainClusters(inParts(texts), labels, [1], 3).catch((e) => e);
  assert.match(error.message, `each of the ${texts.length} texts must have a distance, got 1`);
});

test("rare words are forgotten where there are too many to count", async () => {
  const texts = Array.from({ length: 900 }, (_, i) => `unique${i} ${i % 2 ? "cat" : "dog"} often`);
  const options = { minDocuments: 1, minLift: 0 };
  const [all, few] = await Promise.all(
    [{}, { maxWords: 100 }].map((more) =>
      clusterTerms(texts, texts.map((_, i) => i % 2), 2, { ...options, terms: 1000, ...more })
    ),
  );
  assert.equal(all.map(({ length }) => length), [452, 452]);
  for (const [c, word] of ["dog", "cat"].entries()) {
    assert.ok(few[c].length <= 52, `${few[c].length}`);
    const scoreOf = (list: typeof few[0]) => list.find(({ term }) => term === word)!.score;
    assert.is(scoreOf(few[c]), scoreOf(all[c]), "what is frequent counts in full");
  }
});

test("no control character of a text reaches a terminal or a file", () => {
  assert.is(
    harmless("a\u001b[31m red\u0007\r\n\tb\u0085c\u2028d\u202ee\ud800f"),
    "a [31m red b c d e f",
  );
  assert.is(harmless("  \u0000 "), "");
  assert.is(harmless("family 👨‍👩‍👧 ok"), "family 👨‍👩‍👧 ok", "joiners of letters stay");
  assert.is(harmless("abcdef", 6), "abcdef");
  assert.is(harmless("abcdef ghi", 7), "abcdef...");
  assert.is(harmless("🙂".repeat(9), 3), "🙂🙂🙂...");
});

test.run();
