import { silhouetteValues } from "../../shell/kernels/silhouette.ts";
import { kernelTest, randoms } from "../harness.ts";
import { distance, panels } from "./packed_panels.ts";

/** Points in clusters of the given sizes, and m of them as queries in an order of their own. */
function one(sizes: readonly number[], dim: number, first = 0, count?: number, x?: Float32Array) {
  const n = sizes.reduce((a, b) => a + b, 0), m = Math.ceil(n * 0.8);
  const start = new Uint32Array(sizes.length + 1);
  sizes.forEach((size, c) => start[c + 1] = start[c] + size);
  const labels = sizes.flatMap((size, c) => new Array<number>(size).fill(c));
  // 7 does not divide n, so that these are different points.
  const rows = Array.from({ length: m }, (_, i) => (i * 7 + 3) % n);
  const points = x ?? randoms(n * dim, 1);
  return {
    name: `clusters of ${sizes.slice(0, 6).join(" ")}, ${dim} dimensions, ${first} ${count ?? ""}`,
    params: { m, dim, k: sizes.length, first, count: count ?? m },
    buffers: {
      points: panels(points, dim),
      queries: panels(
        Float32Array.from(rows.flatMap((p) => [...points.subarray(p * dim, (p + 1) * dim)])),
        dim,
      ),
      label: Uint32Array.from(rows, (p) => labels[p]),
      start,
      s: new Float32Array(m).fill(-7),
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
    one([700, 1, 333], 10, 768, 192),
    one([60, 41], 784),
    one([9, 8], 2, 0, 17, new Float32Array(34).fill(3)),
  ],
  reference: ({ points, queries, label, start, s: before }, { m, dim, k, first, count }) => {
    const s = Float64Array.from(before);
    for (let i = first; i < Math.min(first + count, m); i++) {
      const own = label[i];
      let a = 0, b = Infinity;
      for (let c = 0; c < k; c++) {
        let sum = 0;
        for (let p = start[c]; p < start[c + 1]; p++) sum += distance(queries, i, points, p, dim);
        const size = start[c + 1] - start[c];
        if (c === own) a = sum / Math.max(1, size - 1);
        else b = Math.min(b, sum / size);
      }
      const single = start[own + 1] - start[own] === 1;
      s[i] = single || Math.max(a, b) === 0 ? 0 : (b - a) / Math.max(a, b);
    }
    return { s };
  },
  tolerance: { s: { abs: 3e-6 } },
});
