import { silhouetteValues } from "../../shell/kernels/silhouette.ts";
import { kernelTest, randoms } from "../harness.ts";
import { square } from "./clustering.ts";

/** Points in clusters of the given sizes, in an order of their own. */
function one(sizes: readonly number[], dim: number, first = 0, count?: number, x?: Float32Array) {
  const n = sizes.reduce((a, b) => a + b, 0);
  // 7 does not divide n, so that this is a permutation.
  const order = Uint32Array.from({ length: n }, (_, p) => (p * 7 + 3) % n);
  const start = new Uint32Array(sizes.length + 1);
  sizes.forEach((size, c) => start[c + 1] = start[c] + size);
  return {
    name: `clusters of ${sizes.slice(0, 6).join(" ")}, ${dim} dimensions, ${first} ${count ?? ""}`,
    params: { n, dim, k: sizes.length, first, count: count ?? n },
    buffers: {
      x: x ?? randoms(n * dim, 1),
      order,
      label: Uint32Array.from(sizes.flatMap((size, c) => new Array(size).fill(c))),
      start,
      s: new Float32Array(n).fill(-7),
    },
  };
}

kernelTest(silhouetteValues, {
  cases: [
    one([2, 1], 1),
    one([1, 1, 1, 2], 2),
    one([3, 5], 3),
    one([4, 4, 8, 1, 30, 1], 4),
    one([50, 33, 12], 5),
    one([63, 65, 66], 10),
    one(new Array(51).fill(2), 7),
    one([200, 103], 33),
    one([700, 1, 333], 10, 96, 480),
    one([700, 1, 333], 10, 960, 192),
    one([60, 41], 784),
    one([9, 8], 2, 0, 17, new Float32Array(34).fill(3)),
  ],
  reference: ({ x, order, label, start, s: before }, { n, dim, k, first, count }) => {
    const s = Float64Array.from(before);
    for (let p = first; p < Math.min(first + count, n); p++) {
      const own = label[p];
      let a = 0, b = Infinity;
      for (let c = 0; c < k; c++) {
        let sum = 0;
        for (let q = start[c]; q < start[c + 1]; q++) {
          sum += Math.sqrt(square(x, order[p], x, order[q], dim));
        }
        const size = start[c + 1] - start[c];
        if (c === own) a = sum / Math.max(1, size - 1);
        else b = Math.min(b, sum / size);
      }
      const single = start[own + 1] - start[own] === 1;
      s[order[p]] = single || Math.max(a, b) === 0 ? 0 : (b - a) / Math.max(a, b);
    }
    return { s };
  },
  tolerance: { s: { abs: 3e-6 } },
});
