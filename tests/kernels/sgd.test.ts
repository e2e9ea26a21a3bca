import { sgd } from "../../shell/kernels/sgd.ts";
import { kernelTest, LENGTHS, randoms, runCase } from "../harness.ts";
import { optimizerTest } from "./optimizers.ts";

const buffers = (n: number) => ({ w: randoms(n, 1), dw: randoms(n, 2), v: randoms(n, 3) });

kernelTest(sgd, {
  cases: [
    ...LENGTHS.flatMap((n) =>
      [0, 1].map((nesterov) => ({
        params: { n, rate: 0.1, momentum: 0.9, decay: 0.01, nesterov },
        buffers: buffers(n),
      }))
    ),
    {
      name: "plain",
      params: { n: 67, rate: 1, momentum: 0, decay: 0, nesterov: 0 },
      buffers: buffers(67),
    },
    {
      name: "extremes",
      params: { n: 5, rate: 0.5, momentum: 0.5, decay: 0, nesterov: 0 },
      buffers: {
        w: Float32Array.of(0, 1e38, NaN, 1, 1),
        dw: Float32Array.of(0, -1e38, 1, NaN, 1),
        v: Float32Array.of(0, 1e38, 1, 1, NaN),
      },
    },
  ],
  reference({ w, dw, v }, { rate, momentum, decay, nesterov }) {
    const [r, mu, l2] = [rate, momentum, decay].map(Math.fround);
    const g = Array.from(dw, (d, i) => d + l2 * w[i]);
    const velocity = g.map((d, i) => mu * v[i] + d);
    const step = g.map((d, i) => nesterov ? d + mu * velocity[i] : velocity[i]);
    return { w: step.map((d, i) => w[i] - r * d), v: velocity };
  },
  tolerance: { w: { abs: 2e-7, rel: 2e-7 }, v: { abs: 3e-7, rel: 2e-7 } },
});

const CASES = ["sgd", "sgd_decay", "sgd_momentum", "sgd_nesterov", "sgd_nesterov_decay"];

optimizerTest("sgd", CASES, (device, options, { w, v }, dw) =>
  runCase(sgd, device, {
    params: {
      n: w.length,
      rate: options.lr,
      momentum: options.momentum!,
      decay: options.weight_decay,
      nesterov: options.nesterov ? 1 : 0,
    },
    buffers: { w, dw, v },
  }));
