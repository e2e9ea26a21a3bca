import { convBlock, convGradW, type ConvSizes } from "../../shell/kernels/conv.ts";
import { kernelTest, randoms } from "../harness.ts";
import { CONVOLUTIONS, convolve, counts, eachTerm, sizes } from "./convolutions.ts";
import { byDepth, differences, once } from "./layers.ts";

type Layer = ConvSizes & { block: number; bias: number };

const pixelsOf = (p: ConvSizes) => p.n * p.oh * p.ow;

/** Without a bias, db is a placeholder that must not be written. */
function layer(params: Layer, name?: string) {
  const count = counts(params);
  const parts = Math.ceil(pixelsOf(params) / params.block);
  const db = params.bias ? parts * params.co : 1;
  return {
    name,
    params,
    buffers: { x: randoms(count.x, 1), dz: randoms(count.y, 2), dw: parts * count.w, db },
  };
}

/** Without padding, where zero times NaN might be or not be computed. */
function extremes() {
  const params = sizes({ image: [3, 6, 5, 3], kernel: [3, 2, 19], stride: [1, 2] });
  const one = layer({ ...params, block: 8, bias: 1 }, "extremes");
  const { x, dz } = one.buffers;
  x[0] = NaN;
  x[x.length - 1] = Infinity;
  dz[dz.length - 1] = NaN;
  dz[1] = -Infinity;
  return one;
}

const cases = [
  ...CONVOLUTIONS.flatMap((p, i) => [
    layer({ ...p, block: convBlock(p), bias: i % 2 }),
    layer({ ...p, block: Math.max(3, Math.ceil(pixelsOf(p) / 5)), bias: 1 - i % 2 }),
  ]),
  // A part of more than one stretch.
  layer({
    ...sizes({ image: [3, 30, 31, 2], kernel: [3, 3, 5], pad: [1, 1, 1, 1] }),
    block: 1500,
    bias: 1,
  }),
  extremes(),
];

/** What a buffer holds that was not written. */
const untouched = [NaN];

for (
  const { cases: some, abs } of byDepth(cases, ({ params: p }) => Math.min(p.block, pixelsOf(p)))
) {
  kernelTest(convGradW, {
    cases: some,
    reference: once(({ x }) => x, ({ x, dz }, p) => {
      const parts = Math.ceil(pixelsOf(p) / p.block);
      const dw = new Float64Array(parts * counts(p).w);
      const db = new Float64Array(parts * p.co);
      const part = (i: number) => Math.floor(Math.floor(i / p.co) / p.block);
      eachTerm(p, (i, j, k) => dw[part(i) * counts(p).w + k] += x[j] * dz[i]);
      dz.forEach((v, i) => db[part(i) * p.co + i % p.co] += v);
      return { dw, db: p.bias ? db : untouched };
    }),
    tolerance: { dw: { abs, rel: 1e-6 }, db: { abs: 2 * abs, rel: 1e-6 } },
  });
}

const small = sizes({ image: [2, 4, 3, 3], kernel: [3, 2, 4], stride: [2, 1], pad: [1, 0, 0, 1] });
const w = randoms(counts(small).w, 3), b = randoms(small.co, 4);

kernelTest(convGradW, {
  cases: [layer({ ...small, block: 100, bias: 1 }, "central differences")],
  // The sum of dz times the outputs, by the weights and by the bias.
  reference: once(({ x }) => x, ({ x, dz }, p) => {
    const value = (w: ArrayLike<number>, b: ArrayLike<number>) =>
      convolve(p, x, w).reduce((sum, v, i) => sum + (v + b[i % p.co]) * dz[i], 0);
    return { dw: differences((z) => value(z, b), w), db: differences((z) => value(w, z), b) };
  }),
  tolerance: { dw: { abs: 2e-6, rel: 1e-6 }, db: { abs: 2e-6, rel: 1e-6 } },
});
