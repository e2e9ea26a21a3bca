import { suite } from "uvu";
import * as assert from "uvu/assert";
import { kmeans } from "../../shell/cluster/kmeans.ts";
import { DataError } from "../../shell/errors.ts";
import { data } from "../../shell/plan/tensor.ts";
import { embedLsa, fitLsa, lsaFromJson, lsaToJson } from "../../shell/text/lsa.ts";
import { devices, release, retain } from "../devices.ts";
import golden from "../golden/text.json" with { type: "json" };

const test = suite("lsa");
retain();

/** Texts of three subjects that share small words. */
const SUBJECTS = [
  "kitten cat purr whiskers paw tail fur",
  "loan bank credit interest money account debt",
  "river mountain valley lake forest hill meadow",
].map((words) => words.split(" "));
const texts = Array.from({ length: 90 }, (_, i) => {
  const words = SUBJECTS[i % 3], pick = (step: number) => words[(i * step + i % 5) % 7];
  return `the ${pick(2)} and a ${pick(3)} of the ${pick(4)}, number ${i}`;
});

const first = new Map<string, Float32Array>();

for (const { name, family, open } of devices()) {
  test(`${name} texts of one subject lie together; the same texts have the same bits`, async () => {
    const device = await open();
    const { lsa, embedding, empty } = await fitLsa(device, texts, { components: 4 });
    assert.is(empty, 0);
    assert.is(lsa.dim, 4);
    for (let i = 0; i < texts.length; i++) {
      const length = Math.hypot(...embedding.subarray(4 * i, 4 * i + 4));
      assert.ok(Math.abs(length - 1) < 1e-6, `length of row ${i}`);
    }
    const points = data("points", [90, 4]);
    device.write(points, embedding);
    const { labels } = await kmeans(device, points, { clusters: 3, seed: 0 });
    device.free(points);
    for (let i = 3; i < 90; i++) assert.is(labels[i], labels[i % 3], texts[i]);
    const saved = lsaFromJson(JSON.parse(JSON.stringify(lsaToJson(lsa))));
    assert.equal(saved, lsa);
    const few = [17, 3, 60].map((row) => texts[row]);
    const again = await embedLsa(device, saved, [...few, "nothing known"]);
    [17, 3, 60].forEach((row, i) =>
      assert.equal(again.slice(4 * i, 4 * i + 4), embedding.slice(4 * row, 4 * row + 4))
    );
    assert.equal(Array.from(again.slice(12)), [0, 0, 0, 0]);
    const before = first.get(family);
    if (!before) first.set(family, embedding);
    else assert.equal(embedding, before, "other bits with another worker count");
  });
}

test("fewer texts or words than components", async () => {
  const device = await devices()[0].open();
  const { lsa, embedding, empty } = await fitLsa(device, ["red red", "red", "", "blue", "blue"]);
  assert.equal(lsa.terms, ["blue", "red"]);
  assert.is(lsa.dim, 2);
  assert.is(embedding.length, 10);
  assert.is(empty, 1);
  const error = await fitLsa(device, golden.texts, { components: 0 }).catch((e) => e);
  assert.instance(error, RangeError);
});

test("a damaged encoder is told, whatever is wrong with it", async () => {
  const device = await devices()[0].open();
  const good = lsaToJson((await fitLsa(device, golden.texts, { components: 3 })).lsa);
  const bad = [
    null,
    "text",
    {},
    { ...good, terms: [] },
    { ...good, terms: [1, 2] },
    { ...good, dim: 4 },
    { ...good, dim: -1 },
    { ...good, idf: good.idf.slice(4) },
    { ...good, idf: "?".repeat(good.idf.length) },
    { ...good, components: undefined },
    { ...good, components: btoa("\xff".repeat(12 * good.terms.length)) },
  ];
  for (const one of bad) {
    assert.throws(() => lsaFromJson(one), (error: Error) => {
      assert.instance(error, DataError);
      return /damaged: train again/.test(error.message);
    });
  }
  assert.equal(lsaFromJson(good).terms, good.terms);
});

test.after(release);
test.run();
