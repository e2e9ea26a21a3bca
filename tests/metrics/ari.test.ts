import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ari } from "../../shell/metrics/ari.ts";
import golden from "../golden/metrics.json" with { type: "json" };
import { countPairs, labellings, rangeError } from "./reference.ts";

const test = suite("ari");

for (const { name, labels, clusters, ari: expected } of golden.cases) {
  test(`equals scikit-learn: ${name}`, () => {
    assert.ok(Math.abs(ari(labels, clusters) - expected) <= 1e-15);
    if (expected === 1) assert.is(ari(labels, clusters), 1);
  });
}

test("equals Hubert and Arabie's formula over pairs counted one by one", () => {
  for (const [labels, clusters] of labellings()) {
    const { both, labelsOnly, clustersOnly, neither } = countPairs(labels, clusters);
    const all = both + labelsOnly + clustersOnly + neither;
    const together = [both + labelsOnly, both + clustersOnly];
    const expected = all === 0 ? 0 : together[0] * together[1] / all;
    const most = (together[0] + together[1]) / 2;
    const value = most === expected ? 1 : (both - expected) / (most - expected);
    assert.ok(Math.abs(ari(labels, clusters) - value) <= 1e-12);
    assert.is(ari(labels, clusters), ari(clusters, labels));
  }
});

test("keeps its digits for a million points", () => {
  // Each of 1000 classes lies half in one cluster and half in another: closed form below.
  const n = 1_000_000;
  const labels = Int32Array.from({ length: n }, (_, p) => Math.floor(p / 1000));
  const clusters = Int32Array.from({ length: n }, (_, p) => Math.floor(p / 500));
  const pairs = (count: number) => count * (count - 1) / 2;
  const [all, a, b] = [pairs(n), 1000 * pairs(1000), 2000 * pairs(500)];
  const expected = (b - a * b / all) / ((a + b) / 2 - a * b / all);
  assert.ok(Math.abs(ari(labels, clusters) - expected) <= 1e-14);
});

test("refuses bad ids", () => {
  assert.match(rangeError(() => ari([0, -2], [0, 0])), "labels[1] must be a non-negative integer");
  assert.match(rangeError(() => ari([0, 1], [0])), "same length");
});

test.run();
