import { suite } from "uvu";
import * as assert from "uvu/assert";
import { adam, adamCorrections } from "../../shell/kernels/adam.ts";
import { kernelTest, LENGTHS, randoms, runCase } from "../harness.ts";
import { optimizerTest, type Step } from "./optimizers.ts";

const usual = { rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const none = { l2: 0, decay: 0 };

const buffers = (n: number) => ({
  w: randoms(n, 1),
  dw: randoms(n, 2),
  m: randoms(n, 3),
  v: randoms(n, 4, 0.01, 1),
});

kernelTest(adam, {
  cases: [
    ...LENGTHS.map((n) => ({
      params: { n, ...usual, ...none, ...adamCorrections(0.9, 0.999, 3) },
      buffers: buffers(n),
    })),
    {
      name: "l2 and decay",
      params: { n: 67, ...usual, l2: 0.1, decay: 0.3, ...adamCorrections(0.9, 0.999, 50) },
      buffers: buffers(67),
    },
    {
      name: "first step",
      params: { n: 67, ...usual, ...none, ...adamCorrections(0.9, 0.999, 1) },
      buffers: { ...buffers(67), m: new Float32Array(67), v: new Float32Array(67) },
    },
    {
      name: "extremes",
      params: { n: 7, ...usual, ...none, ...adamCorrections(0.9, 0.999, 1) },
      buffers: {
        w: Float32Array.of(0, 1, 1, NaN, 1, 1, 1),
        dw: Float32Array.of(0, 1e18, 1e-15, 1, NaN, 1, 1),
        m: Float32Array.of(0, 0, 0, 0, 0, NaN, 0),
        v: Float32Array.of(0, 0, 0, 0, 0, 0, NaN),
      },
    },
  ],
  reference({ w, dw, m, v }, { n: _, ...params }) {
    const p = Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, Math.fround(value)]),
    ) as typeof params;
    const g = Array.from(dw, (d, i) => d + p.l2 * w[i]);
    const mean = g.map((d, i) => p.beta1 * m[i] + (1 - p.beta1) * d);
    const square = g.map((d, i) => p.beta2 * v[i] + (1 - p.beta2) * d * d);
    const step = mean.map((d, i) =>
      d / p.correction1 / (Math.sqrt(square[i] / p.correction2) + p.epsilon)
    );
    return {
      w: step.map((d, i) => (1 - p.rate * p.decay) * w[i] - p.rate * d),
      m: mean,
      v: square,
    };
  },
  // A square below the smallest normal number may become zero.
  tolerance: {
    w: { abs: 1e-8, rel: 2e-7 },
    m: { abs: 1e-7, rel: 3e-7 },
    v: { abs: 1.2e-38, rel: 3e-7 },
  },
});

/** Adam if `decoupled` is false, else AdamW. */
const stepOf = (decoupled: boolean): Step => (device, options, { w, m, v }, dw, step) => {
  const [beta1, beta2] = options.betas!;
  return runCase(adam, device, {
    params: {
      n: w.length,
      rate: options.lr,
      beta1,
      beta2,
      epsilon: options.eps!,
      l2: decoupled ? 0 : options.weight_decay,
      decay: decoupled ? options.weight_decay : 0,
      ...adamCorrections(beta1, beta2, step),
    },
    buffers: { w, dw, m, v },
  });
};

optimizerTest("adam", ["adam", "adam_options", "adam_decay"], stepOf(false));
optimizerTest("adamw", ["adamw", "adamw_decay"], stepOf(true));

const test = suite("adam corrections");

test("are 1 - beta^step of the float32 betas", () => {
  const { correction1, correction2 } = adamCorrections(0.9, 0.999, 1);
  assert.is(correction1, 1 - Math.fround(0.9));
  assert.is(correction2, 1 - Math.fround(0.999));
  assert.equal(adamCorrections(0, 0.5, 10), { correction1: 1, correction2: 1 - 2 ** -10 });
});

test("refuse what would divide by zero", () => {
  assert.throws(() => adamCorrections(1, 0.999, 1), /betas must be in \[0, 1\), got 1/);
  assert.throws(() => adamCorrections(0.9, NaN, 1), /betas must be in/);
  assert.throws(() => adamCorrections(0.9, 0.999, 0), /step must be a positive integer, got 0/);
});

test.run();
