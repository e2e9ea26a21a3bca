import { averagePool, averagePoolGrad } from "../../shell/kernels/average_pool.ts";
import { imageSize, pooledSize } from "../../shell/kernels/pool.ts";
import { kernelTest, randoms } from "../harness.ts";
import { centralDifferences } from "../reference.ts";
import { GEOMETRIES, mean, overWindows } from "./pooling.ts";

const BOTH = GEOMETRIES.flatMap((g) => [0, 1].map((count_padding) => ({ ...g, count_padding })));

/** Large numbers of one sign, a NaN and an infinity. */
function extremes(n: number): Float32Array {
  const x = randoms(n, 7, 1e29, 1e30);
  x[Math.floor(n / 3)] = NaN;
  x[n - 1] = Infinity;
  return x;
}

const odd = BOTH[6];

kernelTest(averagePool, {
  cases: [
    ...BOTH.map((params) => ({
      params,
      buffers: { x: randoms(imageSize(params), 1, -3, 3), y: pooledSize(params) },
    })),
    {
      name: "extremes",
      params: odd,
      buffers: { x: extremes(imageSize(odd)), y: pooledSize(odd) },
    },
  ],
  reference: ({ x }, params) => ({
    y: overWindows(params, (places) => mean(params, x, places, params.count_padding)),
  }),
  tolerance: { y: { abs: 1e-6, rel: 1e-5 } },
});

kernelTest(averagePoolGrad, {
  cases: [
    ...BOTH.map((params) => ({
      params,
      buffers: { dy: randoms(pooledSize(params), 3), dx: imageSize(params) },
    })),
    {
      name: "extremes",
      params: odd,
      buffers: { dy: extremes(pooledSize(odd)), dx: imageSize(odd) },
    },
  ],
  reference({ dy }, params) {
    const dx = new Float64Array(imageSize(params));
    let o = 0;
    overWindows(params, (places) => {
      const count = params.count_padding ? params.kh * params.kw : places.length;
      for (const at of places) dx[at] += dy[o] / count;
      o++;
    });
    return { dx };
  },
  tolerance: { dx: { abs: 1e-6, rel: 1e-5 } },
});

kernelTest(averagePoolGrad, {
  cases: BOTH.slice(0, -2).map((params) => ({
    name: `central differences ${JSON.stringify(params).replaceAll('"', "")}`,
    params,
    buffers: { dy: randoms(pooledSize(params), 6), dx: imageSize(params) },
  })),
  reference({ dy }, params) {
    const f = (x: Float64Array) => {
      let o = 0;
      return overWindows(params, (p) => dy[o++] * mean(params, x, p, params.count_padding))
        .reduce((a, b) => a + b);
    };
    return { dx: centralDifferences(f, randoms(imageSize(params), 5)) };
  },
  tolerance: { dx: { abs: 1e-6 } },
});
