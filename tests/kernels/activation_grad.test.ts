import { activationGrad, ACTIVATIONS } from "../../shell/kernels/activation.ts";
import { kernelTest, LENGTHS, randoms } from "../harness.ts";

const act = [
  (x: number) => x,
  (x: number) => Math.max(x, 0),
  (x: number) => x > 0 ? x : 0.01 * x,
  (x: number) => 1 / (1 + Math.exp(-x)),
  (x: number) => Math.tanh(x),
];

/** Slope from the output y. */
const slope = [
  () => 1,
  (y: number) => y > 0 ? 1 : 0,
  (y: number) => y > 0 ? 1 : 0.01,
  (y: number) => y * (1 - y),
  (y: number) => 1 - y * y,
];

const named = Object.entries(ACTIVATIONS);
const outputs = (code: number, x: Float32Array) => x.map((v) => act[code](v));

kernelTest(activationGrad, {
  cases: named.flatMap(([name, code]) => [
    ...LENGTHS.map((n) => ({
      name: `${name} n:${n}`,
      params: { n, activation: code },
      buffers: { y: outputs(code, randoms(n, 1, -4, 4)), dy: randoms(n, 2, -3, 3), dx: n },
    })),
    {
      name: `${name} extremes`,
      params: { n: 6, activation: code },
      buffers: {
        y: new Float32Array([1, 0, 1, 0.5, 1, 0]),
        dy: new Float32Array([3e38, -3e38, NaN, NaN, 0, 1e30]),
        dx: 6,
      },
    },
  ]),
  reference: ({ y, dy }, { activation }) => ({
    dx: Array.from(y, (v, i) => {
      const s = slope[activation](v);
      // A closed relu stops NaN too: 0, not 0 * NaN.
      return activation === ACTIVATIONS.relu && s === 0 ? 0 : dy[i] * s;
    }),
  }),
  tolerance: { dx: { rel: 1e-6, abs: 1e-6 } },
});

/** Inputs by output, for the central differences. */
const inputs = new Map<unknown, Float32Array>();
const STEP = 1e-5;

kernelTest(activationGrad, {
  cases: named.map(([name, code]) => {
    // Not closer to the kink at 0 than the step.
    const x = randoms(1001, 3, -4, 4).map((v) => Math.abs(v) < 1e-4 ? 0.1 : v);
    const y = outputs(code, x);
    inputs.set(y, x);
    return {
      name: `${name} central differences`,
      params: { n: x.length, activation: code },
      buffers: { y, dy: randoms(x.length, 4), dx: x.length },
    };
  }),
  reference: ({ y, dy }, { activation }) => {
    const f = act[activation];
    const differences = Array.from(
      inputs.get(y)!,
      (v, i) => dy[i] * (f(v + STEP) - f(v - STEP)) / (2 * STEP),
    );
    return { dx: differences };
  },
  tolerance: { dx: { rel: 1e-5, abs: 1e-6 } },
});
