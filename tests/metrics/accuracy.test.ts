import { suite } from "uvu";
import * as assert from "uvu/assert";
import { accuracy, matchClusters } from "../../shell/metrics/accuracy.ts";
import golden from "../golden/metrics.json" with { type: "json" };
import { bestAccuracy, labellings, rangeError } from "./reference.ts";

const test = suite("accuracy");

/** The share of points whose matched class is their label. */
function score(map: Map<number, number>, labels: number[], clusters: number[]): number {
  return labels.filter((label, p) => map.get(clusters[p]) === label).length / labels.length;
}

for (const { name, labels, clusters, accuracy: expected } of golden.cases) {
  test(`equals scipy's assignment: ${name}`, () => {
    assert.is(accuracy(labels, clusters), expected);
    assert.is(score(matchClusters(labels, clusters), labels, clusters), expected);
  });
}

test("equals the best of all maps", () => {
  for (const [labels, clusters] of labellings()) {
    assert.is(accuracy(labels, clusters), bestAccuracy(labels, clusters));
  }
});

test("matchClusters pairs cluster ids with class ids, and leaves out what has no partner", () => {
  const labels = [7, 7, 1, 1, 1, 7];
  assert.equal([...matchClusters(labels, [5, 5, 0, 0, 3, 5])], [[0, 1], [5, 7]]);
  assert.equal([...matchClusters(labels, [4, 4, 4, 4, 4, 4])].length, 1);
});

test("no class and no cluster is matched twice", () => {
  for (const [labels, clusters] of labellings()) {
    const map = matchClusters(labels, clusters);
    assert.is(map.size, Math.min(new Set(labels).size, new Set(clusters).size));
    assert.is(new Set(map.values()).size, map.size);
    assert.is(score(map, labels, clusters), accuracy(labels, clusters));
  }
});

test("refuses bad ids and a table too large to match", () => {
  assert.match(rangeError(() => accuracy([-2], [0])), "labels[0] must be a non-negative integer");
  assert.match(rangeError(() => matchClusters([0], [-2])), "clusters[0] must be");
  const ids = Int32Array.from({ length: 12_000 }, (_, p) => p);
  assert.match(rangeError(() => accuracy(ids, ids)), "got 12000 classes and 12000 clusters");
});

test.run();
