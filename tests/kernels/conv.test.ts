import { conv, type ConvSizes } from "../../shell/kernels/conv.ts";
import { kernelTest, randoms } from "../harness.ts";
import { CONVOLUTIONS, convolve, counts, sizes } from "./convolutions.ts";
import { ACTS, byDepth, once } from "./layers.ts";

type Layer = ConvSizes & { bias: number; activation: number; gate: number };

/** Outputs of an activation, off the corner of relu. */
const outputs = (count: number, code: number) =>
  randoms(count, 4).map((z) => z + 0.01 * Math.sign(z)).map(ACTS[code].f);

/** What is not read is a placeholder of NaN. */
function layer(params: Layer, name?: string) {
  const count = counts(params);
  const b = params.bias ? randoms(params.co, 3) : new Float32Array([NaN]);
  const a = params.gate ? outputs(count.y, params.gate) : new Float32Array([NaN]);
  return {
    name,
    params,
    buffers: { x: randoms(count.x, 1), w: randoms(count.w, 2), b, a, y: count.y },
  };
}

/**
 * NaN and infinities in the first and last places, whose traces must stay in their windows and
 * channels. Without padding, where zero times NaN might be or not be computed.
 */
function extremes(activation: number, gate: number, co: number) {
  const params = sizes({ image: [2, 6, 5, 3], kernel: [3, 2, co], stride: [1, 2] });
  const name = `${ACTS[activation].name} ${ACTS[gate].name} ${co} extremes`;
  const one = layer({ ...params, bias: 1, activation, gate }, name);
  const { x, w, b } = one.buffers;
  x[0] = NaN;
  x[x.length - 1] = Infinity;
  w[w.length - 1] = NaN;
  w[1] = -Infinity;
  x[40] = 3e4;
  x[45] = -3e4;
  b[2] = NaN;
  return one;
}

const middle = sizes({ image: [2, 9, 11, 5], kernel: [3, 3, 17], pad: [1, 1, 1, 1] });
const one = sizes({ image: [2, 9, 11, 5], kernel: [3, 3, 1], pad: [1, 1, 1, 1] });
const plain = { bias: 0, activation: 0, gate: 0 };

const cases = [
  ...CONVOLUTIONS.map((p, i) => layer({ ...p, bias: i % 2, activation: i % 5, gate: 0 })),
  ...ACTS.flatMap((_, code) => [
    layer({ ...middle, bias: 1, activation: code, gate: 0 }),
    layer({ ...middle, ...plain, gate: code }),
    layer({ ...one, bias: 1, activation: 4, gate: code }),
  ]),
  ...ACTS.map((_, code) => extremes(code, 0, 19)),
  extremes(0, 3, 19),
  extremes(3, 0, 3),
];

for (const { cases: some, abs } of byDepth(cases, ({ params: p }) => p.kh * p.kw * p.ci)) {
  kernelTest(conv, {
    cases: some,
    reference: once(({ x }) => x, ({ x, w, b, a }, p) => {
      const { f } = ACTS[p.activation];
      const { name, slope } = ACTS[p.gate];
      const flat = (i: number) => name === "relu" && !(a[i] > 0);
      return {
        y: convolve(p, x, w).map((v, i) => {
          const y = f(p.bias ? v + b[i % p.co] : v);
          return !p.gate ? y : flat(i) ? 0 : y * slope(a[i]);
        }),
      };
    }),
    tolerance: { y: { abs, rel: 2e-6 } },
  });
}
