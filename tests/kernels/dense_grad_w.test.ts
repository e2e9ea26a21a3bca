import { denseGradW } from "../../shell/kernels/dense.ts";
import { kernelTest, randoms } from "../harness.ts";
import {
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
  readonly bias: number;
}

/** Without a bias, db is a placeholder that must not be written. */
function layer(params: Layer, name?: string) {
  const { m, k, n, bias } = params;
  const db = bias ? n : 1;
  return { name, params, buffers: { x: randoms(m * k, 1), dz: randoms(m * n, 2), dw: k * n, db } };
}

function extremes(sizes: Sizes) {
  const one = layer({ ...sizes, bias: 1 }, "extremes");
  const { x, dz } = one.buffers;
  x[0] = NaN;
  x[x.length - 1] = Infinity;
  dz[dz.length - 1] = NaN;
  dz[1] = -Infinity;
  return one;
}

const cases = [
  ...SIZES.flatMap((sizes) => [0, 1].map((bias) => layer({ ...sizes, bias }))),
  extremes({ m: 21, k: 9, n: 19 }),
];

/** What a buffer holds that was not written. */
const untouched = [NaN];

for (const { cases: some, abs } of byDepth(cases, ({ params }) => params.m)) {
  kernelTest(denseGradW, {
    cases: some,
    reference: once(({ x }) => x, ({ x, dz }, { m, k, n, bias }) => ({
      dw: product(transposed(rows(x, k)), rows(dz, n), { m: k, k: m, n }),
      db: bias ? product(() => 1, rows(dz, n), { m: 1, k: m, n }) : untouched,
    })),
    tolerance: { dw: { abs, rel: 1e-6 }, db: { abs: 2 * abs, rel: 1e-6 } },
  });
}

const m = 6, k = 5, n = 3;
const w = randoms(k * n, 3), b = randoms(n, 4);

kernelTest(denseGradW, {
  cases: [layer({ m, k, n, bias: 1 }, "central differences")],
  // The sum of dz times the outputs, by the weights and by the bias.
  reference: once(({ x }) => x, ({ x, dz }) => {
    const value = (w: ArrayLike<number>, b: ArrayLike<number>) =>
      product(rows(x, k), rows(w, n), { m, k, n })
        .reduce((sum, v, i) => sum + (v + b[i % n]) * dz[i], 0);
    return { dw: differences((z) => value(z, b), w), db: differences((z) => value(w, z), b) };
  }),
  tolerance: { dw: { abs: 1e-6, rel: 1e-6 }, db: { abs: 1e-6, rel: 1e-6 } },
});
