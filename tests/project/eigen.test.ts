import { suite } from "uvu";
import * as assert from "uvu/assert";
import { orthonormalise, symmetricEigen } from "../../shell/project/eigen.ts";
import { near, randoms } from "../harness.ts";

const test = suite("eigenvectors");

/** a v = value v, and vectors are orthonormal. */
function check(a: ArrayLike<number>, n: number, tolerance: number): Float64Array {
  const { values, vectors } = symmetricEigen(a, n);
  for (let i = 0; i < n; i++) {
    const v = vectors.subarray(i * n, (i + 1) * n);
    const image = Array.from(v, (_, r) => v.reduce((sum, x, c) => sum + a[r * n + c] * x, 0));
    near(image, v.map((x) => x * values[i]), { abs: tolerance }, `image of vector ${i}`);
    for (let j = 0; j <= i; j++) {
      const dot = v.reduce((sum, x, t) => sum + x * vectors[j * n + t], 0);
      near([dot], [i === j ? 1 : 0], { abs: 1e-13 }, `vectors ${i}, ${j}`);
    }
    assert.ok(i === 0 || values[i] <= values[i - 1], "descending");
  }
  return values;
}

function symmetric(n: number, seed: number, scale: (i: number) => number = () => 1) {
  const r = randoms(n * n, seed);
  return Float64Array.from(
    { length: n * n },
    (_, at) => {
      const i = Math.floor(at / n), j = at % n;
      return r[Math.min(i, j) * n + Math.max(i, j)] * scale(i) * scale(j);
    },
  );
}

test("are those of the matrix", () => {
  for (const n of [1, 2, 3, 4, 7, 40]) check(symmetric(n, n), n, 1e-13);
});

test("of matrices that are known", () => {
  near(check([2, 1, 1, 2], 2, 1e-15), [3, 1], { abs: 1e-15 }, "2 x 2");
  // The second difference: 2 - 2 cos(pi i / (n + 1)).
  const n = 12;
  const second = Array.from({ length: n * n }, (_, at) => {
    const d = Math.abs(Math.floor(at / n) - at % n);
    return d === 0 ? 2 : d === 1 ? -1 : 0;
  });
  const want = Array.from({ length: n }, (_, i) => 2 - 2 * Math.cos(Math.PI * (n - i) / (n + 1)));
  near(check(second, n, 1e-14), want, { abs: 1e-14 }, "second difference");
});

test("of degenerate matrices: zero, identity, diagonal, rank 1, far apart", () => {
  near(check(new Float64Array(25), 5, 0), new Array(5).fill(0), {}, "zero");
  const diagonal = (d: number[]) => d.flatMap((v, i) => d.map((_, j) => i === j ? v : 0));
  near(check(diagonal([1, 1, 1, 1]), 4, 0), [1, 1, 1, 1], {}, "identity");
  near(check(diagonal([-3, 7, 0, 7]), 4, 0), [7, 7, 0, -3], {}, "diagonal");
  const one = Float64Array.from({ length: 36 }, (_, at) => (1 + at % 6) * (1 + Math.floor(at / 6)));
  near(check(one, 6, 1e-13), [91, 0, 0, 0, 0, 0], { abs: 1e-13 }, "rank 1");
  check(symmetric(9, 2, (i) => 10 ** -i), 9, 1e-15);
  check(symmetric(6, 2, () => 1e100), 6, 1e187);
  check(symmetric(6, 2, () => 1e-100), 6, 1e-213);
});

test("refuses what has no answer", () => {
  assert.throws(() => symmetricEigen([1, 2, 3], 2), /a must have 2 x 2 numbers, got 3/);
  assert.throws(() => symmetricEigen([1, 0, NaN, 3], 2), /every number must be finite, got NaN/);
});

test("rows become orthonormal, dependent ones zero", () => {
  const a = Float64Array.of(3, 0, 0, 6, 0, 0, 1, 1e-7, 0);
  assert.is(orthonormalise(a, 3, 3), 2);
  near(a, [1, 0, 0, 0, 0, 0, 0, 1, 0], { abs: 1e-15 }, "rows");
});

test.run();
