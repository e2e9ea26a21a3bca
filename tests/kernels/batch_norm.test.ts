import {
  batchNorm,
  batchNormBlock,
  batchNormGradSums,
  batchNormMoments,
  batchNormStatistics,
} from "../../shell/kernels/batch_norm.ts";
import { kernelTest, randoms } from "../harness.ts";
import { momentsOf, normalised, SHAPES } from "./normalising.ts";

const blocksOf = (m: number, block: number) => Math.ceil(m / block);

/** `f(column, first row, end)` for every block and column. */
function perBlock(
  m: number,
  c: number,
  block: number,
  f: (j: number, begin: number, end: number) => number,
): number[] {
  return Array.from({ length: blocksOf(m, block) * c }, (_, at) => {
    const b = Math.floor(at / c);
    return f(at % c, b * block, Math.min(m, (b + 1) * block));
  });
}

/** Inputs of the moments: [m, c] far from zero by `offset`. */
function moments(name: string | undefined, m: number, c: number, x: Float32Array) {
  const block = batchNormBlock(m);
  const size = blocksOf(m, block) * c;
  return { name, params: { m, c, block }, buffers: { x, means: size, squares: size } };
}

const nan = randoms(200, 1).map((v, i) => i === 101 ? NaN : v);
const large = randoms(1200, 8, 0.5, 1).map((v, i) => [1e-18, 1, 1e15][i % 3] * v);

kernelTest(batchNormMoments, {
  cases: [
    ...SHAPES.map(([m, c]) => moments(undefined, m, c, randoms(m * c, 1, -3, 5))),
    moments("constant", 77, 3, new Float32Array(231).fill(0.1)),
    // The naive formula would lose all digits of the variance.
    moments("far from zero", 1000, 3, randoms(3000, 2).map((v) => 4096 + v)),
    moments("NaN stays in its column", 40, 5, nan),
    moments("small and large", 400, 3, large),
  ],
  reference: ({ x }, { m, c, block }) => ({
    means: perBlock(m, c, block, (j, begin, end) => momentsOf(x, c, j, begin, end).mean),
    squares: perBlock(
      m,
      c,
      block,
      (j, begin, end) => momentsOf(x, c, j, begin, end).variance * (end - begin),
    ),
  }),
  // A mean of some 1 keeps 1e-7; one of 4096 rounds by 2.4e-4, its square is what squares may lose.
  tolerance: { means: { rel: 1e-6, abs: 1e-6 }, squares: { rel: 1e-5, abs: 1e-9 } },
});

/** Blocks made of random rows, so that the reference can be that of the rows. */
function statistics(name: string | undefined, m: number, c: number, x: Float32Array) {
  const block = batchNormBlock(m);
  const of = (f: (j: number, begin: number, end: number) => number) =>
    Float32Array.from(perBlock(m, c, block, f));
  const buffers = {
    means: of((j, begin, end) => momentsOf(x, c, j, begin, end).mean),
    squares: of((j, begin, end) => momentsOf(x, c, j, begin, end).variance * (end - begin)),
    mean: c,
    variance: c,
    running_mean: randoms(c, 3),
    running_variance: randoms(c, 4, 0.5, 2),
  };
  rows.set(buffers.means, x);
  return { name, params: { m, c, block, momentum: 0.1 }, buffers };
}

const rows = new Map<unknown, Float32Array>();

kernelTest(batchNormStatistics, {
  cases: [
    ...SHAPES.slice(1).map(([m, c]) => statistics(undefined, m, c, randoms(m * c, 1, -3, 5))),
    statistics("far from zero", 1000, 3, randoms(3000, 2).map((v) => 4096 + v)),
    statistics("NaN stays in its column", 40, 5, nan),
    statistics("constant", 70, 2, new Float32Array(140).fill(3)),
  ],
  reference({ means, running_mean, running_variance }, { m, c }) {
    const x = rows.get(means)!;
    const columns = Array.from({ length: c }, (_, j) => momentsOf(x, c, j, 0, m));
    const momentum = Math.fround(0.1);
    const follow = (old: number, value: number) => old + momentum * (value - old);
    return {
      mean: columns.map(({ mean }) => mean),
      variance: columns.map(({ variance }) => variance),
      running_mean: columns.map(({ mean }, j) => follow(running_mean[j], mean)),
      running_variance: columns.map(({ variance }, j) =>
        follow(running_variance[j], variance * m / (m - 1))
      ),
    };
  },
  tolerance: {
    mean: { rel: 1e-6, abs: 1e-6 },
    variance: { rel: 1e-5, abs: 1e-12 },
    running_mean: { rel: 1e-6, abs: 1e-6 },
    running_variance: { rel: 1e-5 },
  },
});

/** Statistics and weights of c columns. */
const columns = (c: number) => ({
  mean: randoms(c, 6),
  variance: randoms(c, 7, 0, 2),
  gamma: randoms(c, 8),
  beta: randoms(c, 9),
});

kernelTest(batchNorm, {
  cases: [
    ...SHAPES.map(([m, c]) => ({
      params: { m, c, epsilon: 1e-5 },
      buffers: { x: randoms(m * c, 1, -3, 5), ...columns(c), y: m * c },
    })),
    {
      name: "no variance",
      params: { m: 5, c: 3, epsilon: 1e-5 },
      buffers: { x: randoms(15, 1), ...columns(3), variance: new Float32Array(3), y: 15 },
    },
    {
      name: "NaN",
      params: { m: 40, c: 5, epsilon: 1e-5 },
      buffers: { x: nan, ...columns(5), gamma: randoms(5, 1).fill(NaN, 3, 4), y: 200 },
    },
  ],
  reference: ({ x, gamma, beta, mean, variance }, { epsilon }) => ({
    y: normalised(x, gamma, beta, epsilon, { mean, variance }),
  }),
  tolerance: { y: { rel: 2e-6, abs: 2e-6 } },
});

kernelTest(batchNormGradSums, {
  cases: [...SHAPES, [40, 5] as const].map(([m, c], i) => {
    const block = batchNormBlock(m);
    const size = blocksOf(m, block) * c;
    const { mean, variance } = columns(c);
    const x = i < SHAPES.length ? randoms(m * c, 1, -3, 5) : nan;
    return {
      name: i < SHAPES.length ? undefined : "NaN stays in its column",
      params: { m, c, block, epsilon: 1e-5 },
      buffers: { x, dy: randoms(m * c, 2), mean, variance, dgammas: size, dbetas: size },
    };
  }),
  reference({ x, dy, mean, variance }, { m, c, block, epsilon }) {
    const sum = (f: (at: number, j: number) => number) =>
      perBlock(m, c, block, (j, begin, end) => {
        let s = 0;
        for (let i = begin; i < end; i++) s += f(i * c + j, j);
        return s;
      });
    return {
      dgammas: sum((at, j) => dy[at] * (x[at] - mean[j]) / Math.sqrt(variance[j] + epsilon)),
      dbetas: sum((at) => dy[at]),
    };
  },
  tolerance: { dgammas: { rel: 1e-5, abs: 1e-3 }, dbetas: { rel: 1e-5, abs: 2e-5 } },
});
