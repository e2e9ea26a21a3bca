import { silhouetteSums } from "../../shell/kernels/silhouette_sums.ts";
import { kernelTest, randoms } from "../harness.ts";
import { distance, panels } from "./packed_panels.ts";

/** Points in clusters of the given sizes; the strip begins at a multiple of 512. */
function one(sizes: readonly number[], dim: number, first = 0, count = 512) {
  const n = sizes.reduce((a, b) => a + b, 0), width = Math.ceil(n / 8) * 8;
  const begin: number[] = [], cluster: number[] = [];
  let at = 0;
  sizes.forEach((size, c) => {
    for (const end = at + size; at < end; at = Math.min(end, (Math.floor(at / 512) + 1) * 512)) {
      begin.push(at);
      cluster.push(c);
    }
  });
  return {
    name: `clusters of ${sizes.slice(0, 6).join(" ")}, ${dim} dimensions, ${first} ${count}`,
    params: { n, dim, segments: begin.length, count, segment: begin.indexOf(first) },
    buffers: {
      y: panels(randoms(n * dim, 1), dim),
      begin: Uint32Array.from([...begin, n]),
      cluster: Uint32Array.from(cluster),
      total: randoms(sizes.length * width, 4, 0, 9),
    },
  };
}

kernelTest(silhouetteSums, {
  cases: [
    one([2, 1], 1),
    one([1, 1, 1, 2], 2),
    one([4, 4, 8, 1, 30, 1], 4),
    one([50, 33, 12], 5),
    one(new Array(31).fill(2), 7),
    one([515, 3], 3),
    one([700, 1, 333], 10, 0, 512),
    one([700, 1, 333], 10, 512, 512),
    one([700, 1, 333], 10, 1024, 512),
    one([300, 700, 63], 2, 0, 1024),
    one([60, 41], 784),
    one([600, 9], 130, 512),
  ],
  reference: ({ y, begin, cluster, total: before }, { n, dim, segments, count, segment }) => {
    const width = Math.ceil(n / 8) * 8, total = Float64Array.from(before);
    const label = new Uint32Array(n);
    for (let s = 0; s < segments; s++) label.fill(cluster[s], begin[s], begin[s + 1]);
    const first = begin[segment], stop = Math.min(first + count, n);
    for (let p = first; p < n; p++) {
      for (let q = first; q < (p < stop ? n : stop); q++) {
        total[label[q] * width + p] += distance(y, p, y, q, dim);
      }
    }
    return { total };
  },
  tolerance: { total: { abs: 2e-6, rel: 2e-6 } },
});
