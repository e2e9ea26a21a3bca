import { countCloser } from "../../shell/kernels/count_closer.ts";
import { kernelTest, randoms } from "../harness.ts";
import { integers } from "./clustering.ts";
import { distance, panels } from "./packed_panels.ts";

/** Whole numbers, whose squared distances are exact: `high` small makes many of them equal. */
function one(n: number, dim: number, k: number, high: number, first = 0, m = n) {
  return {
    name: `${n} points of ${dim} dimensions below ${high}, ${k} named, ${first} ${m}`,
    params: { n, dim, k, first, m },
    buffers: {
      y: panels(integers(n * dim, high, 1), dim),
      index: Uint32Array.from(randoms(n * k, 2, 0, n), (v, at) => {
        const i = Math.floor(at / k), j = Math.min(n - 1, Math.floor(v));
        return j === i ? (j + 1) % n : j;
      }),
      count: new Uint32Array(n * k).fill(77),
    },
  };
}

kernelTest(countCloser, {
  cases: [
    one(2, 1, 1, 9),
    one(7, 2, 3, 50),
    one(8, 3, 1, 2),
    one(65, 4, 5, 3),
    one(100, 10, 17, 100),
    one(203, 2, 9, 40, 64, 70),
    one(90, 3, 2, 1000, 88, 64),
    one(33, 200, 8, 60),
  ],
  reference: ({ y, index, count: before }, { n, dim, k, first, m }) => {
    const count = Uint32Array.from(before);
    for (let i = first; i < Math.min(first + m, n); i++) {
      const d = Array.from({ length: n }, (_, l) => distance(y, i, y, l, dim));
      for (let t = 0; t < k; t++) {
        const j = index[i * k + t];
        count[i * k + t] = d.filter((v, l) =>
          l !== i && (v < d[j] || (v === d[j] && l < j))
        ).length;
      }
    }
    return { count };
  },
});
