import { convGradX, type ConvSizes } from "../../shell/kernels/conv.ts";
import { kernelTest, randoms } from "../harness.ts";
import { CONVOLUTIONS, convolve, counts, sizes, spread } from "./convolutions.ts";
import { ACTS, byDepth, differences, once } from "./layers.ts";

type Layer = ConvSizes & { bias: number; activation: number; gate: number };

/** Inputs of the activation that makes x, off the corner of relu. */
const before = (count: number) => randoms(count, 4).map((z) => z + 0.01 * Math.sign(z));

/** What is not read is a placeholder of NaN. */
function layer(params: Layer, name?: string) {
  const count = counts(params);
  const b = params.bias ? randoms(params.ci, 3) : new Float32Array([NaN]);
  const x = params.gate ? before(count.x).map(ACTS[params.gate].f) : new Float32Array([NaN]);
  return {
    name,
    params,
    buffers: { dz: randoms(count.y, 1), w: randoms(count.w, 2), b, x, dx: count.x },
  };
}

/**
 * NaN and infinities in the first and last places. The kernel is one window wide, so that no window
 * of dz hangs over its edge, where zero times NaN might be or not be computed.
 */
function extremes(activation: number, gate: number, ci: number) {
  const params = sizes({ image: [3, 8, 6, ci], kernel: [2, 2, 7], stride: [2, 2] });
  const name = `${ACTS[activation].name} ${ACTS[gate].name} ${ci} extremes`;
  const one = layer({ ...params, bias: 1, activation, gate }, name);
  const { dz, w, b } = one.buffers;
  dz[0] = NaN;
  dz[dz.length - 1] = Infinity;
  w[w.length - 1] = NaN;
  w[1] = -Infinity;
  dz[60] = 3e4;
  dz[75] = -3e4;
  b[1] = NaN;
  return one;
}

const middle = sizes({ image: [2, 9, 11, 17], kernel: [3, 3, 5], stride: [2, 1] });
const one = sizes({ image: [2, 9, 11, 1], kernel: [3, 3, 5], pad: [1, 1, 1, 1] });
const plain = { bias: 0, activation: 0, gate: 0 };

const cases = [
  ...CONVOLUTIONS.map((p, i) => layer({ ...p, bias: i % 2, activation: i % 5, gate: 0 })),
  ...ACTS.flatMap((_, code) => [
    layer({ ...middle, ...plain, gate: code }),
    layer({ ...middle, bias: 1, activation: code, gate: 0 }),
    layer({ ...one, bias: 1, activation: 4, gate: code }),
  ]),
  ...ACTS.map((_, code) => extremes(0, code, 19)),
  extremes(3, 0, 19),
  extremes(4, 3, 2),
];

for (const { cases: some, abs } of byDepth(cases, ({ params: p }) => p.kh * p.kw * p.co)) {
  kernelTest(convGradX, {
    cases: some,
    reference: once(({ dz }) => dz, ({ dz, w, b, x }, p) => {
      const { f } = ACTS[p.activation];
      const { name, slope } = ACTS[p.gate];
      // Where relu is flat the gradient is 0, also of NaN.
      const flat = (i: number) => name === "relu" && !(x[i] > 0);
      return {
        dx: spread(p, dz, w).map((v, i) => {
          const y = f(p.bias ? v + b[i % p.ci] : v);
          return !p.gate ? y : flat(i) ? 0 : y * slope(x[i]);
        }),
      };
    }),
    tolerance: { dx: { abs, rel: 2e-6 } },
  });
}

const small = [
  sizes({ image: [2, 4, 3, 5], kernel: [3, 2, 4], stride: [2, 1], pad: [1, 0, 0, 1] }),
  sizes({ image: [1, 5, 6, 1], kernel: [2, 3, 3], stride: [2, 2], pad: [0, 1, 1, 0] }),
];

kernelTest(convGradX, {
  cases: ACTS.flatMap(({ name }, gate) =>
    small.map((p, i) => layer({ ...p, ...plain, gate }, `${name} ${i} central differences`))
  ),
  // The sum of dz times the outputs, by the input of the activation before.
  reference: once(({ dz }) => dz, ({ dz, w }, p) => ({
    dx: differences((z) => {
      const out = convolve(p, z.map(ACTS[p.gate].f), w);
      return out.reduce((sum, v, i) => sum + v * dz[i], 0);
    }, before(counts(p).x)),
  })),
  tolerance: { dx: { abs: 2e-6, rel: 1e-6 } },
});
