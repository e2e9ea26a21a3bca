import { kmeansDistance } from "../../shell/kernels/kmeans_distance.ts";
import { kernelTest, randoms } from "../harness.ts";
import { square } from "./clustering.ts";

const one = (n: number, dim: number, k: number, rows: number, low = -1) => ({
  params: { n, dim, rows },
  buffers: {
    x: randoms(n * dim, 1, low, low + 2),
    centres: randoms(k * dim, 2, low, low + 2),
    label: Uint32Array.from({ length: n }, (_, i) => i * 7 % k),
    distance: n,
    inertia: Math.ceil(n / rows),
  },
});

kernelTest(kmeansDistance, {
  cases: [
    one(1, 1, 1, 8),
    one(7, 2, 2, 4),
    one(63, 3, 5, 64),
    one(64, 4, 3, 64),
    one(65, 5, 8, 64),
    one(1025, 10, 10, 504),
    one(200, 33, 4, 128),
    one(300, 784, 10, 504),
    { name: "far from the origin", ...one(100, 6, 5, 32, 4095) },
  ],
  reference: ({ x, centres, label }, { n, dim, rows }) => {
    const distance = Array.from({ length: n }, (_, i) => square(x, i, centres, label[i], dim));
    const inertia = new Float64Array(Math.ceil(n / rows));
    distance.forEach((d, i) => inertia[Math.floor(i / rows)] += d);
    return { distance, inertia };
  },
  tolerance: { distance: { rel: 3e-6 }, inertia: { rel: 5e-6 } },
});
