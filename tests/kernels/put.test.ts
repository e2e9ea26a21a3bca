import { put } from "../../shell/kernels/put.ts";
import { kernelTest, randoms } from "../harness.ts";

/** rows, m, width, at: a log; batches inside, at the end, over the end, past it; far out. */
const cases = [
  [1, 1, 1, 0],
  [5, 1, 1, 4],
  [5, 1, 1, 5],
  [5, 1, 1, 2 ** 32 - 1],
  [1000, 1, 1, 77],
  [9, 3, 4, 2],
  [9, 3, 5, 6],
  [9, 3, 7, 7],
  [9, 64, 3, 0],
  [9, 64, 3, 2 ** 32 - 1],
  [3000, 1024, 10, 2048],
  [20_001, 1003, 65, 1234],
] as const;

kernelTest(put, {
  cases: [
    ...cases.map(([rows, m, width, at]) => ({
      params: { rows, m, width, at },
      buffers: { x: randoms(m * width), y: randoms(rows * width, 2) },
    })),
    {
      name: "every bit",
      params: { rows: 7, m: 4, width: 2, at: 1 },
      buffers: {
        x: new Float32Array([NaN, 1e-45, -1e-40, -0, Infinity, 3e38, 1, 2]),
        y: randoms(14),
      },
    },
  ],
  reference: ({ x, y }, { rows, m, width, at }) => {
    const out = Array.from(y);
    for (let i = 0; i < m && at + i < rows; i++) {
      for (let j = 0; j < width; j++) out[(at + i) * width + j] = x[i * width + j];
    }
    return { y: out };
  },
});
