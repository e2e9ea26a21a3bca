import { suite } from "uvu";
import * as assert from "uvu/assert";
import { nmi } from "../../shell/metrics/nmi.ts";
import golden from "../golden/metrics.json" with { type: "json" };
import { labellings, rangeError } from "./reference.ts";

const test = suite("nmi");

for (const { name, labels, clusters, nmi: expected } of golden.cases) {
  test(`equals scikit-learn: ${name}`, () => {
    const actual = nmi(labels, clusters);
    // 0 and 1 are special cases, not results of rounding.
    if (expected === 0 || expected === 1) assert.is(actual, expected);
    assert.ok(Math.abs(actual - expected) <= 1e-14, `${actual}, expected ${expected}`);
  });
}

test("lies in [0, 1], and swapping the sides changes nothing", () => {
  for (const [labels, clusters] of labellings()) {
    const value = nmi(labels, clusters);
    assert.ok(value >= 0 && value <= 1);
    assert.ok(Math.abs(value - nmi(clusters, labels)) <= 1e-14);
  }
});

test("is 1 to rounding under any renaming, and exactly 0 for independent sides", () => {
  const labels = Array.from({ length: 900 }, (_, p) => p % 3);
  assert.ok(1 - nmi(labels, labels.map((label) => 10 - label)) <= 1e-15);
  assert.is(nmi(labels, labels.map((_, p) => Math.floor(p / 3) % 5)), 0);
});

test("refuses bad ids", () => {
  assert.match(rangeError(() => nmi([0, -2], [0, 0])), "labels[1] must be a non-negative integer");
  assert.match(rangeError(() => nmi([0, 1], [0])), "same length");
});

test.run();
