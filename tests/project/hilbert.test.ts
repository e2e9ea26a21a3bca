import { suite } from "uvu";
import * as assert from "uvu/assert";
import { hilbertOrder } from "../../shell/project/hilbert.ts";
import { levelsOf, linksOf } from "../../shell/project/tree.ts";
import { NO_NODE } from "../../shell/kernels/tsne_tree_repulsion.ts";
import { randoms } from "../harness.ts";

const test = suite("curve and tree");

test("a grid is passed cell by cell, each a neighbour of the one before", () => {
  for (const [dims, side] of [[2, 16], [3, 8]]) {
    const n = side ** dims;
    const y = new Float32Array(n * 4);
    const at = (i: number, t: number) => Math.floor(i / side ** t) % side;
    for (let i = 0; i < n; i++) for (let t = 0; t < dims; t++) y[4 * i + t] = at(i, t);
    const order = hilbertOrder(y, 4, dims);
    for (let i = 1; i < n; i++) {
      let steps = 0;
      for (let t = 0; t < dims; t++) steps += Math.abs(at(order[i], t) - at(order[i - 1], t));
      assert.is(steps, 1, `step ${i} in ${dims} dimensions`);
    }
  }
});

test("an order of all points, by number where they are at one place", () => {
  const order = hilbertOrder(randoms(999 * 4, 2), 4, 3);
  assert.equal([...order].sort((a, b) => a - b), Array.from({ length: 999 }, (_, i) => i));
  assert.equal([...hilbertOrder(new Float32Array(20).fill(3), 4, 2)], [0, 1, 2, 3, 4]);
});

test("the links lead through every node once, children after their parent", () => {
  for (const n of [1, 8, 9, 33, 257, 5000]) {
    const levels = levelsOf(n);
    const nodes = levels.reduce((a, b) => a + b, 0);
    const link = linksOf(levels);
    assert.is(link.length, 2 * nodes);
    const seen: number[] = [];
    const walk = (open: (node: number) => boolean) => {
      for (let node = nodes - 1; node !== NO_NODE;) {
        seen.push(node);
        node = link[2 * node] !== NO_NODE && open(node) ? link[2 * node] : link[2 * node + 1];
      }
    };
    walk(() => true);
    assert.is(new Set(seen).size, nodes);
    assert.is(seen.length, nodes);
    const leaves = seen.filter((node) => node < levels[0]);
    assert.equal(leaves, Array.from({ length: levels[0] }, (_, i) => i));
    // A closed root ends the walk.
    seen.length = 0;
    walk(() => false);
    assert.equal(seen, [nodes - 1]);
  }
});

test.run();
