import { dense } from "../../shell/kernels/dense.ts";
import { kernelTest, randoms } from "../harness.ts";
import { ACTS, byDepth, once, product, rows, SIZES, type Sizes } from "./layers.ts";

interface Layer extends Sizes {
  readonly bias: number;
  readonly activation: number;
}

/** Without a bias, its buffer is a placeholder of NaN that must not be read. */
function layer(params: Layer, name?: string) {
  const { m, k, n } = params;
  const b = params.bias ? randoms(n, 3) : new Float32Array([NaN]);
  return { name, params, buffers: { x: randoms(m * k, 1), w: randoms(k * n, 2), b, y: m * n } };
}

/** NaN and infinities in the first and last places, whose traces must stay in their row or column. */
function extremes(sizes: Sizes, activation: number) {
  const one = layer({ ...sizes, bias: 1, activation }, `${ACTS[activation].name} extremes`);
  const { x, w, b } = one.buffers;
  x[0] = NaN;
  x[x.length - 1] = Infinity;
  w[w.length - 1] = NaN;
  w[1] = -Infinity;
  x.fill(0, sizes.k, 4 * sizes.k);
  x[sizes.k] = 3e4;
  x[2 * sizes.k] = -3e4;
  b[2] = NaN;
  return one;
}

const cases = [
  ...SIZES.map((sizes, i) => layer({ ...sizes, bias: i % 2, activation: i % 5 })),
  ...ACTS.flatMap((_, activation) =>
    [0, 1].map((bias) => layer({ m: 37, k: 70, n: 53, bias, activation }))
  ),
  ...ACTS.map((_, activation) => extremes({ m: 9, k: 21, n: 19 }, activation)),
];

for (const { cases: some, abs } of byDepth(cases, ({ params }) => params.k)) {
  kernelTest(dense, {
    cases: some,
    reference: once(({ x }) => x, ({ x, w, b }, { m, k, n, bias, activation }) => {
      const z = product(rows(x, k), rows(w, n), { m, k, n });
      const { f } = ACTS[activation];
      return { y: z.map((v, i) => f(bias ? v + b[i % n] : v)) };
    }),
    tolerance: { y: { abs, rel: 2e-6 } },
  });
}
