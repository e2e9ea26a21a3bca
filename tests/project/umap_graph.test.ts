import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Philox } from "../../shell/random.ts";
import { fitCurve } from "../../shell/project/umap_curve.ts";
import {
  components,
  fuzzyUnion,
  type Lists,
  memberships,
  smoothDistances,
} from "../../shell/project/umap_graph.ts";
import { schedule } from "../../shell/project/umap_layout.ts";
import { type Factors, leadingVectors } from "../../shell/project/umap_spectrum.ts";
import { spectralStart } from "../../shell/project/umap_start.ts";
import golden from "../golden/umap_graph.json" with { type: "json" };
import { near, randoms } from "../harness.ts";
import { squares } from "./quality.ts";

const test = suite("umap graph");

const [n] = golden.x.shape, k = golden.neighbours - 1;

/** Exact lists; of equal distances the lower index first. */
function listsOf(x: ArrayLike<number>, n: number, k: number): Lists {
  const rows = squares(x, n).map((row, i) =>
    Array.from(row, (_, j) => j).filter((j) => j !== i)
      .sort((a, b) => row[a] - row[b] || a - b).slice(0, k).map((j) => [j, Math.sqrt(row[j])])
  ).flat();
  return {
    ...{ indices: Uint32Array.from(rows, ([j]) => j), k },
    distances: Float32Array.from(rows, ([, d]) => d),
  };
}

const lists = listsOf(golden.x.data, n, k);
const noPause = () => Promise.resolve();

test("scales of distances and the union equal the golden ones", () => {
  const scales = smoothDistances(lists, golden.neighbours);
  near(scales.rhos, golden.rhos.data, { rel: 1e-6 }, "rhos");
  near(scales.sigmas, golden.sigmas.data, { rel: 2e-4 }, "sigmas");
  const { start, column, weight } = fuzzyUnion(lists, memberships(lists, scales));
  const rows = Array.from({ length: n }, (_, i) => new Array(start[i + 1] - start[i]).fill(i));
  assert.equal(rows.flat(), golden.rows);
  assert.equal(Array.from(column), golden.columns);
  near(weight, golden.weights, { abs: 1e-4 }, "weights");
});

test("new points: no distance is taken off, all neighbours count", () => {
  const distances = Float32Array.of(1, 2, 3, 0.5, 0.5, 8);
  const some = { distances, indices: new Uint32Array(6), k: 3 };
  const scales = smoothDistances(some, 3, false);
  assert.equal(Array.from(scales.rhos), [0, 0]);
  const w = memberships(some, scales);
  for (const i of [0, 1]) {
    const sum = w[3 * i] + w[3 * i + 1] + w[3 * i + 2];
    assert.ok(Math.abs(sum - Math.log2(3)) < 1e-4, `${sum}`);
  }
});

test("the curve equals scipy's", () => {
  for (const { min_dist, spread, a, b } of golden.curves) {
    const curve = fitCurve(min_dist, spread);
    near([curve.a, curve.b], [a, b], { rel: 1e-4 }, `minDist ${min_dist}, spread ${spread}`);
  }
});

test("the rates of the layout's edges", () => {
  const start = Uint32Array.of(0, 2, 3), column = Uint32Array.of(5, 6, 7);
  const { edge, rate, start: from, duePerEpoch } = schedule({
    ...{ start, column, weight: Float64Array.of(0.5, 0.004, 0.25) },
  }, 100);
  assert.equal([...from], [0, 1, 2]);
  assert.equal([...edge], [5, 7]);
  assert.equal([...rate], [2 ** 32 - 1, 2 ** 31]);
  assert.is(duePerEpoch, 1.5);
  assert.is(
    schedule({ start: new Uint32Array(3), column, weight: new Float64Array() }, 9).edge.length,
    1,
  );
});

test("components", () => {
  // 0 - 2, 1 - 3 - 4, 5
  const start = Uint32Array.of(0, 1, 2, 3, 5, 6, 6);
  const parts = components({
    ...{ start, column: Uint32Array.of(2, 3, 0, 1, 4, 3), weight: new Float64Array(6) },
  });
  assert.equal([...parts.of], [0, 1, 0, 1, 1, 2]);
  assert.is(parts.count, 3);
});

test("leading eigenvectors of a circle, which are known", async () => {
  // The mean of the neighbours on a circle of 200 points: eigenvalues cos(2 pi j / 200), twice each.
  const n = 200;
  const a = {
    n,
    apply(x: Float64Array, out: Float64Array, p: number, f: Factors) {
      for (let i = 0; i < n; i++) {
        for (let t = 0; t < p; t++) {
          const mean = (x[(i + 1) % n * p + t] + x[(i + n - 1) % n * p + t]) / 2;
          const old = f.gamma ? f.gamma * out[i * p + t] : 0;
          out[i * p + t] = f.alpha * mean + f.beta * x[i * p + t] + old;
        }
      }
    },
  };
  const known = new Float64Array(n).fill(1 / Math.sqrt(n));
  const options = { count: 3, known, random: new Philox(1), pause: noPause };
  const v = await leadingVectors(a, options);
  const image = new Float64Array(v.length);
  a.apply(v, image, 3, { alpha: 1, beta: 0, gamma: 0 });
  [1, 1, 2].forEach((j, t) => {
    const value = Math.cos(2 * Math.PI * j / n);
    let off = 0, length = 0, along = 0;
    for (let i = 0; i < n; i++) {
      off = Math.max(off, Math.abs(image[i * 3 + t] - value * v[i * 3 + t]));
      length += v[i * 3 + t] ** 2;
      along += v[i * 3 + t];
    }
    assert.ok(off < 1e-4, `${t}: ${off}`);
    assert.ok(Math.abs(length - 1) < 1e-9 && Math.abs(along) < 1e-9, `${length} ${along}`);
  });
});

test("a start from the spectrum keeps a line in order", async () => {
  const n = 60;
  const lists = listsOf(Float64Array.from({ length: n }, (_, i) => i), n, 4);
  const graph = fuzzyUnion(lists, memberships(lists, smoothDistances(lists, 5)));
  const means = () => assert.unreachable() as never;
  const options = { dimensions: 1, random: new Philox(2), pause: noPause, means };
  const y = await spectralStart(graph, options);
  // The ends have fewer neighbours, which shortens their part of the vector.
  const steps = Array.from({ length: n - 11 }, (_, i) => Math.sign(y[i + 6] - y[i + 5]));
  assert.ok(steps.every((sign) => sign === steps[0]), `${y}`);
  assert.ok(Math.abs(Math.max(...y.map(Math.abs)) - 10) < 1e-2);
});

test("parts that are not connected start in places of their own", async () => {
  const n = 60, x = Float64Array.from(randoms(n, 3), (v, i) => v + 1000 * (i % 3));
  const lists = listsOf(x, n, 4);
  const graph = fuzzyUnion(lists, memberships(lists, smoothDistances(lists, 5)));
  const means = (_: Uint32Array, count: number) => {
    assert.is(count, 3);
    return Promise.resolve(Float64Array.of(0, 1000, 2000));
  };
  const options = { dimensions: 2, random: new Philox(2), pause: noPause, means };
  const y = await spectralStart(graph, options);
  const middle = (part: number) =>
    y.filter((_, at) => at % 2 === 0 && (at >> 1) % 3 === part).reduce((a, v) => a + v, 0) / 20;
  const [a, b, c] = [0, 1, 2].map(middle);
  assert.ok(Math.abs((a + c) / 2 - b) < 1 && Math.abs(a - c) > 10, `${a} ${b} ${c}`);
});

test.run();
