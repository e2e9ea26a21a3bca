import { kmeansPick } from "../../shell/kernels/kmeans_pick.ts";
import { integers } from "./clustering.ts";
import { kernelTest } from "../harness.ts";

// Whole numbers: their sums are exact, whatever the order.
const one = (n: number, count: number, rows: number, trials: number, best: number) => {
  const blocks = Math.ceil(n / rows);
  return {
    params: { n, count, rows, best },
    buffers: {
      nearest: integers(trials * n, 4, 1),
      block: Uint32Array.from({ length: count }, (_, t) => t * 5 % blocks),
      offset: integers(count, 2 * rows, 2).map((v, t) => t % 3 ? v : 0),
      index: count,
    },
  };
};

kernelTest(kmeansPick, {
  cases: [
    one(1, 1, 256, 1, 0),
    one(7, 3, 4, 2, 1),
    one(256, 4, 256, 3, 2),
    one(1000, 63, 256, 4, 0),
    one(1000, 65, 64, 4, 3),
    {
      name: "a block of zeros; past the end",
      params: { n: 10, count: 3, rows: 4, best: 0 },
      buffers: {
        nearest: Float32Array.of(0, 0, 0, 0, 1, 1, 0, 0, 5, 0),
        block: Uint32Array.of(0, 1, 2),
        offset: Float32Array.of(0, 2, 9),
        index: 3,
      },
    },
  ],
  reference: ({ nearest, block, offset }, { n, rows, best }) => ({
    index: Array.from(block, (b, t) => {
      let found = b * rows, running = 0;
      for (let i = b * rows; i < Math.min((b + 1) * rows, n) && running <= offset[t]; i++) {
        const d = nearest[best * n + i];
        if (d > 0) [found, running] = [i, running + d];
      }
      return found;
    }),
  }),
});
