import { gatherGrad } from "../../shell/kernels/gather_grad.ts";
import { kernelTest, randoms } from "../harness.ts";

/** Rows of the source, rows gathered, width. */
const SHAPES = [[1, 1, 1], [3, 5, 2], [4, 7, 4], [65, 64, 5], [64, 65, 17], [256, 1025, 10], [
  2051,
  33,
  3,
]];

kernelTest(gatherGrad, {
  cases: [
    ...SHAPES.flatMap(([rows, m, width]) =>
      [0, 3].map((at) => ({
        params: { rows, m, width, at },
        buffers: {
          dy: randoms(m * width, 1),
          // Repeats, rows that nobody takes, one past the end.
          index: Uint32Array.from({ length: at + m }, (_, i) => i === at + 4 ? rows : i * i % rows),
          dsource: rows * width,
        },
      }))
    ),
    {
      name: "one row for all, NaN",
      params: { rows: 3, m: 1000, width: 2, at: 0 },
      buffers: {
        dy: randoms(2000, 2).map((v, i) => i === 1999 ? NaN : v),
        index: new Uint32Array(1000).fill(1),
        dsource: 6,
      },
    },
  ],
  reference({ dy, index }, { rows, m, width, at }) {
    const dsource = new Float64Array(rows * width);
    for (let i = 0; i < m; i++) {
      const r = index[at + i];
      if (r >= rows) continue;
      for (let t = 0; t < width; t++) dsource[r * width + t] += dy[i * width + t];
    }
    return { dsource };
  },
  tolerance: { dsource: { abs: 3e-5, rel: 1e-6 } },
});
