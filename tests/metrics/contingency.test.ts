import { suite } from "uvu";
import * as assert from "uvu/assert";
import { contingency, contingencyTable } from "../../shell/metrics/contingency.ts";
import { labellings, rangeError } from "./reference.ts";

const test = suite("contingency");

test("holds the ids in ascending order, the sizes and the non-zero cells", () => {
  const table = contingency([9, 2, 2, 10, 9], Uint8Array.of(1, 30, 4, 1, 1));
  assert.is(table.n, 5);
  assert.equal([...table.classes], [2, 9, 10]);
  assert.equal([...table.clusters], [1, 4, 30]);
  assert.equal([...table.classSizes], [2, 2, 1]);
  assert.equal([...table.clusterSizes], [3, 1, 1]);
  assert.equal([...table.rows], [0, 0, 1, 2]);
  assert.equal([...table.columns], [1, 2, 0, 0]);
  assert.equal([...table.counts], [1, 1, 2, 1]);
});

test("counts every cell as a walk over the points does", () => {
  for (const [labels, clusters] of labellings()) {
    const { classes, clusters: groups, rows, columns, counts } = contingency(labels, clusters);
    const cell = (i: number, j: number) =>
      labels.filter((label, p) => label === classes[i] && clusters[p] === groups[j]).length;
    counts.forEach((count, c) => assert.is(count, cell(rows[c], columns[c])));
    assert.is(counts.reduce((sum, count) => sum + count), labels.length);
  }
});

test("takes 70,000 clusters of one point each", () => {
  const ids = Int32Array.from({ length: 70_000 }, (_, p) => p);
  const table = contingency(ids, ids);
  assert.is(table.counts.length, 70_000);
  assert.ok(table.counts.every((count) => count === 1));
});

test("refuses missing, negative and broken ids, and lengths that differ", () => {
  const message = (labels: number[], clusters: number[]) =>
    rangeError(() => contingency(labels, clusters));
  assert.is(
    message([0, -2], [0, 0]),
    "contingency: labels[1] must be a non-negative integer, or -1 for noise, got -2; " +
      "leave out points without one",
  );
  assert.match(message([0, 1], [0, NaN]), /clusters\[1\] must be .*, got NaN/);
  assert.match(message([0.5], [0]), /labels\[0\] must be .*, got 0.5/);
  assert.match(message(new Array(2), [0, 0]), "labels[0] must be a non-negative integer");
  assert.match(message([0, 1], [0]), "same length of at least 1, got 2 and 1");
  assert.match(message([], []), "same length of at least 1, got 0 and 0");
});

test("noise is a cluster of its own, or left out on either side", () => {
  const labels = [0, 0, 1, 1, -1], clusters = [3, -1, -1, 4, 4];
  const all = contingency(labels, clusters);
  assert.equal([...all.classes], [-1, 0, 1]);
  assert.equal([...all.clusters], [-1, 3, 4]);
  assert.is(all.n, 5);
  const some = contingency(labels, clusters, { noise: "exclude" });
  assert.equal([...some.classes], [0, 1]);
  assert.equal([...some.clusters], [3, 4]);
  assert.equal([...some.counts], [1, 1]);
  assert.is(some.n, 2);
  const none = () => contingency([0, 1], [-1, -1], { noise: "exclude" });
  assert.match(rangeError(none), "no point is left without noise, all 2 have the id -1");
  const wrong = "drop" as "exclude";
  assert.throws(() => contingency([0], [0], { noise: wrong }), /"cluster" or "exclude", got drop/);
});

test("the table for people has names, rows of classes and zeros", () => {
  const names = { classNames: ["cat", "dog"], clusterNames: ["round"] };
  const table = contingencyTable([1, 0, 1, 2, 1], [0, -1, 5, 5, 0], names);
  assert.equal(table.classes, ["cat", "dog", "2"]);
  assert.equal(table.clusters, ["noise", "round", "5"]);
  assert.equal(table.counts, [[1, 0, 0], [0, 2, 1], [0, 0, 1]]);
  assert.is(table.n, 5);
  const ids = Int32Array.from({ length: 5000 }, (_, p) => p);
  assert.match(rangeError(() => contingencyTable(ids, ids)), "at most 16777216 cells");
});

test.run();
