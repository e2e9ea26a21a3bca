import { suite } from "uvu";
import * as assert from "uvu/assert";
import { whiten } from "../../shell/cluster/normalise.ts";
import { near, randoms } from "../harness.ts";

const test = suite("normalise");
const N = 500, DIM = 4;

/** Correlated points, far from the origin, of very different scales. */
function points(): Float32Array {
  const r = randoms(N * DIM, 4);
  return Float32Array.from(r, (v, i) => {
    const j = i % DIM, row = i - j;
    return 100 + 10 ** j * (v + 0.7 * r[row]);
  });
}

test("rows have length 1", () => {
  const y = whiten(points(), DIM);
  for (let i = 0; i < N; i++) {
    near([Math.hypot(...y.subarray(i * DIM, (i + 1) * DIM))], [1], { abs: 1e-6 }, `row ${i}`);
  }
});

test("directions are those of whitened data: any invertible map of the input changes nothing", () => {
  const x = points();
  // Cosines between whitened points are Mahalanobis cosines, which linear maps leave alone.
  const mapped = Float32Array.from(x, (_, i) => {
    const j = i % DIM, row = i - j;
    return 3 * x[i] - 0.5 * x[row + (j + 1) % DIM] + 7;
  });
  const [a, b] = [whiten(x, DIM, 0), whiten(mapped, DIM, 0)];
  const cosine = (y: Float32Array, i: number, k: number) => {
    let s = 0;
    for (let j = 0; j < DIM; j++) s += y[i * DIM + j] * y[k * DIM + j];
    return s;
  };
  for (let i = 1; i < 50; i++) {
    near([cosine(b, 0, i)], [cosine(a, 0, i)], { abs: 2e-3 }, `cosine with point ${i}`);
  }
});

test("a diagonal case by hand: columns divided by their deviation, rows by their length", () => {
  // Four corners of a rectangle of 2 by 20 round (5, 50): whitened, the corners of a square.
  const y = whiten(new Float32Array([4, 40, 6, 40, 4, 60, 6, 60]), 2, 0);
  const h = Math.SQRT1_2;
  near(y, [-h, -h, h, -h, -h, h, h, h], { abs: 1e-6 }, "corners");
});

test("constant columns and constant points stay finite", () => {
  const constant = whiten(new Float32Array([1, 5, 2, 5, 3, 5]), 2);
  assert.ok(constant.every(Number.isFinite));
  near([...constant].filter((_, i) => i % 2 === 1), [0, 0, 0], { abs: 1e-3 }, "constant column");
  assert.ok(whiten(new Float32Array(6).fill(2), 2).every((v) => v === 0));
});

test.run();
