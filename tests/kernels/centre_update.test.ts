import { centreUpdate } from "../../shell/kernels/centre_update.ts";
import { kernelTest, randoms } from "../harness.ts";

/** Rows, centres, dimensions. */
const SHAPES = [[1, 1, 1], [7, 3, 2], [64, 4, 3], [65, 10, 10], [256, 5, 65], [9, 70, 130], [
  1025,
  10,
  10,
]];

kernelTest(centreUpdate, {
  cases: [
    ...SHAPES.map(([m, k, dim]) => ({
      params: { m, k, dim },
      buffers: {
        z: randoms(m * dim, 1),
        // The last is not below k if there are several.
        label: Uint32Array.from(
          { length: m },
          (_, i) => m > 1 && i === m - 1 ? 2 ** 32 - 1 : i * i % k,
        ),
        count: Uint32Array.from({ length: k }, (_, j) => j % 2 * 100),
        mu: randoms(k * dim, 2),
      },
    })),
    {
      name: "NaN, large numbers, a centre without samples",
      params: { m: 4, k: 3, dim: 1 },
      buffers: {
        z: Float32Array.of(1e30, NaN, 3e30, 5),
        label: Uint32Array.of(0, 1, 0, 1),
        count: Uint32Array.of(0, 7, 9),
        mu: Float32Array.of(4, 5, NaN),
      },
    },
  ],
  reference({ z, label, count, mu }, { k, dim }) {
    const c = Array.from(count), centres = Array.from(mu);
    label.forEach((j, i) => {
      if (j >= k) return;
      c[j]++;
      for (let t = 0; t < dim; t++) {
        centres[j * dim + t] -= (centres[j * dim + t] - z[i * dim + t]) / c[j];
      }
    });
    return { count: c, mu: centres };
  },
  tolerance: { mu: { abs: 2e-6, rel: 2e-6 } },
});
