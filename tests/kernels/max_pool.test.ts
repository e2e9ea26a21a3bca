import { maxPool, maxPoolGrad } from "../../shell/kernels/max_pool.ts";
import { imageSize, pooledSize } from "../../shell/kernels/pool.ts";
import { kernelTest, randoms } from "../harness.ts";
import { centralDifferences } from "../reference.ts";
import { GEOMETRIES, type Geometry, largest, overWindows } from "./pooling.ts";

/** Pixel, `iy w + ix`, of a place in x. */
const pixelOf = (g: Geometry, at: number) => Math.floor(at / g.c) % (g.h * g.w);

/** Pixels of the maxima. */
const winners = (g: Geometry, x: ArrayLike<number>) =>
  Uint32Array.from(overWindows(g, (places) => pixelOf(g, largest(x, places))));

const odd = GEOMETRIES[3];
/** Few values, so that windows have several maxima; infinities and NaN. */
const awkward = Float32Array.from(
  randoms(imageSize(odd), 9, 0, 8),
  (v) => [0, -0, 1, 1, -Infinity, Infinity, NaN, -1][Math.floor(v)],
);

kernelTest(maxPool, {
  cases: [
    ...GEOMETRIES.map((params) => ({
      params,
      buffers: {
        x: randoms(imageSize(params), 1, -3, 3),
        y: pooledSize(params),
        index: pooledSize(params),
      },
    })),
    ...Object.entries({
      "awkward": awkward,
      "minus infinity": new Float32Array(awkward.length).fill(-Infinity),
      "negative zero": new Float32Array(awkward.length).fill(-0),
    }).map(([name, x]) => ({
      name,
      params: odd,
      buffers: { x, y: pooledSize(odd), index: pooledSize(odd) },
    })),
  ],
  reference: ({ x }, params) => ({
    y: overWindows(params, (places) => x[largest(x, places)]),
    index: winners(params, x),
  }),
});

const withNaN = randoms(pooledSize(odd), 4);
withNaN[5] = NaN;
withNaN[60] = Infinity;

kernelTest(maxPoolGrad, {
  cases: [...GEOMETRIES, odd].map((params, i) => ({
    name: i < GEOMETRIES.length ? undefined : "not finite",
    params,
    buffers: {
      index: winners(params, randoms(imageSize(params), 2)),
      dy: i < GEOMETRIES.length ? randoms(pooledSize(params), 3) : withNaN,
      dx: imageSize(params),
    },
  })),
  reference({ index, dy }, params) {
    const dx = new Float64Array(imageSize(params));
    let o = 0;
    overWindows(params, (places) => {
      const at = places.find((place) => pixelOf(params, place) === index[o])!;
      dx[at] += dy[o++];
    });
    return { dx };
  },
  tolerance: { dx: { abs: 1e-6 } },
});

/** Inputs by index, for the central differences. */
const inputs = new Map<unknown, Float32Array>();

kernelTest(maxPoolGrad, {
  cases: GEOMETRIES.slice(0, -1).map((params) => {
    // Values apart from each other by more than the step.
    const x = randoms(imageSize(params), 5).map((v, i) => Math.round(v * 4096) / 4096 + i * 1e-5);
    const index = winners(params, x);
    inputs.set(index, x);
    return {
      name: `central differences ${JSON.stringify(params).replaceAll('"', "")}`,
      params,
      buffers: { index, dy: randoms(pooledSize(params), 6), dx: imageSize(params) },
    };
  }),
  reference({ index, dy }, params) {
    const f = (x: Float64Array) => {
      let o = 0;
      return overWindows(params, (places) => dy[o++] * x[largest(x, places)])
        .reduce((a, b) => a + b);
    };
    return { dx: centralDifferences(f, inputs.get(index)!, 1e-6) };
  },
  tolerance: { dx: { abs: 1e-5 } },
});
