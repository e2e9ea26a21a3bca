import { denseGradX } from "../../shell/kernels/dense.ts";
import { kernelTest, randoms } from "../harness.ts";
import {
  ACTS,
  byDepth,
  differences,
  once,
  product,
  rows,
  SIZES,
  type Sizes,
  transposed,
} from "./layers.ts";

interface Layer extends Sizes {
  readonly activation: number;
}

/** Inputs of the activation that makes x, off the corners of relu. */
const before = (count: number) => randoms(count, 3).map((z) => z + 0.01 * Math.sign(z));

/** Without an activation, x is a placeholder of NaN that must not be read. */
function layer(params: Layer, name?: string) {
  const { m, k, n, activation } = params;
  const { f } = ACTS[activation];
  const x = activation ? before(m * k).map(f) : new Float32Array([NaN]);
  return { name, params, buffers: { dz: randoms(m * n, 1), w: randoms(k * n, 2), x, dx: m * k } };
}

function extremes(sizes: Sizes, activation: number) {
  const one = layer({ ...sizes, activation }, `${ACTS[activation].name} extremes`);
  const { dz, w } = one.buffers;
  dz[0] = NaN;
  dz[dz.length - 1] = Infinity;
  dz.fill(0, sizes.n, 2 * sizes.n);
  w[w.length - 1] = NaN;
  w[1] = -Infinity;
  return one;
}

const cases = [
  ...SIZES.map((sizes, i) => layer({ ...sizes, activation: i % 5 })),
  ...ACTS.map((_, activation) => layer({ m: 37, k: 70, n: 53, activation })),
  ...ACTS.map((_, activation) => extremes({ m: 9, k: 19, n: 21 }, activation)),
];

for (const { cases: some, abs } of byDepth(cases, ({ params }) => params.n)) {
  kernelTest(denseGradX, {
    cases: some,
    reference: once(({ dz }) => dz, ({ dz, w, x }, { m, k, n, activation }) => {
      const dx = product(rows(dz, n), transposed(rows(w, n)), { m, k: n, n: k });
      const { name, slope } = ACTS[activation];
      // Where relu is flat the gradient is 0, also of NaN.
      const flat = (i: number) => name === "relu" && !(x[i] > 0);
      return { dx: activation ? dx.map((v, i) => flat(i) ? 0 : v * slope(x[i])) : dx };
    }),
    tolerance: { dx: { abs, rel: 2e-6 } },
  });
}

kernelTest(denseGradX, {
  cases: ACTS.map(({ name }, activation) =>
    layer({ m: 3, k: 5, n: 7, activation }, `${name} central differences`)
  ),
  // The sum of dz times the outputs, by the input of the activation before.
  reference: once(({ dz }) => dz, ({ dz, w }, { m, k, n, activation }) => ({
    dx: differences((z) => {
      const out = product(rows(z.map(ACTS[activation].f), k), rows(w, n), { m, k, n });
      return out.reduce((sum, v, i) => sum + v * dz[i], 0);
    }, before(m * k)),
  })),
  tolerance: { dx: { abs: 1e-6, rel: 1e-6 } },
});
