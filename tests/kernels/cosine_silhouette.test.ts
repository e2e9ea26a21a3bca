import { cosineSilhouette } from "../../shell/kernels/cosine_silhouette.ts";
import { kernelTest, randoms } from "../harness.ts";
import { square } from "./clustering.ts";

/** Rows of about length 1 near k centres; every ninth is left out. */
function one(n: number, dim: number, k: number) {
  const x = randoms(n * dim, 1);
  for (let i = 0; i < n; i++) {
    const row = x.subarray(i * dim, (i + 1) * dim), length = Math.hypot(...row);
    row.forEach((v, d) => row[d] = v / length);
  }
  return {
    params: { n, dim, k },
    buffers: {
      x,
      label: Uint32Array.from({ length: n }, (_, i) => i % 9 === 8 ? k + i : i % k),
      centre: randoms(k * dim, 2, -0.7, 0.7),
      spread: randoms(k, 3, 0, 1),
      size: Float32Array.from({ length: k }, (_, c) => 1 + (c * 3) % 5),
      s: n,
    },
  };
}

const still = one(10, 2, 2);
still.buffers.x.fill(1);
still.buffers.centre.fill(1);
still.buffers.spread.fill(0);

kernelTest(cosineSilhouette, {
  cases: [
    one(1, 1, 2),
    one(15, 2, 2),
    one(16, 3, 3),
    one(65, 4, 4),
    one(200, 10, 5),
    one(33, 67, 9),
    one(20, 784, 6),
    { name: "no distance at all", ...still },
  ],
  reference: ({ x, label, centre, spread, size }, { n, dim, k }) => ({
    s: Float64Array.from({ length: n }, (_, i) => {
      const own = label[i];
      if (own >= k || size[own] === 1) return 0;
      let a = 0, b = Infinity;
      for (let c = 0; c < k; c++) {
        const mean = square(x, i, centre, c, dim) / 2 + spread[c] / 2;
        if (c === own) a = mean * size[c] / (size[c] - 1);
        else b = Math.min(b, mean);
      }
      return Math.max(a, b) === 0 ? 0 : (b - a) / Math.max(a, b);
    }),
  }),
  tolerance: { s: { abs: 2e-6 } },
});
