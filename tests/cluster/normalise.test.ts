import { suite } from "uvu";
import * as assert from "uvu/assert";
import { normalise, standardise, unitRows } from "../../shell/cluster/normalise.ts";
import { near, randoms } from "../harness.ts";

const test = suite("normalise");

test("standard scores: every column has mean 0 and deviation 1, whatever its units", () => {
  const n = 1000, width = 3;
  const values = randoms(n * width, 4).map((v, i) =>
    [1e4, 0, -7][i % 3] + [0.5, 1e6, 1e-3][i % 3] * v
  );
  const y = standardise(values, width);
  for (let j = 0; j < width; j++) {
    const column = [...y].filter((_, i) => i % width === j);
    const mean = column.reduce((a, b) => a + b, 0) / n;
    const variance = column.reduce((a, b) => a + (b - mean) ** 2, 0) / n;
    near([mean, variance], [0, 1], { abs: 1e-5 }, `column ${j}`);
  }
});

test("by hand: the corners of a rectangle become the corners of a square on the unit circle", () => {
  const y = normalise(new Float32Array([4, 40, 6, 40, 4, 60, 6, 60]), 2, "cosine");
  const h = Math.SQRT1_2;
  near(y, [-h, -h, h, -h, -h, h, h, h], { abs: 1e-6 }, "corners");
});

test("constant columns and rows of zeros stay finite", () => {
  near(
    standardise(new Float32Array([1, 5, 2, 5, 3, 5]), 2).filter((_, i) => i % 2 === 1),
    [0, 0, 0],
    {},
    "y",
  );
  assert.equal([...unitRows(new Float32Array([0, 0, 3, 4]), 2)], [
    0,
    0,
    Math.fround(0.6),
    Math.fround(0.8),
  ]);
  assert.ok(normalise(new Float32Array(6).fill(2), 2, "cosine").every((v) => v === 0));
});

test("none leaves the codes as they are", () => {
  const codes = randoms(6);
  assert.is(normalise(codes, 2, "none"), codes);
});

test.run();
