import { activation, ACTIVATIONS } from "../../shell/kernels/activation.ts";
import { kernelTest, LENGTHS, randoms } from "../harness.ts";

const act = [
  (x: number) => x,
  (x: number) => x > 0 ? x : 0 * x,
  (x: number) => x > 0 ? x : 0.01 * x,
  (x: number) => 1 / (1 + Math.exp(-x)),
  (x: number) => Math.tanh(x),
];

/** Where formulas change, saturate and overflow; infinity times 0 in relu is no NaN here. */
const extremes = new Float32Array([
  ...[0, -0, 1e-30, 1e-6, 1e-3, 0.6249, 0.6251, 1, 8.9, 9.1, 17, 44, 87, 88, 89, 104, 1e5, 3e38],
  NaN,
]);
const both = new Float32Array([...extremes, ...extremes.map((v) => -v)]);

const named = Object.entries(ACTIVATIONS);

kernelTest(activation, {
  cases: named.flatMap(([name, code]) => [
    ...LENGTHS.map((n) => ({
      name: `${name} n:${n}`,
      params: { n, activation: code },
      buffers: { x: randoms(n, 1, -6, 6), y: n },
    })),
    {
      name: `${name} extremes`,
      params: { n: both.length, activation: code },
      buffers: { x: both, y: both.length },
    },
  ]),
  reference: ({ x }, { activation }) => ({ y: Array.from(x, act[activation]) }),
  // exp of WebGPU may be off by 3 + 2 |x| units in the last place.
  tolerance: { y: { rel: 2e-6, abs: 1e-12 } },
});
