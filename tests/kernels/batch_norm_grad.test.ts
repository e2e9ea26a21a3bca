import { batchNormGrad } from "../../shell/kernels/batch_norm.ts";
import { kernelTest, randoms } from "../harness.ts";
import { centralDifferences } from "../reference.ts";
import { momentsOf, normalised, SHAPES } from "./normalising.ts";

const EPSILON = 1e-5;

/** Inputs of the kernel after a forward pass and the sums, in training unless `share` is 0. */
function inputs(m: number, c: number, training: boolean) {
  const [x, dy] = [randoms(m * c, 1, -3, 5), randoms(m * c, 2)];
  const gamma = randoms(c, 3);
  const columns = Array.from({ length: c }, (_, j) => momentsOf(x, c, j, 0, m));
  const sum = (f: (at: number, j: number) => number) =>
    Float32Array.from({ length: c }, (_, j) => {
      let s = 0;
      for (let i = 0; i < m; i++) s += f(i * c + j, j);
      return s;
    });
  const spread = (j: number) => Math.sqrt(columns[j].variance + EPSILON);
  return {
    params: { m, c, epsilon: EPSILON, share: training ? 1 / m : 0 },
    buffers: {
      x,
      dy,
      gamma,
      mean: Float32Array.from(columns, ({ mean }) => mean),
      variance: Float32Array.from(columns, ({ variance }) => variance),
      dgamma: sum((at, j) => dy[at] * (x[at] - columns[j].mean) / spread(j)),
      dbeta: sum((at) => dy[at]),
      dx: m * c,
    },
  };
}

/** With statistics as constants, NaN in the sums takes no part. */
const constants = inputs(40, 5, false);
constants.buffers.dgamma.fill(NaN);
constants.buffers.dy[7] = NaN;

const poisoned = inputs(40, 5, true);
poisoned.buffers.dbeta[2] = NaN;

kernelTest(batchNormGrad, {
  cases: [
    ...SHAPES.slice(1).flatMap(([m, c]) => [true, false].map((train) => inputs(m, c, train))),
    { name: "constants", ...constants },
    { name: "NaN stays in its column", ...poisoned },
  ],
  reference({ x, dy, gamma, mean, variance, dgamma, dbeta }, { c, epsilon, share }) {
    return {
      dx: Float64Array.from(dy, (d, at) => {
        const j = at % c;
        const s = Math.sqrt(variance[j] + epsilon);
        const pull = share ? share * (dbeta[j] + dgamma[j] * (x[at] - mean[j]) / s) : 0;
        return gamma[j] / s * (d - pull);
      }),
    };
  },
  tolerance: { dx: { rel: 1e-5, abs: 1e-6 } },
});

kernelTest(batchNormGrad, {
  cases: [[2, 3], [7, 4], [33, 2], [31, 5]].flatMap(([m, c]) =>
    [true, false].map((training) => ({
      name: `central differences m:${m}, c:${c}, ${training ? "training" : "constants"}`,
      ...inputs(m, c, training),
    }))
  ),
  reference({ x, dy, gamma, mean, variance }, { epsilon, share }) {
    const given = share ? undefined : { mean, variance };
    const f = (at: Float64Array) =>
      normalised(at, gamma, new Float32Array(gamma.length), epsilon, given)
        .reduce((s, y, i) => s + y * dy[i], 0);
    return { dx: centralDifferences(f, x) };
  },
  tolerance: { dx: { rel: 1e-4, abs: 2e-5 } },
});
