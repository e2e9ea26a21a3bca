/** Pairs and triplets: what each epoch shows, and relations that cannot be. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { labelledRows, pairsOf, type Relations, tripletsOf } from "../../shell/methods/pairs.ts";
import { range } from "../../shell/methods/train.ts";

const test = suite("pairs");

const N = 60, NONE = -1;
/** Three classes; every tenth row has none. */
const labels = Int32Array.from({ length: N }, (_, i) => i % 10 === 9 ? NONE : i % 3);
const known = range(N).filter((i) => labels[i] !== NONE);
/** The two rows after each belong with it. */
const K = 2;
const neighbours = Uint32Array.from(
  { length: N * K },
  (_, e) => (Math.floor(e / K) + 1 + e % K) % N,
);

const near = (a: number, b: number) => [1, 2].includes((b - a + N) % N);

test("labels: one similar and one dissimilar pair for each row that has a class", () => {
  const { count, epoch } = pairsOf({ labels }, range(N), N, 7);
  assert.is(count, 2 * known.length);
  const { left, right, same } = epoch(1);
  assert.equal(left.slice().sort(), doubled(known));
  assert.is(same.reduce((a, b) => a + b), known.length);
  left.forEach((a, i) => {
    assert.is(labels[a] === labels[right[i]], same[i] === 1, `pair ${a}, ${right[i]}`);
    if (same[i]) assert.is.not(a, right[i]);
  });
  for (const id of known) {
    assert.equal([...left.keys()].filter((i) => left[i] === id).map((i) => same[i]).sort(), [0, 1]);
  }
});

/** Each number twice, in order. */
function doubled(rows: Uint32Array): Uint32Array {
  return Uint32Array.from({ length: 2 * rows.length }, (_, i) => rows[i >> 1]);
}

test("neighbours: similar pairs join neighbours, dissimilar ones join others", () => {
  const { left, right, same } = pairsOf({ neighbours, k: K }, range(N), N, 7).epoch(1);
  left.forEach((a, i) => {
    assert.is.not(a, right[i]);
    assert.is(near(a, right[i]), same[i] === 1);
  });
});

test("the same seed and epoch give the same pairs, another epoch or seed others", () => {
  for (const relations of [{ labels }, { neighbours, k: K }] as Relations[]) {
    const make = (seed: number, epoch: number) =>
      pairsOf(relations, range(N), N, seed).epoch(epoch);
    assert.equal(make(1, 3), make(1, 3));
    assert.not.equal(make(1, 3), make(1, 4));
    assert.not.equal(make(1, 3), make(2, 3));
  }
});

test("given pairs: all of them once an epoch, in another order", () => {
  const pairs = Array.from({ length: 9 }, (_, i) => [i, i + 1, i % 3 ? 1 : 0] as const);
  const { count, epoch } = pairsOf({ pairs }, range(N), N, 7);
  assert.is(count, 9);
  const orders = [1, 2].map((e) => {
    const { left, right, same } = epoch(e);
    return Array.from(left, (a, i) => [a, right[i], same[i]]);
  });
  assert.not.equal(orders[0], orders[1]);
  for (const order of orders) assert.equal(order.sort((a, b) => a[0] - b[0]), pairs);
});

test("triplets: one for each row; given ones all once", () => {
  const { count, epoch } = tripletsOf({ neighbours, k: K }, range(N), N, 7);
  assert.is(count, N);
  const [anchor, positive, negative] = epoch(1);
  assert.equal(anchor.slice().sort(), range(N));
  anchor.forEach((a, i) => {
    assert.ok(near(a, positive[i]));
    assert.ok(a !== negative[i] && !near(a, negative[i]));
  });
  const [a, p, n] = tripletsOf({ labels }, range(N), N, 7).epoch(1);
  a.forEach((id, i) => {
    assert.is(labels[id], labels[p[i]]);
    assert.is.not(labels[id], labels[n[i]]);
  });
  const triplets = [[3, 4, 5], [6, 7, 8], [9, 10, 11]] as const;
  const given = tripletsOf({ triplets }, range(N), N, 7).epoch(2);
  const rows = Array.from(given[0], (_, i) => given.map((column) => column[i]));
  assert.equal(rows.sort((x, y) => x[0] - y[0]), triplets);
});

test("only the rows to learn from are shown", () => {
  const ids = range(N).filter((i) => i < 30);
  const { left, right } = pairsOf({ labels }, ids, N, 7).epoch(1);
  assert.ok([...left, ...right].every((row) => row < 30));
  assert.equal(labelledRows(labels, ids, N).slice().sort(), known.filter((i) => i < 30));
  const others = tripletsOf({ neighbours, k: K }, ids, N, 7).epoch(1);
  assert.ok(others[0].every((row) => row < 30) && others[2].every((row) => row < 30));
});

test("a class of one row: it is paired with itself, and nothing else goes wrong", () => {
  const lonely = Int32Array.of(0, 0, 0, 1);
  const { left, right, same } = pairsOf({ labels: lonely }, range(4), 4, 1).epoch(1);
  left.forEach((a, i) => a === 3 && same[i] && assert.is(right[i], 3));
});

test("what cannot be is refused in one sentence", () => {
  const all = range(N);
  const one = new Int32Array(N);
  const pairs = [[0, 1, 1], [2, N, 0]] as const, triplets = [[0, 1, -1]] as const;
  const CASES: [() => unknown, RegExp][] = [
    [() => pairsOf({ labels: one }, all, N, 1), /need two classes or more, got 1: give labels of/],
    [() => tripletsOf({ labels: one.fill(-1) }, all, N, 1), /two classes or more, got 0/],
    [() => labelledRows(new Int32Array(N), all, N), /two classes or more, got 1/],
    [() => pairsOf({ labels: [0, 1] }, all, N, 1), /60 rows need as many labels, got 2/],
    [() => labelledRows([0, 1], all, N), /60 rows need as many labels, got 2/],
    [() => pairsOf({ pairs }, all, N, 1), /pair 1 names row 60, and there are rows 0 to 59 only/],
    [() => tripletsOf({ triplets }, all, N, 1), /triplet 0 names row -1, and there are rows/],
    [() => pairsOf({ pairs: [[0.5, 1, 1]] }, all, N, 1), /pair 0 names row 0.5/],
    [() => pairsOf({ pairs: [] }, all, N, 1), /there is no pair: give one or more/],
    [() => tripletsOf({ triplets: [] }, all, N, 1), /there is no triplet: give one or more/],
    [() => pairsOf({ triplets }, all, N, 1), /learns from pairs, got triplets/],
    [() => tripletsOf({ pairs }, all, N, 1), /learns from triplets, got pairs/],
    [() => pairsOf({ neighbours, k: 3 }, all, N, 1), /60 rows need as many lists of neighbours/],
    [
      () => pairsOf({ neighbours, k: K }, all.subarray(0, 3), N, 1),
      /2 neighbours each leave no row that does not belong with one of 3: use more rows/,
    ],
  ];
  for (const [act, sentence] of CASES) {
    assert.throws(
      act,
      (error: unknown) =>
        error instanceof RangeError && sentence.test(error.message) &&
        !/\n|\. [A-Z]/.test(error.message),
      `${sentence}`,
    );
  }
});

test.run();
