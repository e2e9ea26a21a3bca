import { kmeansAssign } from "../../shell/kernels/kmeans_assign.ts";
import { kernelTest, randoms } from "../harness.ts";
import { centresOf, groups, integers, square } from "./clustering.ts";

const sizes = [
  [1, 1, 1, 8],
  [2, 2, 2, 8],
  [7, 3, 3, 8],
  [8, 4, 4, 8],
  [9, 5, 5, 8],
  [63, 7, 6, 24],
  [64, 8, 7, 64],
  [65, 9, 8, 64],
  [505, 10, 10, 504],
  [700, 10, 10, 128],
  [97, 31, 11, 96],
  [98, 32, 1, 96],
  [101, 35, 5, 40],
  [1000, 64, 13, 104],
  [700, 784, 10, 504],
  [300, 6, 90, 152],
];

/**
 * Arguments; the labels, bounds, sums and counts of an earlier iteration are made up. The centres
 * have travelled 5, 6, 7, ...; every third bound is above that, which keeps a label that is wrong.
 */
const one = (
  [n, dim, k, rows]: readonly number[],
  x: Float32Array,
  centres: Float32Array,
  status: readonly number[] = [0, 3],
) => {
  const blocks = Math.ceil(n / rows);
  return {
    params: { n, dim, k, rows },
    buffers: {
      x,
      centres,
      status: Float32Array.from({ length: 2 + k }, (_, i) => status[i] ?? 3 + i),
      label: Uint32Array.from({ length: n }, (_, i) => i % k),
      bound: Float32Array.from({ length: 2 * n }, (_, i) => {
        if (i < n) return i === 1 ? NaN : i % k + (i % 3 ? 5 : 5.01);
        // Not known before the first iteration.
        return status[1] === 0 ? NaN : square(x, i - n, x, 0, dim);
      }),
      sums: randoms(blocks * k * 4 * Math.ceil(dim / 4), 6),
      counts: new Uint32Array(blocks * k).fill(2 * rows),
      changed: new Uint32Array(blocks).fill(77),
    },
  };
};

const grouped = (size: readonly number[], origin = 0, status?: readonly number[]) =>
  one(size, groups(size[0], size[1], size[2], origin), centresOf(size[1], size[2], origin), status);

const ties = (dim: number) =>
  one([400, dim, 9, 96], integers(400 * dim, 3, 1), integers(9 * dim, 3, 2));

kernelTest(kmeansAssign, {
  cases: [
    ...sizes.map((size) => grouped(size)),
    ...sizes.map((size) => ({
      name: `first iteration ${size.join(" ")}`,
      ...grouped(size, 0, [0, 0]),
    })),
    ...new Array(16).fill(0).map((_, k) => grouped([20, 3, k + 1, 16])),
    { name: "far from the origin, few dimensions", ...grouped([200, 3, 5, 48], 5000) },
    { name: "far from the origin, many dimensions", ...grouped([200, 40, 5, 48], 5000) },
    { name: "the lowest of equals, few dimensions", ...ties(3) },
    { name: "the lowest of equals, many dimensions", ...ties(36) },
    { name: "nothing once stopped", ...grouped([20, 2, 3, 16], 0, [2, 3]) },
    {
      name: "NaN",
      ...one([14, 2, 3, 8], groups(14, 2, 3).fill(NaN, 26, 27), centresOf(2, 3), [0, 0]),
    },
  ],
  reference: ({ x, centres, status, ...before }, { n, dim, k, rows }) => {
    if (status[0] !== 0) return before;
    const stride = 4 * Math.ceil(dim / 4);
    const fresh = status[1] === 0;
    const label = Uint32Array.from(before.label), bound = Float64Array.from(before.bound);
    const changed = new Uint32Array(before.changed.length);
    const sums = Float64Array.from(before.sums), counts = Uint32Array.from(before.counts);
    if (fresh) sums.fill(0), counts.fill(0);
    for (let i = 0; i < n; i++) {
      if (fresh) bound[n + i] = square(x, i, x, 0, dim);
      else if (status[2 + label[i]] < bound[i]) continue;
      const block = Math.floor(i / rows);
      const [j, margin] = nearest(x, i, centres, k, dim);
      bound[i] = status[2 + j] + margin;
      label[i] = j;
      if (!fresh && j === before.label[i]) continue;
      changed[block]++;
      const move = (cluster: number, sign: number) => {
        counts[block * k + cluster] += sign;
        for (let d = 0; d < dim; d++) {
          sums[(block * k + cluster) * stride + d] += sign * (x[i * dim + d] - x[d]);
        }
      };
      move(j, 1);
      if (!fresh) move(before.label[i], -1);
    }
    return { label, bound, sums, counts, changed };
  },
  // A bound is lowered by what rounding can do at worst, which is much where x_0 is far away.
  tolerance: { sums: { rel: 1e-5, abs: 5e-4 }, bound: { rel: 0.1, abs: 0.02 } },
});

/**
 * The nearest centre of a point, and by how much the second nearest is farther away; 1e30 stands in
 * for the square of the distance to a missing one.
 */
function nearest(
  x: ArrayLike<number>,
  i: number,
  centres: ArrayLike<number>,
  k: number,
  dim: number,
): [number, number] {
  const squares = Array.from({ length: k }, (_, j) => square(x, i, centres, j, dim));
  const j = squares.some(Number.isNaN) ? 0 : squares.indexOf(Math.min(...squares));
  const others = squares.filter((_, other) => other !== j);
  return [j, Math.sqrt(Math.min(1e30, ...others)) - Math.sqrt(squares[j])];
}
