import { clusterMoments } from "../../shell/kernels/cluster_moments.ts";
import { kernelTest, randoms } from "../harness.ts";

/** Segments of the given sizes of clusters in turn; some rows of x belong to none. */
function one(sizes: readonly number[], dim: number, k: number, origin = 0) {
  const points = sizes.reduce((a, b) => a + b, 0), n = points + 3;
  const begin = new Uint32Array(sizes.length + 1);
  sizes.forEach((size, s) => begin[s + 1] = begin[s] + size);
  const centre = randoms(k * dim, 2, origin - 0.25, origin + 0.25);
  return {
    name: `segments of ${sizes.slice(0, 6).join(" ")}, ${dim} dimensions around ${origin}`,
    params: { segments: sizes.length, dim },
    buffers: {
      x: randoms(n * dim, 1, origin - 1, origin + 1),
      order: Uint32Array.from({ length: points }, (_, p) => n - 1 - p),
      begin,
      cluster: Uint32Array.from(sizes, (_, s) => (s * 5 + 2) % k),
      centre,
      shift: randoms(k * dim, 3, -1e-3, 1e-3),
      sum: sizes.length * (dim + 2),
    },
  };
}

kernelTest(clusterMoments, {
  cases: [
    one([1], 1, 1),
    one([3, 1, 2], 2, 2),
    one([63, 64, 65], 3, 4),
    one([256, 17, 256], 4, 2),
    one([10, 300], 10, 3, 10_000),
    one([5, 30, 1], 67, 3),
    one(new Array(70).fill(7), 5, 9),
    one([3, 40], 784, 2),
  ],
  reference: ({ x, order, begin, cluster, centre, shift }, { segments, dim }) => {
    const sum = new Float64Array(segments * (dim + 2));
    for (let s = 0; s < segments; s++) {
      const to = s * (dim + 2);
      for (let p = begin[s]; p < begin[s + 1]; p++) {
        let square = 0;
        for (let d = 0; d < dim; d++) {
          const c = cluster[s] * dim + d;
          const v = x[order[p] * dim + d] - centre[c] - shift[c];
          sum[to + d] += v;
          square += v * v;
        }
        sum[to + dim] += Math.sqrt(square);
        sum[to + dim + 1] += square;
      }
    }
    return { sum };
  },
  tolerance: { sum: { abs: 2e-5, rel: 2e-6 } },
});
