import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  cutByCount,
  cutByHeight,
  dendrogram,
  linkageMatrix,
  treeOf,
} from "../../shell/cluster/merge_tree.ts";
import golden from "../golden/hierarchical_tree.json" with { type: "json" };
import { near } from "../harness.ts";

const test = suite("merge tree");

const n = golden.x.shape[0];
const rows = Array.from({ length: n - 1 }, (_, m) => golden.linkage.data.slice(4 * m, 4 * m + 4));

/** The merges of scipy, named by points, in an order in which low ones may come late. */
function merges() {
  const first: number[] = [...new Array(n).keys()];
  for (const [a] of rows) first.push(first[a]);
  const order = rows.map((_, m) => m).sort((p, q) => depth(p) - depth(q));
  const pairs = order.flatMap((m) => [first[rows[m][1]], first[rows[m][0]]]);
  return {
    pairs: Uint32Array.from(pairs),
    heights: Float64Array.from(order, (m) => rows[m][2]),
  };
}

function depth(m: number): number {
  return 1 + Math.max(...rows[m].slice(0, 2).map((c) => c < n ? 0 : depth(c - n)));
}

const tree = treeOf(merges());

test("is scipy's linkage matrix, whatever the order of the merges", () => {
  near(linkageMatrix(tree), golden.linkage.data, {}, "linkage");
});

test("cuts by height as scipy does, merges of that height included", () => {
  const labels = cutByHeight(tree, golden.height);
  assert.is(Array.from(labels, (l) => l.toString(36)).join(""), golden.labels);
  assert.is(new Set(cutByHeight(tree, golden.height * (1 - 1e-9))).size, new Set(labels).size + 1);
});

test("cuts to any number of clusters, each a refinement of the one before", () => {
  let coarse = cutByCount(tree, 1);
  assert.equal(coarse, new Uint32Array(n));
  for (let k = 2; k <= n; k++) {
    const fine = cutByCount(tree, k);
    assert.is(new Set(fine).size, k);
    // Numbered by the first point.
    assert.equal([...new Set(fine)], [...new Array(k).keys()]);
    assert.is(new Set(Array.from(fine, (label, i) => `${label} ${coarse[i]}`)).size, k);
    coarse = fine;
  }
  assert.equal(cutByHeight(tree, 0), coarse);
  assert.equal(cutByHeight(tree, Infinity), new Uint32Array(n));
});

test("draws as scipy does", () => {
  const drawn = dendrogram(tree);
  assert.equal(Array.from(drawn.leaves), golden.leaves);
  const brackets = (x: ArrayLike<number>, y: ArrayLike<number>) =>
    Array.from(
      { length: n - 1 },
      (_, m) =>
        [0, 1, 2, 3].flatMap((q) => [x[4 * m + q], y[4 * m + q]])
          .map((v) => v.toFixed(9)).join(" "),
    ).sort();
  assert.equal(
    brackets(drawn.x, drawn.y),
    brackets(golden.icoord.flat(), golden.dcoord.flat()),
  );
});

test("draws a tree as deep as it has points", () => {
  const many = 50_000;
  const pairs = new Uint32Array(2 * many).map((_, i) => i % 2 ? (i + 1) / 2 : 0);
  const deep = treeOf({ pairs, heights: Float64Array.from({ length: many }, (_, m) => m + 1) });
  const drawn = dendrogram(deep);
  assert.is(drawn.leaves.length, many + 1);
  assert.is(new Set(drawn.leaves).size, many + 1);
  assert.is(cutByCount(deep, 2)[many], 1);
});

test("refuses bad cuts in one sentence", () => {
  assert.throws(() => cutByCount(tree, 0), /clusters must be an integer from 1 to 30, got 0/);
  assert.throws(() => cutByCount(tree, 31), /from 1 to 30, got 31/);
  assert.throws(() => cutByCount(tree, 2.5), /from 1 to 30, got 2.5/);
  assert.throws(() => cutByHeight(tree, -1), /height must be at least 0, got -1/);
  assert.throws(() => cutByHeight(tree, NaN), /height must be at least 0, got NaN/);
});

test.run();
