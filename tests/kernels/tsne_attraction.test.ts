import { tsneAttraction } from "../../shell/kernels/tsne_attraction.ts";
import { kernelTest, randoms } from "../harness.ts";
import { difference, kernelOf, mapOf, WIDTH } from "./maps.ts";

/** Points, points of the map, dimensions, neighbours of a point at most, whether costs are asked. */
const SHAPES = [
  [1, 2, 2, 4, 1],
  [5, 9, 3, 8, 1],
  [63, 70, 2, 20, 0],
  [64, 64, 2, 12, 1],
  [65, 20, 3, 100, 1],
  [700, 700, 2, 40, 1],
];

function arguments_(m: number, n: number, dims: number, most: number, measure: number, span = 10) {
  const pick = randoms(m, 5, 0, 1);
  const start = new Uint32Array(m + 1);
  for (let i = 0; i < m; i++) start[i + 1] = start[i] + 4 * Math.ceil(pick[i] * most / 4);
  const entries = Math.max(4, start[m]);
  const weight = randoms(entries, 6, 0, 0.1);
  // Padding.
  for (let i = 0; i < m; i++) if (start[i + 1] > start[i]) weight[start[i + 1] - 1] = 0;
  return {
    name: `${m} x ${n}, ${dims} dimensions, ${most} neighbours, ${measure}, span ${span}`,
    params: { m, measure },
    buffers: {
      y: mapOf(m, dims, 1, span),
      map: mapOf(n, dims, 2, span),
      start,
      column: Uint32Array.from(randoms(entries, 7, 0, 1), (v) => Math.floor(v * n)),
      weight,
      force: m * WIDTH,
      cost: m,
    },
  };
}

kernelTest(tsneAttraction, {
  cases: [
    ...SHAPES.map(([m, n, dims, most, measure]) => arguments_(m, n, dims, most, measure)),
    // The start of a map, and one that is far flung.
    arguments_(40, 40, 2, 16, 1, 1e-4),
    arguments_(40, 40, 2, 16, 1, 1e4),
  ],
  reference({ y, map, start, column, weight }, { m, measure }) {
    const force = new Float64Array(m * WIDTH), cost = new Float64Array(m);
    for (let i = 0; i < m; i++) {
      for (let t = start[i]; t < start[i + 1]; t++) {
        const d = difference(y, i, map, column[t]), w = kernelOf(d);
        d.forEach((v, c) => force[i * WIDTH + c] += weight[t] * w * v);
        if (measure) cost[i] -= weight[t] * Math.log(w);
      }
    }
    return { force, cost };
  },
  tolerance: { force: { abs: 2e-6, rel: 1e-5 }, cost: { abs: 1e-6, rel: 3e-6 } },
});
