import { nearest } from "../../shell/kernels/nearest.ts";
import { distancesOf, rowOf } from "../formulas.ts";
import { kernelTest, randoms } from "../harness.ts";
import { centresOf, groups } from "./clustering.ts";

/** Rows, centres, dimensions. */
const SHAPES = [
  [1, 1, 1],
  [3, 2, 2],
  [7, 3, 3],
  [8, 4, 4],
  [9, 5, 5],
  [65, 10, 10],
  [33, 9, 31],
  [
    20,
    65,
    7,
  ],
  [5, 300, 3],
  [2051, 10, 10],
];

kernelTest(nearest, {
  cases: [
    ...SHAPES.map(([m, k, dim]) => ({
      params: { m, k, dim },
      buffers: { z: groups(m, dim, k), mu: centresOf(dim, k), label: m, distance: m },
    })),
    {
      name: "equal distances, NaN, infinity",
      params: { m: 7, k: 11, dim: 1 },
      buffers: {
        z: Float32Array.of(0, NaN, 2.5, 100, Infinity, -1e18, 7),
        mu: Float32Array.of(NaN, 1, -1, 1, 2, 3, 3, 2, NaN, 9, 9),
        label: 7,
        distance: 7,
      },
    },
    {
      name: "every centre at one place",
      params: { m: 5, k: 23, dim: 3 },
      buffers: {
        z: randoms(15, 1),
        mu: new Float32Array(69).fill(0.5),
        label: 5,
        distance: 5,
      },
    },
  ],
  reference({ z, mu }, { m, k, dim }) {
    const all = distancesOf(z, mu, dim);
    const rows = Array.from({ length: m }, (_, i) => {
      const d = rowOf(all, i, k);
      const numbers = d.filter((v) => !Number.isNaN(v));
      const j = numbers.length ? d.indexOf(Math.min(...numbers)) : 0;
      return { j, distance: d[j] };
    });
    return { label: rows.map(({ j }) => j), distance: rows.map(({ distance }) => distance) };
  },
  tolerance: { distance: { rel: 3e-6 } },
});
