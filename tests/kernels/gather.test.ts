import { gather } from "../../shell/kernels/gather.ts";
import { kernelTest, randoms } from "../harness.ts";
import { GATHERS, indices, pick } from "./gathering.ts";

kernelTest(gather, {
  cases: [
    ...GATHERS.map((params) => ({
      params,
      buffers: {
        source: randoms(params.rows * params.width),
        index: indices(params),
        y: params.m * params.width,
      },
    })),
    {
      name: "every bit",
      params: { rows: 3, m: 3, width: 3, at: 0 },
      buffers: {
        source: new Float32Array([NaN, 1e-45, -1e-40, -0, Infinity, -Infinity, 3e38, 1, 2]),
        index: new Uint32Array([2, 1, 0]),
        y: 9,
      },
    },
  ],
  reference: ({ source, index }, p) => ({ y: pick(p, source, index, NaN) }),
});
