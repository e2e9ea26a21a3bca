import { suite } from "uvu";
import * as assert from "uvu/assert";
import { hungarian } from "../../shell/metrics/hungarian.ts";
import { integers, rangeError } from "./reference.ts";

const test = suite("hungarian");

/** Least total cost over every way to pair rows with columns, by trying them all. */
function leastCost(cost: ArrayLike<number>, rows: number, columns: number): number {
  const used = new Array<boolean>(columns).fill(false);
  const visit = (i: number, skips: number): number => {
    if (i === rows) return 0;
    let best = skips > 0 ? visit(i + 1, skips - 1) : Infinity;
    for (let j = 0; j < columns; j++) {
      if (used[j]) continue;
      used[j] = true;
      best = Math.min(best, cost[i * columns + j] + visit(i + 1, skips));
      used[j] = false;
    }
    return best;
  };
  return visit(0, Math.max(0, rows - columns));
}

/** Total cost of an assignment, after checking that it is one. */
function total(cost: ArrayLike<number>, rows: number, columns: number, columnOf: Int32Array) {
  assert.is(columnOf.length, rows);
  const taken = [...columnOf].filter((j) => j >= 0);
  assert.is(taken.length, Math.min(rows, columns));
  assert.is(new Set(taken).size, taken.length);
  assert.ok(taken.every((j) => j < columns));
  return columnOf.reduce((sum, j, i) => sum + (j < 0 ? 0 : cost[i * columns + j]), 0);
}

test("costs as little as the best of all assignments, up to 6 x 6 and rectangular", () => {
  let seed = 1;
  for (let rows = 1; rows <= 6; rows++) {
    for (let columns = 1; columns <= 6; columns++) {
      for (const span of [2, 10, 1000]) {
        const cost = integers(rows * columns, span, seed++).map((value) => value - span / 2);
        const columnOf = hungarian(cost, rows, columns);
        assert.is(
          total(cost, rows, columns, columnOf),
          leastCost(cost, rows, columns),
          `${rows} x ${columns}: ${cost}`,
        );
      }
    }
  }
});

test("finds a planted assignment in a large table", () => {
  const n = 200;
  const cost = Float64Array.from(integers(n * n, 1000, 7), (value) => value + 1);
  const planted = Int32Array.from({ length: n }, (_, i) => (i * 77 + 5) % n);
  const potential = integers(2 * n, 500, 8);
  for (let i = 0; i < n; i++) {
    cost[i * n + planted[i]] = 0;
    // Adding a number to a whole row or column does not change which assignment is best.
    for (let j = 0; j < n; j++) cost[i * n + j] += potential[i] - potential[n + j];
  }
  assert.equal(hungarian(cost, n, n), planted);
});

test("matches a wide table to the best columns, a tall one to the best rows", () => {
  assert.equal(hungarian([5, 1, 3], 1, 3), new Int32Array([1]));
  assert.equal(hungarian([5, 1, 3], 3, 1), new Int32Array([-1, 0, -1]));
});

test("the same costs give the same assignment when all are equal", () => {
  const cost = new Float64Array(12);
  assert.equal(hungarian(cost, 3, 4), hungarian(cost, 3, 4));
  total(cost, 3, 4, hungarian(cost, 3, 4));
});

test("refuses other sizes and costs that are not finite", () => {
  const message = (cost: number[], rows: number, columns: number) =>
    rangeError(() => hungarian(cost, rows, columns));
  assert.match(message([1, 2, 3], 2, 2), "got 3 values for [2, 2]");
  assert.match(message([], 0, 0), "got 0 values for [0, 0]");
  assert.match(message([1, 2, NaN, 4, 5, 6], 2, 3), "must be finite, got NaN at [0, 2]");
  assert.match(message([1, 2, 3, Infinity], 2, 2), "must be finite, got Infinity at [1, 1]");
});

test.run();
