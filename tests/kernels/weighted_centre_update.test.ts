import { weightedCentreUpdate } from "../../shell/kernels/weighted_centre_update.ts";
import { kernelTest, randoms } from "../harness.ts";

/** Rows, centres, dimensions. */
const SHAPES = [[1, 1, 1], [7, 3, 2], [64, 4, 3], [65, 10, 10], [256, 5, 65], [9, 70, 130], [
  1025,
  10,
  10,
]];

kernelTest(weightedCentreUpdate, {
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
        // Every fifth counts for nothing, also where it comes first.
        weight: randoms(m, 3, 0.25, 4).map((w, i) => i % 5 === 0 ? 0 : w),
        mass: Float32Array.from({ length: k }, (_, j) => j % 2 * 100),
        mu: randoms(k * dim, 2),
      },
    })),
    {
      name: "NaN, large numbers, a centre without samples",
      params: { m: 4, k: 3, dim: 1 },
      buffers: {
        z: Float32Array.of(1e30, NaN, 3e30, 5),
        label: Uint32Array.of(0, 1, 0, 1),
        weight: Float32Array.of(1, 1, 3, 0.5),
        mass: Float32Array.of(0, 7, 9),
        mu: Float32Array.of(4, 5, NaN),
      },
    },
  ],
  reference({ z, label, weight, mass, mu }, { k, dim }) {
    const c = Array.from(mass), centres = Array.from(mu);
    label.forEach((j, i) => {
      const w = weight[i];
      if (j >= k || w <= 0) return;
      c[j] += w;
      for (let t = 0; t < dim; t++) {
        centres[j * dim + t] -= (centres[j * dim + t] - z[i * dim + t]) * w / c[j];
      }
    });
    return { mass: c, mu: centres };
  },
  tolerance: { mass: { rel: 2e-6 }, mu: { abs: 2e-6, rel: 2e-6 } },
});
