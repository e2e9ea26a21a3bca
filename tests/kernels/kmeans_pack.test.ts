import { kmeansPack } from "../../shell/kernels/kmeans_pack.ts";
import { kernelTest, randoms } from "../harness.ts";
import { panelsOf } from "./clustering.ts";

const sizes = [[1, 1], [3, 2], [7, 3], [8, 4], [9, 5], [63, 7], [64, 8], [65, 10], [70, 31]]
  .concat([[33, 64], [1025, 10], [100, 784]]);

kernelTest(kmeansPack, {
  cases: sizes.map(([n, dim]) => ({
    params: { n, dim },
    buffers: {
      x: randoms(n * dim, 1).fill(NaN, 0, 1),
      panels: Math.ceil(n / 8) * 8 * dim,
    },
  })),
  reference: ({ x }, { dim }) => ({ panels: panelsOf(x as Float32Array, dim) }),
});
