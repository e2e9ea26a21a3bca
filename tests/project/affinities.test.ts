import { suite } from "uvu";
import * as assert from "uvu/assert";
import { conditional, directed, symmetrised } from "../../shell/project/affinities.ts";
import { near, randoms } from "../harness.ts";

const test = suite("affinities");

const perplexityOf = (p: Float64Array) =>
  Math.exp(-p.reduce((sum, v) => sum + (v > 0 ? v * Math.log(v) : 0), 0));

test("rows sum to 1 and have the perplexity", () => {
  const k = 31, rows = 40;
  for (const scale of [1e-12, 1, 1e12]) {
    const distances = randoms(rows * k, 3, 0.5, 4).map((v) => v * scale);
    for (const perplexity of [1.5, 10, 30]) {
      const p = conditional(distances, k, perplexity);
      for (let i = 0; i < rows; i++) {
        const row = p.subarray(i * k, (i + 1) * k);
        near([row.reduce((a, b) => a + b, 0)], [1], { abs: 1e-12 }, "sum");
        near([perplexityOf(row)], [perplexity], { rel: 1e-9 }, "perplexity");
      }
    }
  }
});

test("neighbours at one distance share, whatever the perplexity", () => {
  for (const [distance, perplexity] of [[0, 2], [3, 2], [0, 5]]) {
    const p = conditional(new Float32Array(6).fill(distance), 6, perplexity);
    near(p, new Array(6).fill(1 / 6), { abs: 1e-12 }, "all at one distance");
  }
  // Three are nearest: the perplexity cannot fall below 3.
  const p = conditional(Float32Array.of(2, 0, 0, 5, 0, 9), 6, 2);
  near(p, [0, 1 / 3, 1 / 3, 0, 1 / 3, 0], { abs: 1e-9 }, "three at one distance");
  // One is far nearer than the rest, which are at one place.
  const far = conditional(Float32Array.of(1e-3, 1e6, 1e6, 1e6), 4, 2);
  near([perplexityOf(far)], [2], { rel: 1e-9 }, "far");
});

test("joint probabilities are the mean of both directions, by rows in order", () => {
  // 3 neighbours each of 5 points; 1 is one of nobody.
  const indices = Uint32Array.of(2, 3, 4, 0, 2, 3, 0, 3, 4, 4, 0, 2, 3, 2, 0);
  const n = 5, k = 3;
  const p = Float64Array.from(randoms(n * k, 2, 0, 1));
  const want = new Float64Array(n * n);
  indices.forEach((j, at) => {
    const i = Math.floor(at / k);
    want[i * n + j] += p[at] / (2 * n);
    want[j * n + i] += p[at] / (2 * n);
  });
  const { start, column, weight, constant } = symmetrised(indices, p, n, k);
  const got = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    assert.is(start[i] % 4, 0);
    const columns = Array.from(column.subarray(start[i], start[i + 1]));
    const real = columns.filter((_, t) => weight[start[i] + t] > 0);
    assert.equal(real, [...new Set(real)].sort((a, b) => a - b), "in order, once each");
    columns.forEach((j, t) => got[i * n + j] += weight[start[i] + t]);
  }
  near(got, want, { rel: 1e-7 }, "joint");
  const entropy = want.reduce((sum, v) => sum + (v > 0 ? v * Math.log(v) : 0), 0);
  near([constant], [entropy], { rel: 1e-12 }, "constant");
});

test("rows of one direction are padded", () => {
  const { start, column, weight } = directed(
    Uint32Array.of(7, 8, 9, 1, 2, 3),
    Float64Array.of(
      ...[0.5, 0.25, 0.25],
      ...[0.125, 0.125, 0.75],
    ),
    3,
  );
  assert.equal([...start], [0, 4, 8]);
  assert.equal([...column], [7, 8, 9, 9, 1, 2, 3, 3]);
  assert.equal([...weight], [0.5, 0.25, 0.25, 0, 0.125, 0.125, 0.75, 0]);
});

test.run();
